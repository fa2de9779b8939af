// SPDX-License-Identifier: Apache-2.0
// The checks of `npm run check`, on a small workspace with one thing wrong. A check that finds nothing here finds nothing anywhere.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const SPDX = "// SPDX-License-Identifier: Apache-2.0\n";
const VERIFY = `export async function verifyFile(bytes: Uint8Array): Promise<boolean> {
  return bytes.length > 0;
}
export interface CryptoPort {
  verify(message: Uint8Array): boolean | Promise<boolean>;
}
export type Decision = { readonly kind: "first-use" } | { readonly kind: "changed" };
`;

/** A workspace with our own settings, checks and package descriptions, and the given sources. */
function workspace(t: TestContext, sources: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "countermark-planted-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const copied = ["biome.json", "tsconfig.base.json", "package.json"];
  for (const name of ["source", "check-layers", "check-invariants", "check-specs", "check-refusals"]) {
    copied.push(`tools/${name}.mjs`);
  }
  for (const name of ["client", "formats", "verify", "index"]) {
    copied.push(`packages/${name}/package.json`, `packages/${name}/tsconfig.json`);
    mkdirSync(join(root, "node_modules/@countermark"), { recursive: true });
    symlinkSync(`../../packages/${name}`, join(root, "node_modules/@countermark", name));
  }
  for (const path of copied) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(join(ROOT, path), join(root, path));
  }
  const all = { "packages/verify/src/index.ts": VERIFY, ...sources };
  for (const [path, source] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path.endsWith(".ts") ? SPDX + source : source);
  }
  mkdirSync(join(root, "docs"), { recursive: true });
  return root;
}

function run(root: string, program: string, ...args: readonly string[]): { status: number; output: string } {
  const done = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  return { status: done.status ?? 1, output: done.stdout + done.stderr };
}

const lint = (root: string) =>
  run(root, join(ROOT, "node_modules/.bin/biome"), "lint", "--colors=off", "--max-diagnostics=200", ".");
const compile = (root: string, name: string) =>
  run(
    root,
    join(ROOT, "node_modules/.bin/tsc"),
    "--pretty",
    "false",
    "--types",
    "",
    "-p",
    `packages/${name}`,
  );
const script = (root: string, name: string) =>
  run(root, process.execPath, "--conditions=source", `tools/${name}.mjs`);

const FROM_VERIFY = `import { type CryptoPort, type Decision, verifyFile } from "@countermark/verify";\n`;
const CALL = "export function planted(bytes: Uint8Array): void {\n  verifyFile(bytes);\n}\n";
const CONDITION =
  'export function planted(bytes: Uint8Array): string {\n  return verifyFile(bytes) ? "yes" : "no";\n}\n';
const PORT =
  'export function planted(port: CryptoPort, bytes: Uint8Array): string {\n  if (port.verify(bytes)) return "yes";\n  return "no";\n}\n';
const SWITCH =
  'export function planted(d: Decision): void {\n  switch (d.kind) {\n    case "changed":\n      throw new Error("changed");\n  }\n}\n';

for (const [claim, source, rule] of [
  ["an un-awaited verification is caught", CALL, "noFloatingPromises"],
  ["a promise as a condition is caught", CONDITION, "noMisusedPromises"],
  ["a perhaps-promise of the crypto port as a condition is caught", PORT, "noMisusedPromises"],
  ["a switch that forgets a case is caught", SWITCH, "useExhaustiveSwitchCases"],
] as const) {
  test(`lint: ${claim} inside a package`, (t) => {
    const root = workspace(t, {
      "packages/verify/src/planted.ts": `${FROM_VERIFY.replace("@countermark/verify", "./index.ts")}${source}`,
    });
    const { status, output } = lint(root);
    assert.notEqual(status, 0, output);
    assert.match(output, new RegExp(`packages/verify/src/planted\\.ts:.*${rule}`));
  });
  test(`lint: ${claim} across packages`, (t) => {
    const root = workspace(t, { "packages/client/src/planted.ts": `${FROM_VERIFY}${source}` });
    const { status, output } = lint(root);
    assert.notEqual(status, 0, output);
    assert.match(output, new RegExp(`packages/client/src/planted\\.ts:.*${rule}`));
  });
}

