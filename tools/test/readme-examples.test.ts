// SPDX-License-Identifier: Apache-2.0
// The examples of package READMEs, pasted into a file beside the files that they name.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { encodeBundle, encodeTrustedRoot, utf8 } from "../../packages/formats/src/index.ts";
import { TOY_TIME } from "../../packages/verify/test/support/toy-certificates.ts";
import { makeMessageWorld, soundPlan } from "../../packages/verify/test/support/toy-sigstore.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const folder = mkdtempSync(join(tmpdir(), "countermark-examples-"));
after(() => rmSync(folder, { recursive: true }));
const artifact = utf8("an artifact\n");
const { bundle, root } = makeMessageWorld(soundPlan(), artifact);
writeFileSync(join(folder, "a.txt"), artifact);
writeFileSync(join(folder, "a.txt.sigstore.json"), encodeBundle(bundle));
writeFileSync(join(folder, "trusted_root.json"), encodeTrustedRoot(root));
symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));

for (const [name, wanted] of [
  ["formats", "https://token.actions.githubusercontent.com\nversion 0.3, log index 1\n"],
  ["verify", `${TOY_TIME + 5}\n`],
] as const) {
  test(`packages/${name}/README.md: its example runs as it is`, () => {
    const done = run(name, readExample(name));
    assert.equal(done.stderr, "");
    assert.equal(done.stdout, wanted);
  });
}

test("packages/verify/README.md: its example refuses another signer", () => {
  const done = run("refused", readExample("verify").replace("/octo-org/", "/octo-orgs/"));
  assert.notEqual(done.status, 0);
  assert.match(done.stderr, /identity-name/);
});

function readExample(name: string): string {
  const page = readFileSync(join(ROOT, `packages/${name}/README.md`), "utf8");
  return /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
}

function run(name: string, source: string) {
  const path = join(folder, `${name}.mts`);
  writeFileSync(path, source);
  return spawnSync(process.execPath, ["--conditions=source", path], { cwd: folder, encoding: "utf8" });
}
