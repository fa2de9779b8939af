// SPDX-License-Identifier: Apache-2.0
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import type { SignatureAlgorithm } from "@countermark/formats";

/** A key that tests may sign with: the same name is the same key, in every run. */
export type ToyKey = {
  readonly name: string;
  readonly algorithm: SignatureAlgorithm;
  readonly spki: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
};

const PKCS8_P256_PREFIX = "308141020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";
const PKCS8_ED25519_PREFIX = "302e020100300506032b657004220420";

/** A P-256 key that signs with SHA-256. */
export function toyP256(name: string): ToyKey {
  const key = importSeed(PKCS8_P256_PREFIX, name);
  return {
    name,
    algorithm: { kind: "ecdsa", hash: "sha256" },
    spki: spkiOf(key),
    sign: (message) => new Uint8Array(sign("sha256", message, key)),
  };
}

export function toyEd25519(name: string): ToyKey {
  const key = importSeed(PKCS8_ED25519_PREFIX, name);
  return {
    name,
    algorithm: { kind: "ed25519" },
    spki: spkiOf(key),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** The private key whose bytes are SHA-256 of the name. */
function importSeed(prefixHex: string, name: string): KeyObject {
  const seed = createHash("sha256").update(`toy key ${name}`).digest();
  return createPrivateKey({
    key: Buffer.concat([Buffer.from(prefixHex, "hex"), seed]),
    format: "der",
    type: "pkcs8",
  });
}

function spkiOf(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }));
}
