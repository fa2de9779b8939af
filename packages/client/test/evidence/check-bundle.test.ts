// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBundle, parseTrustedRoot, utf8 } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { type HashName, ORDINARY_DEMANDS, prepareTrustedRoot } from "@countermark/verify";
import { checkBundle } from "../../src/evidence/check-bundle.ts";

const file = JSON.parse(
  readFileSync(new URL("../../../../vectors/sigstore/bundles.json", import.meta.url), "utf8"),
);

/** Which hash of the artifact is asked for, of which nothing but that digest is known. */
async function askedOf(name: string): Promise<readonly HashName[]> {
  const found = file.cases.find((one: { readonly name: string }) => one.name === name);
  const bytesOf = (json: unknown, named: Readonly<Record<string, unknown>>): Uint8Array =>
    utf8(JSON.stringify(typeof json === "string" ? named[json] : json));
  const bundle = parseBundle(bytesOf(found.bundle, file.bundles), "0.3");
  const trustedRoot = parseTrustedRoot(bytesOf(found.trustedRoot, file.trustedRoots));
  const root = await prepareTrustedRoot(trustedRoot, nodeCrypto);
  const asked: HashName[] = [];
  const artifact = {
    filename: null,
    sha256: nodeCrypto.sha256(utf8("a wheel")),
    contentFor: async (algorithm: HashName) => {
      asked.push(algorithm);
      return { kind: "digest", algorithm, digest: nodeCrypto.digest(algorithm, utf8("a wheel")) } as const;
    },
  };
  await checkBundle(bundle, artifact, { ...ORDINARY_DEMANDS, signer: { kind: "any-identity" } }, root);
  return asked;
}

for (const [name, hash] of [
  ["a statement whose second subject is the artifact", "sha256"],
  ["a subject by SHA-512 alone", "sha512"],
  ["a subject by SHA-512 beside one by SHA-256, the artifact by SHA-256", "sha256"],
] as const) {
  test(`checkBundle: ${name}: of the artifact its ${hash} is enough`, async () => {
    assert.deepEqual(await askedOf(name), [hash]);
  });
}
