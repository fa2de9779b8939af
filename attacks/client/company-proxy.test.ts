// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  INSTALLERS,
  startLoopback,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries:
      "sets HTTP_PROXY, ALL_PROXY or NO_PROXY, so that the tool's traffic goes another way than through the check",
    stoppedBy:
      "the tool gets proxies of our own and no exemption; the user's proxy is for the proxy's own way to the index",
    noticedBy: "nobody has to: the tool never sees the variables",
    when: "at every run",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    // What a company has: it passes plain requests on, and notes them.
    const company = await startLoopback((incoming, response) => {
      const passed = request(
        incoming.url ?? "",
        { method: incoming.method ?? "GET", headers: incoming.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      passed.on("error", () => response.destroy());
      passed.end();
    });
    t.after(() => company.close());
    const other = await startOtherIndex([buildWheel(toyProject(INSTALLED_PROJECT, "9.9.9"))]);
    t.after(() => other.close());
    const environments: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
      ["HTTP_PROXY", { HTTP_PROXY: company.url }, true],
      ["ALL_PROXY", { ALL_PROXY: company.url }, true],
      ["http_proxy and NO_PROXY", { http_proxy: company.url, NO_PROXY: "127.0.0.1" }, false],
      ["NO_PROXY=*", { NO_PROXY: "*", no_proxy: "*" }, false],
    ];
    for (const tool of ["pip", "uv"] as const) {
      for (const version of [INSTALLERS[tool].oldest, INSTALLERS[tool].newest]) {
        for (const [name, env, goesThrough] of environments) {
          await t.test(
            `${tool} ${version}, ${name}: the index through the company, the tool through us`,
            async () => {
              const before = company.asked.length;
              const args = ["sampleproject"];
              const { run, last } = await (tool === "pip"
                ? world.withPip(args, { version, env })
                : world.withUv(args, { version, env }));
              assert.equal(run.status, 0, run.output);
              assert.equal(last, "2 installed: 2 verified");
              const asked = company.asked.slice(before);
              assert.equal(
                asked.some((line) => line.includes("/map/latest/")),
                goesThrough,
              );
              // The proxy's pages, with its secret, are nobody else's business.
              assert.ok(
                asked.every((line) => line.includes(world.index.url)),
                asked.join("\n"),
              );
            },
          );
        }
      }
    }
    await t.test(
      "HTTPS_PROXY: an index that speaks TLS, with its own authority, through the company",
      async () => {
        const secure = await createInstallWorld("tls");
        t.after(() => secure.close());
        assert.ok(secure.caFile !== null);
        const tunnels: string[] = [];
        const tunnel = createServer();
        tunnel.on("connect", (incoming, inner) => {
          tunnels.push(incoming.url ?? "");
          const { port } = new URL(secure.index.url);
          const outer = connect(Number(port), "127.0.0.1", () => inner.write("HTTP/1.1 200 Fine\r\n\r\n"));
          inner.pipe(outer).pipe(inner);
          for (const end of [inner, outer]) end.on("error", () => end.destroy());
        });
        await new Promise<void>((resolve) => tunnel.listen(0, "127.0.0.1", resolve));
        t.after(() => void tunnel.close());
        const address = tunnel.address();
        assert.ok(address !== null && typeof address !== "string");
        const env = { HTTPS_PROXY: `http://127.0.0.1:${address.port}`, REQUESTS_CA_BUNDLE: secure.caFile };
        for (const { run, last } of [
          await secure.withPip(["sampleproject"], { env }),
          await secure.withUv(["sampleproject"], { env }),
        ]) {
          assert.equal(run.status, 0, run.output);
          assert.equal(last, "2 installed: 2 verified");
        }
        assert.deepEqual([...new Set(tunnels)], [new URL(secure.index.url).host]);
      },
    );
    await t.test("NO_PROXY=* in a file of variables that uv reads frees nothing", async () => {
      world.write(".env", `NO_PROXY=*\nno_proxy=*\nUV_DEFAULT_INDEX=${other.simpleUrl}\n`);
      const uv = await world.uv();
      const url = `extra @ ${other.url}/files/extra-1.0-py3-none-any.whl`;
      const words = ["run", "--env-file", ".env", "--no-project", "--with", url, "python", "-c", "1"];
      const run = await world.countermark(["run", "--", uv, ...words]);
      assert.equal(run.status, 1, run.output);
      t.saw("the user of --env-file", run.output, /^refused: other traffic/);
    });
    await t.test("a proxy of a kind that is not spoken is said to be, and not gone past", async () => {
      const { run, last } = await world.withPip(["sampleproject"], {
        env: { ALL_PROXY: "socks5://127.0.0.1:1" },
      });
      assert.equal(run.status, 2, run.output);
      t.saw("the user of a SOCKS proxy", last);
    });
    await t.test("nobody asked the other index for anything", () => assert.deepEqual(other.asked, []));
  },
);
