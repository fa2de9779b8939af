// SPDX-License-Identifier: Apache-2.0
// The vectors through @sigstore/verify: what we call good is good for others too, and what others accept is written down.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { BundleVector, SigstoreFile } from "../vectors/sigstore/bundles.ts";
import { askPeer, type PeerVerdict } from "./peer.ts";
import { ACCEPTED_THOUGH_BAD, type Findings, REFUSED_THOUGH_GOOD } from "./peer-findings.ts";

const FILES = ["bundles", "certificates", "demands", "keys", "logs", "rekor-v1", "timestamps"] as const;
const FOLDER = new URL("../../../../vectors/", import.meta.url);

const verdicts: Readonly<Record<string, readonly PeerVerdict[]>> = Object.fromEntries(
  FILES.map((name) => {
    const file = JSON.parse(readFileSync(new URL(`sigstore/${name}.json`, FOLDER), "utf8"));
    return [name, askPeer(file as SigstoreFile<BundleVector>)]; // compared with what the generator makes
  }),
);

function namesIn(findings: Findings, file: string): readonly string[] {
  return Object.values(findings).flatMap((byFile) => byFile[file] ?? []);
}

for (const name of FILES) {
  const asked = verdicts[name] ?? [];
  test(`vectors/sigstore/${name}.json: @sigstore/verify accepts every good bundle but those that it is known not to`, () => {
    const refused = asked
      .filter(({ isGood, refusal }) => isGood && refusal !== null)
      .map((found) => found.name);
    assert.deepEqual(refused.sort(), [...namesIn(REFUSED_THOUGH_GOOD, name)].sort());
  });
  test(`vectors/sigstore/${name}.json: @sigstore/verify accepts the wrong bundles that are written down`, () => {
    const accepted = asked
      .filter(({ isGood, refusal }) => !isGood && refusal === null)
      .map((found) => found.name);
    assert.deepEqual(accepted.sort(), [...namesIn(ACCEPTED_THOUGH_BAD, name)].sort());
  });
}

test("vectors/README.md: says how many wrong bundles @sigstore/verify accepts", () => {
  const readme = readFileSync(new URL("README.md", FOLDER), "utf8");
  const wrong = Object.values(verdicts)
    .flat()
    .filter(({ isGood }) => !isGood);
  const accepted = wrong.filter(({ refusal }) => refusal === null);
  assert.ok(
    readme.includes(`of ${wrong.length} it accepts ${accepted.length}`),
    `${accepted.length} of ${wrong.length}`,
  );
  for (const [what, byFile] of Object.entries(ACCEPTED_THOUGH_BAD)) {
    const count = Object.values(byFile).flat().length;
    assert.ok(readme.includes(`| ${what} | ${count} |`), `| ${what} | ${count} |`);
  }
});
