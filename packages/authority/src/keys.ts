// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { createKey, type KeyAlgorithm, type PrivateKey, readOrCreateKey } from "@countermark/log";

/** Every key of an authority. Each has one use; none ever signs for another. */
const KEY_ALGORITHMS = {
  /** Signs the intermediate's certificate, once. */
  caRoot: "p256",
  /** Signs certificates of signers. */
  caIntermediate: "p256",
  /** Signs the promises (SCTs) of the certificate log. */
  ctLog: "p256",
  /** Signs the checkpoints of the certificate log. */
  ctCheckpoint: "ed25519",
  /** Signs the timestamper's certificate, once. */
  tsaRoot: "p256",
  /** Signs timestamps. */
  tsaLeaf: "p256",
  /** Signs the checkpoints of the signature log. */
  rekor: "ed25519",
} as const satisfies Record<string, KeyAlgorithm>;

type KeyName = keyof typeof KEY_ALGORITHMS;

export type AuthorityKeys = Readonly<Record<KeyName, PrivateKey>>;

/** The keys in `dir`, each a PEM file of its own; those that are missing are made. @throws LogError `key-unusable` */
export function readOrCreateKeys(dir: string): AuthorityKeys {
  return mapKeys((name, algorithm) => readOrCreateKey(join(dir, `${name}.pem`), algorithm));
}

/** New keys that are kept nowhere, for tests. */
export function createKeys(): AuthorityKeys {
  return mapKeys((_name, algorithm) => createKey(algorithm));
}

function mapKeys(read: (name: KeyName, algorithm: KeyAlgorithm) => PrivateKey): AuthorityKeys {
  const key = (name: KeyName): PrivateKey => read(name, KEY_ALGORITHMS[name]);
  return {
    caRoot: key("caRoot"),
    caIntermediate: key("caIntermediate"),
    ctLog: key("ctLog"),
    ctCheckpoint: key("ctCheckpoint"),
    tsaRoot: key("tsaRoot"),
    tsaLeaf: key("tsaLeaf"),
    rekor: key("rekor"),
  };
}
