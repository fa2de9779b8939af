// SPDX-License-Identifier: Apache-2.0
// The published suite of Sigstore clients, each case by path and by digest.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBundle, parsePemBlock, parsePublicKey, parseTrustedRoot } from "@countermark/formats";
import { type Artifact, type SignerDemand, verifyBundle } from "../../src/sigstore/bundle.ts";
import { contentOfBytes } from "../../src/sigstore/content.ts";
import { ORDINARY_DEMANDS } from "../../src/sigstore/signing.ts";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { conformanceDir, conformanceSkip } from "../support/conformance.ts";
import { testCrypto } from "../support/node-crypto.ts";
import { listSigstoreCases, type SigstoreCase } from "../support/sigstore-cases.ts";

const cases = listSigstoreCases();

for (const published of cases) {
  for (const kind of ["bytes", "digest"] as const) {
    test(`verifyBundle: ${published.name}, by ${kind}`, async () => {
      if (published.mustFail) await assert.rejects(verifyCase(published, kind), hasCode);
      else await verifyCase(published, kind);
    });
  }
}

test("verifyBundle: the published cases were found", { skip: conformanceSkip }, () => {
  assert.ok(cases.length >= 70);
});

async function verifyCase(published: SigstoreCase, kind: Artifact["kind"]) {
  const rootBytes = read(published.trustedRoot ?? `${conformanceDir}/trust/trusted_root.json`);
  const root = await prepareTrustedRoot(parseTrustedRoot(rootBytes), testCrypto);
  const bytes = read(published.artifact);
  const digest = new Uint8Array(createHash("sha256").update(bytes).digest());
  const artifact: Artifact =
    kind === "bytes" ? contentOfBytes(bytes) : { kind: "digest", algorithm: "sha256", digest };
  const bundle = parseBundle(read(published.bundle), "0.1");
  const demands = { ...ORDINARY_DEMANDS, artifact, signer: signerOf(published) };
  return await verifyBundle(bundle, demands, root, testCrypto);
}

function signerOf({ signer }: SigstoreCase): SignerDemand {
  if (signer.kind === "identity") return signer;
  const pem = new TextDecoder().decode(read(signer.key)).trim();
  const key = parsePublicKey(parsePemBlock(pem, "PUBLIC KEY", "key"), "key");
  return { kind: "key", key, rsaPadding: "pkcs1" };
}

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

/** Refused by a check or a parser, not by a mistake of ours. */
function hasCode(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ParseError", "VerifyError"].includes(error.name);
}
