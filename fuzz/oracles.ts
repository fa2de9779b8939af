// SPDX-License-Identifier: Apache-2.0
// What holds of everything that is accepted: round trips, and agreement with other implementations.

import { isUtf8 } from "node:buffer";
import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Certificate, JsonLimits, JsonValue, PublicKey } from "@countermark/formats";
import { expect, expectBytes } from "./target.ts";

/** For a format whose values have one spelling: what was accepted is what the encoder writes. */
export function canonical<T>(encode: (value: T) => Uint8Array | string) {
  return (value: T, input: Uint8Array): void =>
    expectBytes(bytesOf(encode(value)), input, "encode(parse(b)) is b");
}

/** For a format with more than one spelling: what is written is read as the same value, and written again as the same bytes. */
export function stable<T>(encode: (value: T) => Uint8Array | string, parse: (bytes: Uint8Array) => T) {
  return (value: T): void => {
    const written = bytesOf(encode(value));
    const again = parse(written);
    expect(isDeepStrictEqual(again, value), "parse(encode(v)) is v");
    expectBytes(bytesOf(encode(again)), written, "encode(parse(encode(v))) is encode(v)");
  };
}

/** Nothing more than that it was accepted. */
export function nothing(): void {}

function bytesOf(written: Uint8Array | string): Uint8Array {
  return typeof written === "string" ? Buffer.from(written, "utf8") : written;
}

/** The text that a target of text takes from its input. */
export function textOf(input: Uint8Array): string {
  return Buffer.from(input).toString("utf8");
}

/** What our JSON reader accepts, the engine's accepts as the same value. */
export function agreesWithEngine(value: JsonValue, input: Uint8Array): void {
  expect(isUtf8(input), "JSON that is accepted is UTF-8");
  // -0 is 0 here.
  const other = JSON.parse(textOf(input), (_, member: unknown) => (member === 0 ? 0 : member));
  expect(isDeepStrictEqual(other, plain(value)), "JSON.parse reads the same value");
}

function plain(value: JsonValue): unknown {
  if (value instanceof Map) {
    const object: Record<string, unknown> = {};
    // Not by assignment: a member may be called __proto__.
    for (const [name, member] of value) {
      Object.defineProperty(object, name, {
        value: plain(member),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return object;
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

/** What our JSON reader refuses, the engine refuses too, or we are stricter on purpose. */
export function refusedOnPurpose(code: string, input: Uint8Array, limits: JsonLimits): void {
  let value: unknown;
  try {
    value = JSON.parse(textOf(input));
  } catch {
    return;
  }
  expect(
    isOnPurpose(code, value, input, limits),
    `JSON is refused as ${code} for one of the documented reasons`,
  );
}

function isOnPurpose(code: string, value: unknown, input: Uint8Array, limits: JsonLimits): boolean {
  const tokens = [...textOf(input).matchAll(/"(?:\\.|[^"\\])*"|-?[0-9][0-9.eE+-]*|[[\]{}:]/gs)].map(
    ([token]) => token,
  );
  switch (code) {
    case "too-large":
      return input.length > limits.bytesMax;
    case "not-utf8":
      return !isUtf8(input);
    case "too-deep":
      return depthOf(tokens) > limits.depthMax;
    case "duplicate-key":
      return tokens.filter((token) => token === ":").length > membersOf(value);
    default:
      return code === "not-json" && tokens.some(isOdd);
  }
}

/** A string with a lone surrogate, or a number that no double holds. */
function isOdd(token: string): boolean {
  if (token.startsWith('"')) return !String(JSON.parse(token)).isWellFormed();
  return /^[-0-9]/.test(token) && !Number.isFinite(Number(token));
}

function depthOf(tokens: readonly string[]): number {
  let depth = 0;
  let deepest = 0;
  for (const token of tokens) {
    if (token === "[" || token === "{") depth++;
    if (token === "]" || token === "}") depth--;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function membersOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inside = Object.values(value).reduce<number>((sum, member) => sum + membersOf(member), 0);
  return inside + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

/** Fields that OpenSSL reads too are the same there. */
export function agreesWithOpenSsl(certificate: Certificate, input: Uint8Array): void {
  let other: X509Certificate;
  try {
    other = new X509Certificate(input);
  } catch {
    return; // it is stricter about parts that are not read here
  }
  expectBytes(other.raw, certificate.der, "X509Certificate has the same bytes");
  const serial = BigInt(`0x${Buffer.from(certificate.serial).toString("hex")}`);
  expect(BigInt(`0x${other.serialNumber}`) === serial, "X509Certificate has the same serial number");
  expect(
    other.validFromDate.getTime() === certificate.notBefore * 1000,
    "X509Certificate has the same notBefore",
  );
  expect(
    other.validToDate.getTime() === certificate.notAfter * 1000,
    "X509Certificate has the same notAfter",
  );
  const purposes = other.keyUsage === undefined ? null : [...other.keyUsage];
  const { extendedKeyUsage } = certificate;
  expect(
    isDeepStrictEqual(purposes, extendedKeyUsage === null ? null : [...extendedKeyUsage]),
    "X509Certificate has the same purposes",
  );
  const mayIssue =
    certificate.basicConstraints?.ca === true && (certificate.keyUsage?.has("keyCertSign") ?? true);
  expect(
    !mayIssue || other.ca || hasUnread(certificate),
    "X509Certificate takes the same certificates for authorities",
  );
  namesAgree(certificate, other);
}

/** Whether there are names in it that OpenSSL may find malformed, and that are skipped here. */
function hasUnread({ authorityKeyId, subjectAltName }: Certificate): boolean {
  return (
    authorityKeyId === null || (subjectAltName ?? []).some(({ kind }) => kind !== "uri" && kind !== "email")
  );
}

/** OpenSSL's text of a name is quoted where it could be mistaken; only plain ones are compared. */
function namesAgree({ subjectAltName }: Certificate, other: X509Certificate): void {
  const names = subjectAltName ?? [];
  const texts = names.map((name) =>
    name.kind === "uri" ? `URI:${name.value}` : name.kind === "email" ? `email:${name.value}` : ",",
  );
  if (names.length === 0 || texts.some((text) => /[",\\\u0000-\u001f]/.test(text))) return;
  expect(other.subjectAltName === texts.join(", "), "X509Certificate has the same subject alternative names");
}

export function keyAgreesWithOpenSsl(key: PublicKey, input: Uint8Array): void {
  const other = openSslKey(input);
  // Whether a point is on its curve is left to the host, and an older OpenSSL has no ML-DSA.
  expect(
    other !== null || key.kind === "ecdsa" || key.kind === "ml-dsa-44",
    "a key of RSA or Ed25519 that is accepted is one for OpenSSL",
  );
  if (other === null) return;
  const { asymmetricKeyType, asymmetricKeyDetails } = other;
  const types = { ecdsa: "ec", ed25519: "ed25519", rsa: "rsa", "ml-dsa-44": "ml-dsa-44" } as const;
  expect(asymmetricKeyType === types[key.kind], "OpenSSL takes the key for one of the same kind");
  expect(
    key.kind !== "rsa" || asymmetricKeyDetails?.modulusLength === key.bits,
    "OpenSSL counts the same bits",
  );
  expectBytes(
    other.export({ format: "der", type: "spki" }),
    input,
    "OpenSSL writes the key in the same bytes",
  );
}

function openSslKey(spki: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    return null;
  }
}
