// SPDX-License-Identifier: Apache-2.0
// A tool that counts what the vectors miss must itself not miss: a small package with what is planted in it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const TOOL = join(dirname(dirname(fileURLToPath(import.meta.url))), "mutants/main.mjs");
const scratch = mkdtempSync(join(tmpdir(), "countermark-mutants-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const WITHIN = `export function isWithin(size: number, max: number): boolean {
  return size <= max;
}
`;
const SUITE = `import { isWithin } from "../sources/within.ts";
type Vector = { readonly size: number; readonly max: number; readonly is: boolean };
export const SUITE = { "within.json": (file: readonly Vector[]) => file };
export async function runCase({ size, max, is }: Vector) {
  try {
    const found = isWithin(size, max);
    return { ok: found === is, found: String(found) };
  } catch (error) {
    return { ok: false, found: String(error) };
  }
}
`;
const APART = [
  { size: 1, max: 2, is: true },
  { size: 3, max: 2, is: false },
];
const BOUNDARY = { size: 2, max: 2, is: true };
const AT_THE_BOUNDARY = {
  file: "within.ts",
  function: "isWithin",
  operator: "<= to <",
  text: "size <= max",
  ordinal: 1,
};
const REASON = "planted: no vector of this package is at the boundary";

interface Planted {
  readonly source?: string;
  readonly vectors?: readonly unknown[];
  readonly equivalent?: readonly unknown[];
}

/** The tool's exit status and output for a package with what is planted. */
function run(
  { source = WITHIN, vectors = [...APART, BOUNDARY], equivalent = [] }: Planted,
  ...args: string[]
) {
  const root = mkdtempSync(join(scratch, "package-"));
  for (const folder of ["sources", "test", "vectors"]) mkdirSync(join(root, folder));
  writeFileSync(join(root, "sources/within.ts"), source);
  writeFileSync(join(root, "test/suite.ts"), SUITE);
  writeFileSync(join(root, "vectors/within.json"), JSON.stringify(vectors));
  writeFileSync(join(root, "equivalent.json"), JSON.stringify(equivalent));
  const flags = ["--sources", "sources", "--suite", "test/suite.ts", "--vectors", "vectors"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=source", TOOL, ...flags, "--equivalent", "equivalent.json", ...args],
    { cwd: root, encoding: "utf8" },
  );
  return { status, stdout, last: stdout.trimEnd().split("\n").at(-1), stderr };
}

test("mutants: where each is killed, the run says so and ends with 0", () => {
  const { status, stdout } = run({});
  assert.deepEqual([status, stdout], [0, "2 mutants, 2 killed\n"]);
});

test("mutants: one that survives is shown with its place, its text and what became of it", () => {
  const { status, stdout, last } = run({ vectors: APART });
  assert.deepEqual([status, last], [1, "2 mutants, 1 killed"]);
  assert.match(
    stdout,
    /^sources\/within\.ts:2: <= to < in isWithin\n {2}- size <= max\n {2}\+ size < max\n {2}survived 2 vectors$/m,
  );
});

test("mutants: one that no vector reaches survives", () => {
  const source = `${WITHIN}export const isBelow = (a: number, b: number): boolean => a < b;\n`;
  const { status, stdout } = run({ source });
  assert.equal(status, 1);
  assert.match(stdout, /in isBelow\n.*\n.*\n {2}survived unseen: no vector reaches it/);
});

test("mutants: one that is listed as equivalent may survive, and is not counted", () => {
  const { status, stdout } = run({ vectors: APART, equivalent: [{ ...AT_THE_BOUNDARY, reason: REASON }] });
  assert.deepEqual([status, stdout], [0, "1 equivalent, listed\n1 mutants, 1 killed\n"]);
});

test("mutants: one that is listed as equivalent and killed fails the run", () => {
  const { status, stdout } = run({ equivalent: [{ ...AT_THE_BOUNDARY, reason: REASON }] });
  assert.equal(status, 1);
  assert.match(stdout, /is listed as equivalent, and was killed by within\.json/);
});

test("mutants: one that is listed as equivalent and not there fails the run", () => {
  const { status, stdout } = run({
    equivalent: [{ ...AT_THE_BOUNDARY, text: "size <= most", reason: REASON }],
  });
  assert.equal(status, 1);
  assert.match(stdout, /is listed as equivalent, and is not there/);
});

test("mutants: one that is listed without a reason fails the run", () => {
  const { status, stderr } = run({ vectors: APART, equivalent: [{ ...AT_THE_BOUNDARY, reason: "" }] });
  assert.equal(status, 1);
  assert.match(stderr, /has no reason/);
});

test("mutants: a suite that is red without any fails the run", () => {
  const { status, stderr } = run({ vectors: [{ ...BOUNDARY, is: false }] });
  assert.equal(status, 1);
  assert.match(stderr, /1 vectors are red without any mutant/);
});

test("mutants: one that does not end is killed", () => {
  const source = `export function isWithin(size: number, max: number): boolean {
  let rest = size;
  while (rest > max) rest--;
  return rest === size;
}
`;
  const { status, stdout } = run({ source });
  assert.deepEqual([status, stdout], [0, "6 mutants, 6 killed\n"]);
});

test("mutants: a constant of a module is mutated where it is used", () => {
  const source = `const LESS = 1;
export function isWithin(size: number, max: number): boolean {
  return size - LESS < max;
}
`;
  const { status, stdout } = run({ source });
  assert.deepEqual([status, stdout], [0, "5 mutants, 5 killed\n"]);
});

test("mutants: the words of an error are none", () => {
  const source = `export function isWithin(size: number, max: number): boolean {
  const found = size === 1 ? "one" : \`\${size} items\`;
  if (size > max) throw new RangeError(\`\${found}, \${max - size} too many\`);
  return true;
}
`;
  const { stdout } = run({ source }, "--list");
  assert.deepEqual(
    stdout.match(/^sources.*$/gm)?.map((line) => line.replace(/^.*: (.*) in isWithin$/, "$1")),
    ["condition true", "condition false", "> to <=", "> to >=", "throw deleted", "boolean swapped"],
  );
});

test("mutants: --only takes the files below a prefix", () => {
  assert.equal(run({}, "--list", "--only", "sources/within").last, "2 mutants");
  assert.equal(run({}, "--list", "--only", "within.ts").last, "2 mutants");
  assert.equal(run({}, "--list", "--only", "other").last, "0 mutants");
});
