// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ByteReader, equalBytes } from "../text/bytes.ts";
import { encodeHex, quote } from "../text/hex.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { encodeEcdsaSignature, parseEcdsaSignature } from "../x509/ecdsa-signature.ts";
import { parsePublicKey } from "../x509/public-key.ts";
import { type PasskeyConsent, WEBAUTHN_FORMS, webauthnClientData } from "./consent.ts";
import { type Digest, digestBytes } from "./ids.ts";
import type { KeyRecord } from "./key-records.ts";

/** What `navigator.credentials.get` gives, as bytes. */
export interface Assertion {
  readonly authenticatorData: Uint8Array;
  readonly clientData: Uint8Array;
  /** DER of an ES256 key, 64 bytes of an Ed25519 key. */
  readonly signature: Uint8Array;
}

/** What was asked of the browser, and whose answer is expected. */
export interface AssertionAsked {
  readonly challenge: Uint8Array;
  readonly webOrigin: string;
  readonly rpIdHash: Digest;
  readonly key: KeyRecord;
  /** The salt by which the key opens to a principal id. */
  readonly salt: Digest;
}

const CLIENT_DATA_BYTES_MAX = 1024;
/** Flags of authenticator data: attested credential data, extension data. */
const FLAGS_WITH_MORE = 0xc0;
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

/**
 * Closes an assertion: of what a browser gave, what a ledger holds. The bytes it leaves out are exactly those that a reader rebuilds.
 *
 * @throws ParseError `unsupported` for client data in no closed form (another challenge or origin, a cross-origin frame, members
 *   that no form has: the browser is asked again), for another relying party, and for flags that do not consent; `truncated`,
 *   `trailing-data`, `too-large`, `not-utf8`; of the signature `not-der`, `out-of-range`
 * @spec specs/ledger-records.md#consent; w3c.org/TR/webauthn-3 6.1, 6.5.5
 *
 * Not checked here: the signature.
 */
export function parseAssertion(assertion: Assertion, asked: AssertionAsked): PasskeyConsent {
  const form = readForm(assertion.clientData, asked);
  const reader = new ByteReader(assertion.authenticatorData, "authenticator data");
  const rpIdHash = reader.take(32);
  const flags = reader.u8();
  const counter = reader.u32();
  if (!equalBytes(rpIdHash, digestBytes(asked.rpIdHash))) {
    throw new ParseError("unsupported", "Cannot read assertion: it is for another relying party");
  }
  if ((flags & FLAGS_WITH_MORE) !== 0) {
    throw new ParseError("unsupported", "Cannot read assertion: there is extension or credential data in it");
  }
  if ((flags & USER_PRESENT) === 0 || (flags & USER_VERIFIED) === 0) {
    throw new ParseError("unsupported", "Cannot read assertion: no user was verified");
  }
  reader.end();
  const { algorithm, key } = asked.key;
  const sig = encodeHex(rawSignature(algorithm, assertion.signature));
  const opening = { key: encodeHex(key), salt: asked.salt };
  return { kind: "passkey", alg: algorithm, counter, flags, form, ...opening, sig };
}

/**
 * The public key of a new passkey, as `getPublicKey()` gives it, in the form that principal ids are made of.
 *
 * @throws ParseError as parsePublicKey; `unsupported` for a key that is neither P-256 nor Ed25519
 */
export function parsePasskeySpki(spki: Uint8Array): KeyRecord {
  const key = parsePublicKey(spki, "passkey");
  if (key.kind === "ed25519") return { algorithm: "Ed25519", key: key.point };
  if (key.kind === "ecdsa" && key.curve === "p256") return { algorithm: "ES256", key: key.point.subarray(1) };
  throw new ParseError(
    "unsupported",
    `Cannot read passkey: a ${quote(key.kind)} key; wanted ES256 or Ed25519`,
  );
}

function readForm(clientData: Uint8Array, { challenge, webOrigin }: AssertionAsked): number {
  if (clientData.length > CLIENT_DATA_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read client data: ${clientData.length} bytes`);
  }
  const text = parseUtf8(clientData, "client data");
  const form = WEBAUTHN_FORMS.find((number) => {
    const closed = webauthnClientData(number, challenge, webOrigin);
    return closed !== null && equalBytes(closed, clientData);
  });
  if (form === undefined) {
    throw new ParseError("unsupported", `Cannot read client data: ${quote(text)} is not what was asked for`);
  }
  return form;
}

/** An authenticator signs with DER, and with s in either half of its range: nothing is gained by turning it round. */
function rawSignature(algorithm: KeyRecord["algorithm"], signature: Uint8Array): Uint8Array {
  if (algorithm === "ES256")
    return encodeEcdsaSignature(parseEcdsaSignature(signature, "p256", "der"), "raw");
  if (signature.length === 64) return signature;
  throw new ParseError("out-of-range", `Cannot read signature: ${signature.length} bytes, wanted 64`);
}
