// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { encodeBase64Url } from "../text/base64.ts";
import { type Bytes, utf8 } from "../text/bytes.ts";
import type { JsonInput } from "../text/canonical-json.ts";
import { encodeHex } from "../text/hex.ts";
import type { JsonObject } from "../text/json.ts";
import type { Digest } from "./ids.ts";

/** A WebAuthn assertion in closed form: the client data is rebuilt, never quoted. @spec specs/ledger-records.md#consent */
export interface PasskeyConsent {
  readonly kind: "passkey";
  readonly alg: "ES256" | "Ed25519";
  readonly counter: number;
  readonly flags: number;
  readonly form: number;
  /** `x || y` or the Ed25519 key, in hexadecimal. */
  readonly key: string;
  readonly salt: Digest;
  readonly sig: string;
}

export interface PublisherConsent {
  readonly kind: "publisher";
  /** The digest of the Sigstore bundle that `admit` checks. */
  readonly evidence: Digest;
  readonly publisher: Digest;
}

export type Consent = { readonly kind: "none" } | PasskeyConsent | PublisherConsent;

/** One signature of an offline root key: `key` is its root record after the version byte, in hexadecimal. */
export interface RootSignature {
  readonly key: string;
  readonly sig: string;
}

const KEY_BYTES = { ES256: 64, Ed25519: 32 } as const;
/** A trust-changed holds those of the keys before it and of the keys after it: 16 each. */
const ROOT_SIGNATURES_MAX = 32;

/** Reads the member `consent`, which is an object exactly where `wanted` says so. @throws ParseError */
export function readConsent(body: JsonObject, wanted: Consent["kind"]): Consent {
  switch (wanted) {
    case "none":
      body.choice("consent", ["none"]);
      return { kind: "none" };
    case "passkey":
      return readPasskey(body.object("consent"));
    case "publisher":
      return readPublisher(body.object("consent"));
  }
}

export function writeConsent(consent: Consent): JsonInput {
  switch (consent.kind) {
    case "none":
      return "none";
    case "passkey": {
      const { alg, counter, flags, form, key, salt, sig } = consent;
      return { alg, counter, flags, form, key, salt, sig };
    }
    case "publisher":
      return { evidence: consent.evidence, publisher: consent.publisher };
  }
}

/** Reads a list of root signatures, one for each key, ascending by key. @throws ParseError */
export function readRootSignatures(body: JsonObject, name: string): readonly RootSignature[] {
  const signatures = body.objects(name, { itemsMax: ROOT_SIGNATURES_MAX }).map(readRootSignature);
  if (!signatures.every((item, i) => i === 0 || (signatures[i - 1]?.key ?? "") < item.key)) {
    throw new ParseError("not-canonical", `Cannot read ${body.path}.${name}: keys not ascending and unique`);
  }
  return signatures;
}

/** A list of root signatures as statements hold it; `"none"` for null. */
export function writeRootSignatures(signatures: readonly RootSignature[] | null): JsonInput {
  return signatures === null ? "none" : signatures.map(({ key, sig }) => ({ key, sig }));
}

/** The forms of client data that a consent may be in. */
export const WEBAUTHN_FORMS = [0, 1, 2] as const;

/** What one family of browsers adds to a fifth of its answers, so that nobody compares them with a template. */
const GREASE =
  ',"other_keys_can_be_added_here":"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"';

/**
 * The client data that a browser signed, rebuilt; null for a number that is no form.
 *
 * @spec specs/ledger-records.md#consent; w3c.org/TR/webauthn-3 5.8.1.1
 */
export function webauthnClientData(form: number, challenge: Uint8Array, webOrigin: string): Bytes | null {
  const start = `{"type":"webauthn.get","challenge":"${encodeBase64Url(challenge)}","origin":"${webOrigin}"`;
  if (form === 0) return utf8(`${start},"crossOrigin":false}`);
  if (form === 1) return utf8(`${start}}`);
  if (form === 2) return utf8(`${start},"crossOrigin":false${GREASE}}`);
  return null;
}

function readPasskey(body: JsonObject): PasskeyConsent {
  const alg = body.choice("alg", ["ES256", "Ed25519"]);
  const consent: PasskeyConsent = {
    kind: "passkey",
    alg,
    counter: body.integer("counter", { min: 0, max: 0xffff_ffff }),
    flags: body.integer("flags", { min: 0, max: 255 }),
    form: body.integer("form", { min: 0, max: 2 }),
    key: encodeHex(body.hex("key", KEY_BYTES[alg])),
    salt: encodeHex(body.hex("salt", 32)),
    sig: encodeHex(body.hex("sig", 64)),
  };
  body.end();
  return consent;
}

function readPublisher(body: JsonObject): PublisherConsent {
  const evidence = encodeHex(body.hex("evidence", 32));
  const publisher = encodeHex(body.hex("publisher", 32));
  body.end();
  return { kind: "publisher", evidence, publisher };
}

function readRootSignature(body: JsonObject): RootSignature {
  const key = body.text("key", { charsMax: 130, pattern: /^(?:01[0-9a-f]{128}|02[0-9a-f]{64})$/ });
  const sig = encodeHex(body.hex("sig", 64));
  body.end();
  return { key, sig };
}
