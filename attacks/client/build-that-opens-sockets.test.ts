// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildSelfBuildingSdist,
  createInstallWorld,
  INSTALLERS,
  startLoopback,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "publisher",
    tries: "opens sockets of its own in a build backend, past every proxy that it was told of",
    stoppedBy:
      "only with --isolate (Linux): a network of its own, with the proxy's port and nothing else; otherwise not stopped",
    noticedBy: "whoever installs: the file is called built",
    when: "with --isolate, when the build asks",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const other = await startLoopback((_request, response) => void response.end("hello\n"));
    t.after(() => other.close());
    const script = `import socket
try:
    peer = socket.create_connection(("127.0.0.1", ${new URL(other.url).port}))
    peer.sendall(b"GET /from-a-socket HTTP/1.0\\r\\n\\r\\n")
    peer.recv(100)
    word = "REACHED"
except OSError as error:
    word = "%r" % error
open("talking.py", "a").write("# " + word)`;
    await world.publish("talking", [
      buildSelfBuildingSdist(toyProject("talking", "1.0"), { requires: ["needed-project"], script }),
    ]);
    for (const tool of ["pip", "uv"] as const) {
      for (const version of [INSTALLERS[tool].oldest, INSTALLERS[tool].newest]) {
        const install = (own: readonly string[]) =>
          tool === "pip"
            ? world.withPip(["talking", "sampleproject"], { version, own })
            : world.withUv(["talking", "sampleproject"], { version, own });
        await t.test(
          `${tool} ${version}, without --isolate: it is reached, and the last line calls it built`,
          async () => {
            const before = other.asked.length;
            const { run, last } = await install([]);
            assert.equal(run.status, 0, run.output);
            assert.deepEqual(other.asked.slice(before), ["GET /from-a-socket"]);
            assert.equal(last, "3 installed: 2 verified, 1 built here from a verified source");
            if (tool === "uv") t.saw("the user without --isolate, last", last);
          },
        );
        await t.test(`${tool} ${version}, with --isolate: nothing but the proxy is there`, async () => {
          const before = other.asked.length;
          const { run, last } = await install(["--isolate"]);
          assert.deepEqual(other.asked.slice(before), []);
          if (run.status === 2) {
            // A machine that gives no user a network of his own: said, and the tool is not started.
            assert.match(run.output, /\[isolation-unavailable\]/);
            t.saw("the user of --isolate, last", last);
            return;
          }
          assert.equal(run.status, 0, run.output);
          assert.equal(last, "3 installed: 2 verified, 1 built here from a verified source");
          if (tool === "uv") t.saw("the user of --isolate, last", last);
        });
      }
    }
    await t.test("with --isolate, the tool's status and its output are its own", async () => {
      const run = await world.countermark(["run", "--isolate", "--", "sh", "-c", "echo out; exit 7"]);
      if (run.status !== 2) assert.match(run.output, /^out$[\s\S]*sh ended with status 7/m);
    });
  },
);
