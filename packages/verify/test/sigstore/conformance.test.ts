// SPDX-License-Identifier: Apache-2.0
// The published suite of Sigstore clients, each case by path and by digest.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  type PublicKey,
  parseBundle,
  parsePemBlock,
  parsePublicKey,
  parseTrustedRoot,
} from "@countermark/formats";
import { type Artifact, type SignerDemand, verifyBundle } from "../../src/sigstore/bundle.ts";
import { contentOfBytes } from "../../src/sigstore/content.ts";
import { ORDINARY_DEMANDS } from "../../src/sigstore/signing.ts";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { conformanceSkip, hasConformance, listConformance, readConformance } from "../support/conformance.ts";
import { testCrypto } from "../support/node-crypto.ts";

const CASES = "sigstore/bundle-verify";
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

for (const name of listConformance(CASES).filter((entry) =>
  hasConformance(`${CASES}/${entry}/bundle.sigstore.json`),
)) {
  for (const kind of ["bytes", "digest"] as const) {
    test(`verifyBundle: ${name}, by ${kind}`, async () => {
      if (name.endsWith("_fail")) await assert.rejects(verifyCase(name, kind), hasCode);
      else await verifyCase(name, kind);
    });
  }
}

test("verifyBundle: the published cases were found", { skip: conformanceSkip }, () => {
  assert.ok(listConformance(CASES).length >= 70);
});

async function verifyCase(name: string, kind: Artifact["kind"]) {
  const read = (file: string): Uint8Array => readConformance(`${CASES}/${name}/${file}`);
  const has = (file: string): boolean => hasConformance(`${CASES}/${name}/${file}`);
  const text = (file: string, absent: string): string =>
    has(file) ? new TextDecoder().decode(read(file)).trim() : absent;
  const rootBytes = has("trusted_root.json")
    ? read("trusted_root.json")
    : readConformance("trust/trusted_root.json");
  const root = await prepareTrustedRoot(parseTrustedRoot(rootBytes), testCrypto);
  const bytes = has("artifact") ? read("artifact") : readConformance(`${CASES}/a.txt`);
  const digest = new Uint8Array(createHash("sha256").update(bytes).digest());
  const artifact: Artifact =
    kind === "bytes" ? contentOfBytes(bytes) : { kind: "digest", algorithm: "sha256", digest };
  const signer: SignerDemand = has("key.pub")
    ? { kind: "key", key: publicKey(text("key.pub", "")), rsaPadding: "pkcs1" }
    : { kind: "identity", name: text("identity", IDENTITY), issuer: text("issuer", ISSUER) };
  const bundle = parseBundle(read("bundle.sigstore.json"), "0.1");
  return await verifyBundle(bundle, { ...ORDINARY_DEMANDS, artifact, signer }, root, testCrypto);
}

function publicKey(pem: string): PublicKey {
  return parsePublicKey(parsePemBlock(pem, "PUBLIC KEY", "key"), "key");
}

/** Refused by a check or a parser, not by a mistake of ours. */
function hasCode(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ParseError", "VerifyError"].includes(error.name);
}
