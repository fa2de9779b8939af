// SPDX-License-Identifier: Apache-2.0
import { constants, createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import type { CryptoPort, HashName, SignatureScheme } from "../../src/port.ts";
import { createCryptoPort } from "../../src/primitives/crypto-port.ts";
import type { Software } from "../../src/primitives/software.ts";

/** What there is where a platform has it not. */
export const SOFTWARE: Software = {
  ecdsa: { p256, p384, p521 },
  ed25519: ed25519.Point,
  mlDsa44: ml_dsa44,
};

/** The primitives of node:crypto, for this package's tests: it may not import the package that has the real ones. */
export const testCrypto: CryptoPort = {
  sha256: (bytes) => digest("sha256", bytes),
  digest,
  ...createCryptoPort({
    digest,
    importKey: ({ spki }) => createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }),
    ecdsaEncoding: "der",
    verify: verifyNatively,
    loadSoftware: async () => SOFTWARE,
  }),
};

function digest(algorithm: HashName, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash(algorithm, bytes, "buffer"));
}

function verifyNatively(scheme: SignatureScheme, key: KeyObject, message: Uint8Array, signature: Uint8Array) {
  if (scheme.kind === "ed25519ph") return null;
  const name = "hash" in scheme ? scheme.hash : null;
  if (scheme.kind !== "rsa-pss") return verify(name, message, key, signature);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify(name, message, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
}
