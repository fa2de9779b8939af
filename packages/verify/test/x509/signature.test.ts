// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { constants, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { type DigestName, parsePublicKey, utf8 } from "@countermark/formats";
import { prepareChain } from "../../src/x509/chain.ts";
import { CODE_SIGNING } from "../../src/x509/purpose.ts";
import { isSignedBy } from "../../src/x509/signature.ts";
import { testCrypto } from "../support/node-crypto.ts";
import { makeCertificate, soundCertificates, TOY_KEYS, TOY_TIME } from "../support/toy-certificates.ts";
import type { ToyKey } from "../support/toy-keys.ts";

const message = utf8("message");
const WINDOW = { start: TOY_TIME, end: null };

function rsaPss(hash: DigestName): ToyKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return {
    name: "rsa",
    algorithm: { kind: "rsa-pss", hash },
    keyDetails: "PKIX_RSA_PSS_2048_SHA256",
    hash,
    spki: new Uint8Array(publicKey.export({ format: "der", type: "spki" })),
    sign: (bytes) => new Uint8Array(sign(hash, bytes, { key: privateKey, padding, saltLength })),
  };
}

for (const hash of ["sha256", "sha384", "sha512"] as const) {
  const key = rsaPss(hash);
  const parsed = parsePublicKey(key.spki, "key");
  const signature = key.sign(message);

  test(`isSignedBy: RSA-PSS with ${hash} holds, and is no other algorithm's signature`, async () => {
    const other = hash === "sha256" ? "sha512" : "sha256";
    const ask = (algorithm: Parameters<typeof isSignedBy>[1]) =>
      isSignedBy(parsed, algorithm, message, signature, testCrypto);
    assert.equal(await ask({ kind: "rsa-pss", hash }), true);
    assert.equal(await ask({ kind: "rsa-pss", hash: other }), false);
    assert.equal(await ask({ kind: "rsa-pkcs1", hash }), false);
    assert.equal(await ask({ kind: "ecdsa", hash }), false);
    assert.equal(await ask({ kind: "ed25519" }), false);
  });
}

test("prepareChain: an authority that signs with RSA-PSS is believed, one that another key signed for is not", async () => {
  const plan = soundCertificates();
  const [key, stranger] = [rsaPss("sha384"), rsaPss("sha384")];
  const root = makeCertificate({ ...plan.root, key, signer: key });
  const chainOf = (signer: ToyKey) => {
    const certificates = [makeCertificate({ ...plan.intermediate, signer }), root] as const;
    return prepareChain(
      { uri: "", operator: "", certificates, validFor: WINDOW },
      0,
      CODE_SIGNING,
      testCrypto,
    );
  };
  await chainOf(key);
  await assert.rejects(chainOf(stranger), { code: "authority-signature" });
  await assert.rejects(chainOf(TOY_KEYS.root), { code: "authority-signature" });
});
