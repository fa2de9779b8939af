// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { JSON_DEPTH_MAX, JWKS_BYTES_MAX, JWKS_KEYS_MAX } from "../limits.ts";
import { encodeEd25519Spki } from "../log/ed25519-spki.ts";
import { parseBase64Url } from "../text/base64.ts";
import { type Bytes, concat, u8 } from "../text/bytes.ts";
import { parseHex, quote } from "../text/hex.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";
import { derInteger, derSequence } from "../x509/der-writer.ts";
import { parsePublicKey, spkiFromRsaPublicKey } from "../x509/public-key.ts";
import type { IdTokenAlgorithm } from "./id-token.ts";

/** One public key that an issuer signs ID tokens with. */
export type IssuerKey = {
  readonly keyId: string;
  /** The one algorithm that this key is used with. */
  readonly algorithm: IdTokenAlgorithm;
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Bytes;
};

const RSA_INTEGER_BYTES_MAX = 1_024;
const KEY_ID_CHARS_MAX = 2_048;

/** The SPKI of a P-256 key up to its uncompressed point `4 || x || y` (65 bytes). @spec rfc5480#2 */
const P256_PREFIX = parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200", 26, "P-256 SPKI prefix");

/**
 * Reads an issuer's key set.
 *
 * Keys of a type, use or algorithm that no ID token may have, and keys without `kid`, are left out (rfc7517#5); a key that
 * says it is of an accepted kind and is malformed, and two keys under one `kid`, refuse the whole set.
 *
 * @throws ParseError `too-large`, `too-many`, `duplicate-key`, `out-of-range` and those of a JSON object
 * @spec rfc7517#5
 */
export function parseJwks(bytes: Uint8Array): readonly IssuerKey[] {
  const set = parseJsonObject(bytes, { bytesMax: JWKS_BYTES_MAX, depthMax: JSON_DEPTH_MAX }, "JWKS");
  const keys = set.objects("keys", { itemsMax: JWKS_KEYS_MAX }).flatMap(parseJwk);
  set.ignoreRest();
  const seen = new Set<string>();
  for (const { keyId } of keys) {
    if (seen.has(keyId)) {
      throw new ParseError("duplicate-key", `Cannot read JWKS: two keys have the id ${quote(keyId)}`);
    }
    seen.add(keyId);
  }
  return keys;
}

function parseJwk(jwk: JsonObject): readonly IssuerKey[] {
  const kind = KINDS.find(({ type }) => jwk.value("kty") === type);
  if (kind === undefined || !jwk.has("kid")) return [];
  if (jwk.has("use") && jwk.value("use") !== "sig") return [];
  if (jwk.has("alg") && jwk.value("alg") !== kind.algorithm) return [];
  if (kind.curve !== null && jwk.value("crv") !== kind.curve) return [];
  const keyId = jwk.text("kid", { charsMax: KEY_ID_CHARS_MAX });
  const spki = kind.spki(jwk);
  jwk.ignoreRest();
  return [{ keyId, algorithm: kind.algorithm, spki }];
}

/** Every accepted kind of key. @spec rfc7518#6, rfc8037#2 */
const KINDS: readonly {
  readonly type: string;
  readonly curve: string | null;
  readonly algorithm: IdTokenAlgorithm;
  readonly spki: (jwk: JsonObject) => Bytes;
}[] = [
  { type: "RSA", curve: null, algorithm: "RS256", spki: encodeRsaSpki },
  { type: "EC", curve: "P-256", algorithm: "ES256", spki: encodeP256Spki },
  {
    type: "OKP",
    curve: "Ed25519",
    algorithm: "EdDSA",
    spki: (jwk) => encodeEd25519Spki(readExactly(jwk, "x", 32)),
  },
];

function encodeRsaSpki(jwk: JsonObject): Bytes {
  const key = derSequence(derInteger(readInteger(jwk, "n")), derInteger(readInteger(jwk, "e")));
  const spki = concat(spkiFromRsaPublicKey(key));
  // The one place that says which RSA keys are strong enough.
  parsePublicKey(spki, jwk.path);
  return spki;
}

function encodeP256Spki(jwk: JsonObject): Bytes {
  return concat(P256_PREFIX, u8(4), readExactly(jwk, "x", 32), readExactly(jwk, "y", 32));
}

/** A Base64urlUInt: big-endian, no leading zero byte. @spec rfc7518#2 */
function readInteger(jwk: JsonObject, name: string): Bytes {
  const bytes = readBytes(jwk, name, RSA_INTEGER_BYTES_MAX);
  if (bytes.length === 0 || bytes[0] === 0) {
    throw new ParseError(
      "not-canonical",
      `Cannot read ${jwk.path}.${name}: the integer is empty or begins with a zero byte`,
    );
  }
  return bytes;
}

function readExactly(jwk: JsonObject, name: string, length: number): Bytes {
  const bytes = readBytes(jwk, name, length);
  if (bytes.length !== length) {
    throw new ParseError(
      "out-of-range",
      `Cannot read ${jwk.path}.${name}: ${bytes.length} bytes, wanted ${length}`,
    );
  }
  return bytes;
}

function readBytes(jwk: JsonObject, name: string, lengthMax: number): Bytes {
  const text = jwk.text(name, { charsMax: Math.ceil((lengthMax * 4) / 3) });
  return parseBase64Url(text, `${jwk.path}.${name}`);
}
