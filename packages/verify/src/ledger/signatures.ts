// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  type Digest,
  digestBytes,
  encodeHex,
  encodeKeyRecord,
  encodeRootSigned,
  type KeyRecord,
  type KnownStatement,
  keyRecordSpki,
  type PasskeyConsent,
  parseHex,
  parseKeyRecord,
  principalId,
  type RootSignature,
  rootKeyId,
  u8,
  u32,
  u64,
  utf8,
  webauthnClientData,
} from "@countermark/formats";
import type { CryptoPort } from "../port.ts";

/** The key that signs, as the id under which configurations name it. */
export function passkeyPrincipal(consent: PasskeyConsent, crypto: CryptoPort): Digest {
  const record = encodeKeyRecord(passkeyRecord(consent));
  return principalId((bytes) => crypto.sha256(bytes), parseHex(consent.salt, 32, "salt"), record);
}

export interface PasskeyPlace {
  readonly rpIdHash: Digest;
  readonly webOrigin: string;
}

/** Flags that must be set: user present, user verified. */
const FLAGS_WANTED = 0x05;
/** Flags that may be set: those, backup eligible (0x08) and backed up (0x10). */
const FLAGS_ALLOWED = 0x1d;

/**
 * Whether a passkey signed `challenge` at `place`. Whether the key may decide is the caller's question.
 *
 * @spec w3c.org/TR/webauthn-3 7.2; specs/ledger-records.md#consent
 */
export async function isPasskeySignature(
  consent: PasskeyConsent,
  challenge: Uint8Array,
  place: PasskeyPlace,
  crypto: CryptoPort,
): Promise<boolean> {
  const { flags, counter, form } = consent;
  if ((flags & FLAGS_WANTED) !== FLAGS_WANTED || (flags & ~FLAGS_ALLOWED) !== 0) return false;
  const clientData = webauthnClientData(form, challenge, place.webOrigin);
  if (clientData === null) return false;
  const authenticatorData = concat(digestBytes(place.rpIdHash), u8(flags), u32(counter));
  const signed = concat(authenticatorData, crypto.sha256(clientData));
  return await isSignature(passkeyRecord(consent), signed, parseHex(consent.sig, 64, "signature"), crypto);
}

/** Offline keys, by their ids, and how many of them it takes. */
export interface RootKeys {
  readonly rootKeys: readonly Digest[];
  readonly threshold: number;
}

export interface RootPlace extends RootKeys {
  readonly log: Digest;
}

/** Whether at least the threshold of the offline root keys signed `statement`, and nobody else did. */
export async function isRootSigned(
  statement: KnownStatement,
  signatures: readonly RootSignature[],
  { log, rootKeys, threshold }: RootPlace,
  crypto: CryptoPort,
): Promise<boolean> {
  return await areRootSigned(statement, signatures, { log, both: [{ rootKeys, threshold }] }, crypto);
}

/** Whether at least the threshold of each set of offline root keys signed `statement`, and nobody who is in none of them. */
export async function areRootSigned(
  statement: KnownStatement,
  signatures: readonly RootSignature[],
  { log, both }: { readonly log: Digest; readonly both: readonly RootKeys[] },
  crypto: CryptoPort,
): Promise<boolean> {
  const ids = signatures.map(({ key }) => rootKeyId((bytes) => crypto.sha256(bytes), rootRecord(key)));
  const isOf = (id: Digest, keys: RootKeys): boolean => keys.rootKeys.some((known) => known === id);
  if (!ids.every((id) => both.some((keys) => isOf(id, keys)))) return false;
  if (!both.every((keys) => ids.filter((id) => isOf(id, keys)).length >= keys.threshold)) return false;
  const message = rootMessage(statement, log, crypto);
  for (const { key, sig } of signatures) {
    const signature = parseHex(sig, 64, "signature");
    if (!(await isSignature(parseKeyRecord(rootRecord(key)), message, signature, crypto))) return false;
  }
  return true;
}

function rootRecord(key: string): Uint8Array {
  return concat(u8(1), parseHex(key, key.length / 2, "root key"));
}

/**
 * `"countermark.dev/root/v1\0" || L || u64 seq || SHA-256(JCS({"predicate": without "root" and "time", "predicateType"}))`.
 *
 * @spec specs/ledger-records.md#consent
 */
export function rootMessage(statement: KnownStatement, log: Digest, crypto: CryptoPort): Uint8Array {
  const tag = utf8("countermark.dev/root/v1\0");
  return concat(tag, digestBytes(log), u64(statement.seq), crypto.sha256(encodeRootSigned(statement)));
}

/** `keyid` of a countersigning key. */
export function countersignKeyId(key: string, crypto: CryptoPort): Digest {
  return encodeHex(crypto.sha256(keyRecordSpki({ algorithm: "Ed25519", key: parseHex(key, 32, "key") })));
}

export async function isSignature(
  record: KeyRecord,
  message: Uint8Array,
  signature: Uint8Array,
  crypto: CryptoPort,
): Promise<boolean> {
  const scheme =
    record.algorithm === "ES256"
      ? ({ kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "raw" } as const)
      : ({ kind: "ed25519" } as const);
  return await crypto.verify(scheme, keyRecordSpki(record), message, signature);
}

function passkeyRecord(consent: PasskeyConsent): KeyRecord {
  return { algorithm: consent.alg, key: parseHex(consent.key, consent.key.length / 2, "passkey") };
}
