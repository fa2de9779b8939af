// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleFromAttestation, utf8 } from "@countermark/formats";
import type { CryptoPort } from "../../src/port.ts";
import { contentOfBytes } from "../../src/sigstore/content.ts";
import { rememberSignatures, verifyBundles } from "../../src/sigstore/many.ts";
import { ORDINARY_DEMANDS } from "../../src/sigstore/signing.ts";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { testCrypto } from "../support/node-crypto.ts";
import { TOY_KEYS } from "../support/toy-certificates.ts";
import { makeWorld, soundPlan, TOY_FILE } from "../support/toy-sigstore.ts";

/** The primitives, and how often a signature was really checked. */
function counting(): { readonly crypto: CryptoPort; readonly checked: () => number } {
  let checked = 0;
  const verify: CryptoPort["verify"] = (...args) => {
    checked++;
    return testCrypto.verify(...args);
  };
  return { crypto: { ...testCrypto, verify }, checked: () => checked };
}

test("verifyBundles: each is believed or refused by itself, and nothing is checked twice", async () => {
  const world = makeWorld(soundPlan());
  const root = await prepareTrustedRoot(world.root, testCrypto);
  const bundle = bundleFromAttestation(world.attestation);
  const demandsFor = (bytes: Uint8Array) =>
    ({ ...ORDINARY_DEMANDS, artifact: contentOfBytes(bytes), signer: { kind: "any-identity" } }) as const;
  const item = { bundle, demands: demandsFor(TOY_FILE.bytes) };
  const stranger = { bundle, demands: demandsFor(utf8("other")) };
  const { crypto, checked } = counting();
  const found: string[] = [];
  for await (const outcome of verifyBundles([item, stranger, item], root, crypto)) {
    found.push(outcome.kind === "verified" ? "verified" : outcome.error.code);
  }
  assert.deepEqual(found, ["verified", "digest-mismatch", "verified"]);
  assert.equal(checked(), 5); // timestamp, certificate, SCT, checkpoint, signature
});

test("rememberSignatures: every part of the question counts, and a wrong answer is not remembered", async () => {
  const { leaf, ct } = TOY_KEYS;
  const message = utf8("message");
  const signature = leaf.sign(message);
  const scheme = { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" } as const;
  const { crypto, checked } = counting();
  const { verify } = rememberSignatures(crypto);
  assert.equal(await verify(scheme, leaf.spki, message, signature), true);
  assert.equal(await verify(scheme, leaf.spki, message, signature), true);
  assert.equal(checked(), 1);
  for (const [otherScheme, spki, other, otherSignature] of [
    [{ ...scheme, encoding: "raw" }, leaf.spki, message, signature],
    [scheme, ct.spki, message, signature],
    [scheme, leaf.spki, utf8("other"), signature],
    [scheme, leaf.spki, message, ct.sign(message)],
    [scheme, leaf.spki, new Uint8Array([...message, ...signature.subarray(0, 1)]), signature.subarray(1)],
  ] as const) {
    for (let again = 0; again < 2; again++) {
      assert.equal(await verify(otherScheme, spki, other, otherSignature), false);
    }
  }
  assert.equal(checked(), 11);
});
