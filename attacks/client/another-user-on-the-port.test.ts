// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { attack, createInstallWorld, runTool } from "@countermark/testkit";

attack(
  {
    by: "neighbour",
    tries:
      "asks the proxy's port: another user's program, a page in a browser (CORS, DNS rebinding), a guessed path",
    stoppedBy:
      "a secret path, the exact Host, no answer to a page of another site, and the kernel's word on whose connection it is",
    noticedBy: "whoever installs",
    when: "before anything is answered",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const line = world.command(["proxy"]);
    const proxy = spawn(line.program, [...line.args], {
      cwd: line.cwd,
      env: { ...line.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    t.after(() => void proxy.kill("SIGKILL"));
    let said = "";
    proxy.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    proxy.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    while (!/^http:\S+\n/m.test(said)) await once(proxy.stdout, "data");
    const simple = /^http:\S+/m.exec(said)?.[0] ?? "";
    const page = `${simple}sampleproject/`;
    const { host, origin } = new URL(simple);

    for (const [claim, url, headers, method, status] of [
      ["the tool itself", page, {}, "GET", 200],
      ["a guessed path", `${origin}/${"A".repeat(32)}/simple/sampleproject/`, {}, "GET", 404],
      ["no secret", `${origin}/simple/sampleproject/`, {}, "GET", 404],
      ["the secret but for its last letter", page.replace(/.\/simple/, "/simple"), {}, "GET", 404],
      ["another host name (DNS rebinding)", page, { host: "evil.example" }, "GET", 421],
      ["localhost for 127.0.0.1", page, { host: host.replace("127.0.0.1", "localhost") }, "GET", 421],
      ["a page of another site", page, { origin: "https://evil.example" }, "GET", 403],
      ["an image of another site", page, { "sec-fetch-site": "cross-site" }, "GET", 403],
      [
        "a preflight",
        page,
        { origin: "https://evil.example", "access-control-request-method": "GET" },
        "OPTIONS",
        403,
      ],
      ["a form", page, {}, "POST", 405],
    ] as const) {
      await t.test(`${claim}: ${status}`, async () => {
        const answer = await ask(url, headers, method);
        assert.equal(answer.status, status);
        // No browser hands an answer without these to a page of another site.
        assert.ok(!Object.keys(answer.headers).some((name) => name.startsWith("access-control-")));
        if (claim === "a page of another site") t.saw("the page of another site", answer.body);
        if (claim.startsWith("another host")) t.saw("a rebound name", answer.body);
      });
    }
    await t.test("another user who knows the whole address: 403, and the user is told", async () => {
      assert.equal(process.getuid?.(), 0, "only root can be somebody else: run this as root");
      for (const [name, url] of [
        ["urllib", page],
        ["a connection mapped to IPv6", page.replace("127.0.0.1", "[::ffff:127.0.0.1]")],
      ] as const) {
        const script = `import os, encodings.idna, urllib.request, urllib.error
request = urllib.request.Request(${JSON.stringify(url)}, headers={"Host": ${JSON.stringify(host)}})
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    print(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).status)
except urllib.error.HTTPError as error:
    print(error.code)`;
        const run = await runTool(world.python.executable, ["-c", script], { env: {} });
        assert.equal(run.stdout.trim(), "403", `${name}: ${run.output}`);
      }
    });
    await t.test("and the user is told when the proxy ends", async () => {
      proxy.kill("SIGTERM");
      await once(proxy, "close");
      t.saw("the user of the proxy", said, /another user of this machine/);
    });
  },
);

async function ask(url: string, headers: Readonly<Record<string, string>>, method: string) {
  return await new Promise<{ status: number; headers: object; body: string }>((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (message) => {
      let body = "";
      message.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      message.on("end", () => resolve({ status: message.statusCode ?? 0, headers: message.headers, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}
