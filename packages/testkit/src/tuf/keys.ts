// SPDX-License-Identifier: Apache-2.0
import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { encodeHex, encodeTufJson, parseEd25519Spki, parseJson, utf8 } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";

/** A key as TUF metadata has it. */
export type TufKeyDraft = {
  keytype: string;
  scheme: string;
  keyval: { public: string };
  [custom: string]: unknown;
};

/** A key that a simulated repository signs with. Change `key` before its id is asked for, and the id changes with it. */
export type TufSigner = {
  readonly key: TufKeyDraft;
  readonly id: () => string;
  readonly sign: (message: Uint8Array) => string;
};

export type TufKeyKind = "ed25519" | "ecdsa" | "rsa";

type KeyMaker = { readonly scheme: string; readonly make: () => KeyObject };

const KINDS: Readonly<Record<TufKeyKind, KeyMaker>> = {
  ed25519: { scheme: "ed25519", make: () => generateKeyPairSync("ed25519").privateKey },
  ecdsa: {
    scheme: "ecdsa-sha2-nistp256",
    make: () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  },
  rsa: {
    scheme: "rsassa-pss-sha256",
    make: () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
  },
};

/** A new key, whose id is the SHA-256 of its canonical form. */
export function createTufSigner(kind: TufKeyKind = "ed25519"): TufSigner {
  const { scheme, make } = KINDS[kind];
  const privateKey = make();
  const key: TufKeyDraft = { keytype: kind, scheme, keyval: { public: publicText(kind, privateKey) } };
  return {
    key,
    id: () => encodeHex(nodeCrypto.sha256(canonicalBytes(key))),
    sign: (message) => encodeHex(new Uint8Array(signWith(kind, privateKey, message))),
  };
}

/** The bytes that are signed and hashed for `value`. */
export function canonicalBytes(value: unknown): Uint8Array {
  const bytes = utf8(JSON.stringify(value));
  return encodeTufJson(parseJson(bytes, { bytesMax: bytes.length, depthMax: 32 }, "simulated metadata"));
}

function publicText(kind: TufKeyKind, privateKey: KeyObject): string {
  const publicKey = createPublicKey(privateKey);
  if (kind !== "ed25519") return publicKey.export({ format: "pem", type: "spki" }).toString();
  return encodeHex(parseEd25519Spki(new Uint8Array(publicKey.export({ format: "der", type: "spki" }))));
}

function signWith(kind: TufKeyKind, key: KeyObject, message: Uint8Array): Uint8Array {
  if (kind === "ed25519") return sign(null, message, key);
  if (kind === "ecdsa") return sign("sha256", message, key);
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return sign("sha256", message, { key, padding, saltLength });
}
