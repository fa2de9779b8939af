// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  attack,
  createInstallWorld,
  INSTALLERS,
  type InstallWorld,
  installedModule,
} from "@countermark/testkit";

attack(
  {
    by: "accident",
    tries:
      "kills the proxy half-way through a download, and leaves the tool with an address that may be anybody's next",
    stoppedBy:
      "a watcher that outlives the proxy kills the tool and all that it started; half a file is no file to any of them",
    noticedBy: "whoever installs",
    when: "at once: there is no last line, which is no success",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    for (const tool of ["pip", "uv"] as const) {
      for (const version of [INSTALLERS[tool].oldest, INSTALLERS[tool].newest]) {
        await t.test(
          `${tool} ${version}: the proxy is killed during a download: nothing is installed`,
          async () => {
            const environment = await world.environment(tool === "pip" ? version : undefined);
            const args =
              tool === "pip"
                ? ["install", "--python", environment.python, "sampleproject"]
                : [
                    "run",
                    "--",
                    await world.uv(version),
                    "pip",
                    "install",
                    "--python",
                    environment.python,
                    "sampleproject",
                  ];
            const asked = holdFiles(world);
            const { child, ended } = start(world, args);
            await asked;
            child.kill("SIGKILL");
            // Ends only when nobody holds the output any more: the tool neither.
            const output = await ended;
            assert.equal(installedModule(environment, "sampleproject"), null);
            assert.doesNotMatch(output, /verified|Successfully/);
            if (tool === "pip" && version === INSTALLERS.pip.newest)
              t.saw("the user of pip, last", output.trimEnd().split("\n").at(-1) ?? "");
          },
        );
      }
    }
    await t.test("a tool that waits for something else is killed too, with what it started", async () => {
      const { child, ended } = start(world, ["run", "--", "sh", "-c", "echo started; sleep 600 & sleep 600"]);
      assert.ok(child.stdout !== null);
      await once(child.stdout, "data");
      child.kill("SIGKILL");
      await ended;
    });
    await t.test("stopped by its user, it stops the tool and says what is known", async () => {
      const environment = await world.environment();
      const asked = holdFiles(world);
      const { child, ended } = start(world, ["install", "--python", environment.python, "sampleproject"]);
      await asked;
      child.kill("SIGTERM");
      const output = await ended;
      assert.notEqual(child.exitCode, 0);
      assert.equal(installedModule(environment, "sampleproject"), null);
      t.saw("the user who stops it, last", output.trimEnd().split("\n").at(-1) ?? "");
    });
  },
);

/** Files are asked for and never come. Resolves when the first one was asked for. */
function holdFiles(world: InstallWorld): Promise<void> {
  return new Promise((resolve) => {
    world.intercept = (request) => {
      if (request.url?.startsWith("/files/") !== true || request.url.endsWith(".metadata")) return false;
      resolve();
      return true;
    };
  });
}

function start(
  world: InstallWorld,
  args: readonly string[],
): { child: ChildProcess; ended: Promise<string> } {
  const line = world.command(args);
  const child = spawn(line.program, [...line.args], {
    cwd: line.cwd,
    env: { ...line.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return { child, ended: once(child, "close").then(() => output) };
}
