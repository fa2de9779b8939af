// SPDX-License-Identifier: Apache-2.0
// What `npm start` prints is pasted, as a person would, for every attack of `npm run break`.
import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { ROOT } from "../../src/root.ts";
import { BREAKS } from "../../src/start/breaks.ts";

const dir = mkdtempSync(join(tmpdir(), "countermark-start-"));
// What the demo downloads is the same: it is not downloaded twice.
mkdirSync(join(ROOT, ".demo", "cache"), { recursive: true });
symlinkSync(join(ROOT, ".demo", "cache"), join(dir, "cache"));
const world = program("main");
after(async () => {
  world.kill("SIGTERM");
  if (world.exitCode === null) await new Promise((resolve) => world.once("exit", resolve));
  for (const stream of [world.stdout, world.stderr]) stream?.destroy();
  rmSync(dir, { recursive: true, force: true });
});
await waitFor(world, /In a second terminal/);

interface Seen {
  readonly status: number;
  readonly output: string;
}

/** What stock tools and countermark must come to: the status, and words of the output. */
const EXPECTED: Readonly<
  Record<string, { readonly stock: number; readonly ours: readonly [number, RegExp] }>
> = {
  "swap-bytes": { stock: 0, ours: [1, /file-mismatch/] },
  withhold: { stock: 0, ours: [1, /attestation-withheld/] },
  fork: { stock: 0, ours: [1, /quorum-not-met/] },
  rollback: { stock: 0, ours: [1, /head-went-back/] },
  "swap-metadata": { stock: 0, ours: [1, /file-mismatch/] },
  "back-date": { stock: 0, ours: [1, /state-files|inclusion-root/] },
  "steal-online-key": { stock: 0, ours: [1, /attestation-lost/] },
  "strip-publisher": { stock: 0, ours: [1, /publisher-differs/] },
  // Seen as age only, for as long as a head may be old.
  freeze: { stock: 0, ours: [0, /1 installed: 1 verified/] },
  "torn-tile": { stock: 0, ours: [1, /not-authentic/] },
};

test("every attack but the way back is expected here", () => {
  assert.deepEqual(
    BREAKS.map(({ name }) => name)
      .filter((name) => name !== "nothing")
      .sort(),
    Object.keys(EXPECTED).sort(),
  );
});

for (const [name, { stock, ours }] of Object.entries(EXPECTED)) {
  test(`npm run break -- ${name}: stock tools take it, countermark says what it must`, async () => {
    const told = await finish(program("break", [name]));
    assert.equal(told.status, 0, told.output);
    const lines = [...told.output.matchAll(/^ {2}(fresh; .*|countermark .*)$/gm)].map(
      ([, line]) => line ?? "",
    );
    assert.ok(lines.length > 0, told.output);
    const runs = await Promise.all(lines.map(async (line) => ({ line, ...(await paste(line)) })));
    for (const { line, status, output } of runs) {
      if (isStock(line)) {
        // A newer pip compares the two METADATA itself.
        if (!(name === "swap-metadata" && line.includes("; pip")))
          assert.equal(status, stock, `${line}\n${output}`);
      } else if (line === "countermark audit") {
        assert.equal(status, name === "torn-tile" ? 1 : 0, `${line}\n${output}`);
      } else {
        assert.equal(status, ours[0], `${line}\n${output}`);
        assert.match(output, ours[1], line);
      }
    }
  });
}

test("npm run break -- nothing: what was refused is installed again", async () => {
  assert.equal((await finish(program("break", ["swap-bytes"]))).status, 0);
  assert.equal((await finish(program("break", ["nothing"]))).status, 0);
  const run = await paste("fresh; countermark install idna==3.10");
  assert.match(run.output, /1 installed: 1 verified/);
});

test("npm run break: an attack that does not exist is a wrong command line", async () => {
  const run = await finish(program("break", ["swap-everything"]));
  assert.equal(run.status, 2);
  assert.match(run.output, /There is no attack "swap-everything"/);
});

test("npm run break: says so where nothing runs", async () => {
  const run = await finish(program("break", ["fork", "--dir", join(dir, "nothing-here")]));
  assert.equal(run.status, 1);
  assert.match(run.output, /Nothing runs below/);
});

function isStock(line: string): boolean {
  return /^fresh; (?:pip|uv) /.test(line);
}

function program(name: "main" | "break", args: readonly string[] = []): ChildProcess {
  const file = join(ROOT, "packages/testkit/src/start", `${name}.ts`);
  const place = args.includes("--dir") ? [] : ["--dir", dir];
  return spawn(process.execPath, ["--conditions=source", file, ...args, ...place], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function waitFor(child: ChildProcess, words: RegExp): Promise<void> {
  assert.ok(child.stdout !== null);
  let said = "";
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    if (!words.test(line)) continue;
    child.stdout.resume();
    return;
  }
  assert.fail(`it ended:\n${said}`);
}

async function finish(child: ChildProcess): Promise<Seen> {
  let output = "";
  const keep = (text: unknown): void => {
    output += String(text);
  };
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", keep);
  const status = await new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  return { status, output };
}

function paste(line: string): Promise<Seen> {
  const activate = join(dir, "started", "activate");
  return new Promise((resolve) => {
    execFile("bash", ["-c", `. '${activate}'\n${line}`], { cwd: dir }, (error, stdout, stderr) => {
      resolve({
        status: typeof error?.code === "number" ? error.code : error === null ? 0 : -1,
        output: stdout + stderr,
      });
    });
  });
}
