// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runTasks } from "../campaign.ts";
import type { Report } from "../engine.ts";
import { Random } from "../random.ts";
import type { Task } from "../worker.ts";

const PLANTED = new URL("planted.ts", import.meta.url).href;

function task(target: string, executionsMax: number): Task {
  return { target, plan: { seed: "1", executionsMax, millisecondsMax: 60_000, findingsMax: 1 }, extra: [] };
}

const CASES = [
  ["sound", 1_000, null],
  ["crash", 20_000, "crash: TypeError at fuzz/test/planted.ts"],
  ["stack", 40_000, "crash: RangeError at fuzz/test/planted.ts"],
  ["hang", 2_000, "hang: an execution does not end"],
  ["silent-hang", 5_000, "hang: an execution waits for ever"],
  ["quadratic", 160, "slow: slower than in proportion"],
  ["memory", 600, "memory: retained"],
  ["out-of-memory", 200, "memory: more than"],
  ["foreign-code", 5_000, "crash: ParseError at fuzz/test/planted.ts"],
  ["loud", 10_000, "oracle: the message of malformed has no control character"],
  ["writes", 10, "oracle: written"],
  ["deep", 100_000, "crash: TypeError at fuzz/test/planted.ts"],
  ["round-trip", 1_000, "oracle: encode(parse(b)) is b"],
  ["oracle-throws", 1_000, "oracle: ParseError at packages/formats/src/text/utf8.ts"],
] as const;

const reports = runTasks(
  PLANTED,
  CASES.map(([name, executions]) => task(name, executions)),
);
after(async () => {
  await reports.return(undefined);
});

for (const [name, executions, key] of CASES) {
  const claim =
    key === null ? "nothing is found where nothing is planted" : `the planted mistake is found as "${key}"`;
  test(`fuzzTarget: ${name}: ${claim}`, async () => {
    const report = await next(reports);
    assert.equal(report.target, name);
    if (key === null) assert.deepEqual([report.findings, report.executions >= executions], [[], true]);
    else
      assert.ok(
        report.findings.some((finding) => finding.key.startsWith(key)),
        JSON.stringify(report),
      );
  });
}

test("fuzzTarget: one seed is one run", async () => {
  const [first, second] = [await only(task("sound", 600)), await only(task("sound", 600))];
  assert.deepEqual({ ...first, milliseconds: 0 }, { ...second, milliseconds: 0 });
});

test("npm run fuzz: says what it did, keeps to its targets, and ends as it found", () => {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const fuzz = (...args: readonly string[]) =>
    spawnSync(process.execPath, ["--conditions=source", main, ...args], { encoding: "utf8" });
  const done = fuzz("--target", "hex", "--seconds", "0.2");
  assert.match(done.stdout, /^hex +[0-9]+ .*\n[0-9]+ executions, 0 findings\n$/m);
  assert.equal(done.status, 0);
  assert.equal(fuzz("--target", "unheard-of").status, 2);
});

test("Random: each seed is a sequence of its own, the same on every machine", () => {
  const sequence = (seed: string): number[] => {
    const random = new Random(seed);
    return [random.below(1_000), random.below(1_000), random.below(1_000)];
  };
  assert.deepEqual(sequence("1"), sequence("1"));
  assert.notDeepEqual(sequence("1"), sequence("2"));
  assert.deepEqual(sequence("1"), [122, 39, 720]);
});

async function only(wanted: Task): Promise<Report> {
  const run = runTasks(PLANTED, [wanted]);
  const report = await next(run);
  await run.return(undefined);
  return report;
}

async function next(run: AsyncGenerator<Report>): Promise<Report> {
  const { value } = await run.next();
  return value as Report; // there are as many reports as tasks
}