test("types: a union switched without its last case does not compile where a value is returned", (t) => {
  const source =
    'import type { Decision } from "./index.ts";\nexport function word(d: Decision): string {\n  switch (d.kind) {\n    case "changed":\n      return "changed";\n  }\n}\n';
  const { status, output } = compile(workspace(t, { "packages/verify/src/planted.ts": source }), "verify");
  assert.notEqual(status, 0);
  assert.match(output, /planted\.ts\(.*error TS(2366|7030)/);
});

test("types: the pure packages see no platform", (t) => {
  const source = "export const a: unknown = [fetch, process, console, Buffer];\n";
  const { status, output } = compile(workspace(t, { "packages/verify/src/planted.ts": source }), "verify");
  assert.notEqual(status, 0);
  for (const name of ["fetch", "process", "console", "Buffer"]) assert.match(output, new RegExp(`'${name}'`));
});

const LAYERS = [
  [
    "formats may not import verify",
    "formats",
    'import "@countermark/verify";',
    /formats may not import verify/,
  ],
  [
    "index may not import client, even for a type",
    "index",
    'import type { A } from "@countermark/client";',
    /index may not import client/,
  ],
  [
    "verify may not import Node",
    "verify",
    'import { readFileSync } from "node:fs";',
    /may not import node:fs/,
  ],
  ["verify may not import a library", "verify", 'import { z } from "zod";', /no runtime dependencies/],
  [
    "client may not reach past a public surface",
    "client",
    'export * from "@countermark/verify/src/index.ts";',
    /past the public surface/,
  ],
  [
    "client may not reach into a neighbour",
    "client",
    'const a = await import("../../index/src/main.ts");',
    /leaves the package/,
  ],
  [
    "client may not use what its package.json does not name",
    "client",
    'import { z } from "zod";',
    /not in packages\/client\/package\.json/,
  ],
] as const;
for (const [claim, name, source, sentence] of LAYERS) {
  test(`check-layers: ${claim}`, (t) => {
    const { status, output } = script(
      workspace(t, { [`packages/${name}/src/planted.ts`]: `${source}\n` }),
      "check-layers",
    );
    assert.equal(status, 1);
    assert.match(output, sentence);
    assert.match(output, new RegExp(`packages/${name}/src/planted\\.ts:2:`));
  });
}

const INVARIANTS = [
  ["verify reads no clock", "verify/src/planted.ts", "export const t = Date.now();", /reads no clock/],
  ["formats makes no date", "formats/src/planted.ts", "export const t = new Date(0);", /reads no clock/],
  [
    "only verify may believe",
    "client/src/planted.ts",
    "export const v = { a: 1 } as Verified<X>;",
    /only packages\/verify/,
  ],
  ["JSON is parsed by formats", "index/src/planted.ts", 'export const v = JSON.parse("1");', /parseJson/],
  [
    "identities are compared whole",
    "verify/src/identity/planted.ts",
    'export const v = "a".includes("b");',
    /field by field/,
  ],
  [
    "verify has no optional parameters",
    "verify/src/planted.ts",
    "export function f(a: string, b?: string): void {}",
    /optional parameters/,
  ],
] as const;
for (const [claim, path, source, sentence] of INVARIANTS) {
  test(`check-invariants: ${claim}`, (t) => {
    const { status, output } = script(
      workspace(t, { [`packages/${path}`]: `${source}\n` }),
      "check-invariants",
    );
    assert.equal(status, 1);
    assert.match(output, sentence);
  });
}

test("check-invariants: what stands in comments and strings is not code", (t) => {
  const source =
    '// new Date() is banned\n/* Date.now() */\nexport const a = "Date.now()";\nexport const b = `process.x`;\n';
  const { status, output } = script(
    workspace(t, { "packages/verify/src/planted.ts": source }),
    "check-invariants",
  );
  assert.equal(status, 0, output);
});

test("check-refusals: a code without a test and a code that is never thrown are named", (t) => {
  const source = 'export const VERIFY_CODES = { "never-seen": "A." } as const;\n';
  const { status, output } = script(
    workspace(t, { "packages/verify/src/failure.ts": source }),
    "check-refusals",
  );
  assert.equal(status, 1);
  assert.match(output, /"never-seen" of VERIFY_CODES is never thrown/);
  assert.match(output, /no test asserts "never-seen"/);
});

test("check-specs: an id of no known family, a missing page and a missing heading are named", (t) => {
  const source =
    "/** A. @spec folklore#1 */\nexport const a = 1;\n/** @spec specs/gone.md */\nexport const b = 2;\n/** @spec specs/here.md#no */\nexport const c = 3;\n";
  const files = { "packages/verify/src/planted.ts": source, "specs/here.md": "# Here\n" };
  const { status, output } = script(workspace(t, files), "check-specs");
  assert.equal(status, 1);
  assert.match(output, /planted\.ts:2: "@spec folklore#1" is of no family/);
  assert.match(output, /planted\.ts:4: specs\/gone\.md does not exist/);
  assert.match(output, /planted\.ts:6: specs\/here\.md has no heading #no/);
});
