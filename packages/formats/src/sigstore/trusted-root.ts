// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { CERTIFICATE_BYTES_MAX, TRUSTED_ROOT_BYTES_MAX } from "../limits.ts";
import { encodeBase64 } from "../text/base64.ts";
import type { Bytes } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { quote } from "../text/hex.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { readNameTexts } from "../x509/name.ts";
import { type PublicKey, parsePublicKey, spkiFromRsaPublicKey } from "../x509/public-key.ts";
import { encodeRfc3339, parseRfc3339 } from "../x509/time.ts";
import { isKnownKeyDetails, keyAlgorithmOf } from "./key-details.ts";
import { isSet } from "./proto-json.ts";

/** Whom a verifier believes, and when. Nothing in it is checked yet. */
export type TrustedRoot = {
  readonly tlogs: readonly TrustedLog[];
  readonly ctlogs: readonly TrustedLog[];
  readonly certificateAuthorities: readonly TrustedAuthority[];
  readonly timestampAuthorities: readonly TrustedAuthority[];
};

/** Unix seconds, both included; `end` null while it is open. */
export type ValidityWindow = { readonly start: number; readonly end: number | null };

export type TrustedLog = {
  readonly baseUrl: string;
  readonly publicKey: PublicKey;
  readonly keyDetails: string;
  readonly validFor: ValidityWindow;
  /** 32 bytes. */
  readonly logId: Uint8Array;
  /** Who runs it; empty when the trusted root does not say. Members of one operator count once. */
  readonly operator: string;
};

/** A chain, from the certificate that signs (or, for a timestamp authority, its leaf) to the root. */
export type TrustedAuthority = {
  readonly uri: string;
  readonly certificates: readonly [Certificate, ...Certificate[]];
  readonly validFor: ValidityWindow;
  /** As of a log. */
  readonly operator: string;
};

export const TRUSTED_ROOT_MEDIA_TYPE = "application/vnd.dev.sigstore.trustedroot+json;version=0.1";

const MEMBERS_MAX = 64;
const CHAIN_MAX = 8;
const URL_CHARS_MAX = 1024;
const NAME_CHARS_MAX = 256;
const LOG_ID_BYTES = 32;
/** The bare RSAPublicKey of the oldest logs. */
const PKCS1_KEY_DETAILS = "PKCS1_RSA_PKCS1V5";

/**
 * Reads a trusted root of media type 0.1. Every window must say when it starts. Logs and authorities with a kind of key that is
 * not known here are left out: nothing that they signed can be believed.
 *
 * @throws ParseError of the JSON reader, {@link parseCertificate} and {@link parsePublicKey}
 * @spec github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */
export function parseTrustedRoot(bytes: Uint8Array): TrustedRoot {
  const limits = { bytesMax: TRUSTED_ROOT_BYTES_MAX, depthMax: 8 };
  const body = parseJsonObject(bytes, limits, "trusted root");
  body.choice("mediaType", [TRUSTED_ROOT_MEDIA_TYPE]);
  const root = {
    tlogs: members(body, "tlogs").flatMap(parseLog),
    ctlogs: members(body, "ctlogs").flatMap(parseLog),
    certificateAuthorities: members(body, "certificateAuthorities").flatMap(parseAuthority),
    timestampAuthorities: members(body, "timestampAuthorities").flatMap(parseAuthority),
  };
  body.end();
  return root;
}

/** The trusted root in canonical JSON. */
export function encodeTrustedRoot(root: TrustedRoot): Bytes {
  return encodeCanonicalJson({
    mediaType: TRUSTED_ROOT_MEDIA_TYPE,
    tlogs: root.tlogs.map(logJson),
    ctlogs: root.ctlogs.map(logJson),
    certificateAuthorities: root.certificateAuthorities.map(authorityJson),
    timestampAuthorities: root.timestampAuthorities.map(authorityJson),
  });
}

/** Whether `seconds` lies in the window, its ends included. */
export function windowContains(window: ValidityWindow, seconds: number): boolean {
  return window.start <= seconds && (window.end === null || seconds <= window.end);
}

function members(body: JsonObject, name: string): readonly JsonObject[] {
  return isSet(body, name) ? body.objects(name, { itemsMax: MEMBERS_MAX }) : [];
}

/** @returns one log, or none. */
function parseLog(log: JsonObject): readonly TrustedLog[] {
  const baseUrl = log.text("baseUrl", { charsMax: URL_CHARS_MAX });
  log.choice("hashAlgorithm", ["SHA2_256"]);
  const key = log.object("publicKey");
  const rawBytes = key.base64("rawBytes", { bytesMax: CERTIFICATE_BYTES_MAX });
  const keyDetails = key.text("keyDetails", { charsMax: NAME_CHARS_MAX });
  const validFor = parseWindow(key.object("validFor"));
  key.end();
  const id = log.object("logId");
  const logId = parseKeyId(id);
  if (logId.length !== LOG_ID_BYTES) {
    throw new ParseError("out-of-range", `Cannot read ${id.path}: a log id of ${logId.length} bytes`);
  }
  const operator = parseOperator(log);
  // A shorter spelling of the log id, in four bytes or all of them; ours is computed from the log id.
  if (isSet(log, "checkpointKeyId")) parseKeyId(log.object("checkpointKeyId"));
  log.end();
  if (!isKnownKeyDetails(keyDetails)) return [];
  const spki = keyDetails === PKCS1_KEY_DETAILS ? spkiFromRsaPublicKey(rawBytes) : rawBytes;
  const publicKey = parsePublicKey(spki, key.path);
  keyAlgorithmOf(keyDetails, publicKey);
  return [{ baseUrl, publicKey, keyDetails, validFor, logId, operator }];
}

function parseKeyId(id: JsonObject): Bytes {
  const keyId = id.base64("keyId", { bytesMax: LOG_ID_BYTES });
  id.end();
  return keyId;
}

function parseOperator(member: JsonObject): string {
  return isSet(member, "operator") ? member.text("operator", { charsMax: NAME_CHARS_MAX }) : "";
}

/** @returns one authority, or none. */
function parseAuthority(authority: JsonObject): readonly TrustedAuthority[] {
  // The subject repeats what the certificates say.
  if (isSet(authority, "subject")) authority.object("subject").ignoreRest();
  const uri = isSet(authority, "uri") ? authority.text("uri", { charsMax: URL_CHARS_MAX }) : "";
  const chain = authority.object("certChain");
  const items = chain.objects("certificates", { itemsMax: CHAIN_MAX });
  chain.end();
  const validFor = parseWindow(authority.object("validFor"));
  const operator = parseOperator(authority);
  authority.end();
  if (items.length === 0) throw new ParseError("missing-field", `Cannot read ${chain.path}: it is empty`);
  const known = items.map(parseAuthorityCertificate).filter((certificate) => certificate !== null);
  const [first, ...rest] = known;
  // A chain is believed as a whole.
  if (first === undefined || known.length < items.length) return [];
  return [{ uri, certificates: [first, ...rest], validFor, operator }];
}

/** Null for a certificate of an algorithm that is not known. */
function parseAuthorityCertificate(item: JsonObject): Certificate | null {
  const der = item.base64("rawBytes", { bytesMax: CERTIFICATE_BYTES_MAX });
  item.end();
  try {
    return parseCertificate(der, item.path);
  } catch (error) {
    if (error instanceof ParseError && error.code === "unsupported") return null;
    throw error;
  }
}

function parseWindow(window: JsonObject): ValidityWindow {
  const startText = window.text("start", { charsMax: 40 });
  const start = parseRfc3339(startText, `${window.path}.start`);
  const endText = isSet(window, "end") ? window.text("end", { charsMax: 40 }) : null;
  window.end();
  const end = endText === null ? null : parseRfc3339(endText, `${window.path}.end`).seconds;
  // Times are compared in whole seconds: a fraction opens the window one second later and is cut off at its end.
  const from = start.fraction ? start.seconds + 1 : start.seconds;
  if (end !== null && end < from) {
    throw new ParseError(
      "out-of-range",
      `Cannot read ${window.path}: it ends at ${quote(endText ?? "")}, before it starts`,
    );
  }
  return { start: from, end };
}

function logJson(log: TrustedLog): JsonInput {
  return {
    baseUrl: log.baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: encodeBase64(log.publicKey.spki),
      keyDetails: log.keyDetails,
      validFor: windowJson(log.validFor),
    },
    logId: { keyId: encodeBase64(log.logId) },
    ...operatorJson(log),
  };
}

/** The subject is of the chain's root: sigstore-python reads no authority without it. */
function authorityJson(authority: TrustedAuthority): JsonInput {
  const root = authority.certificates.at(-1);
  return {
    ...(root === undefined ? {} : { subject: { ...readNameTexts(root.subject) } }),
    uri: authority.uri,
    certChain: { certificates: authority.certificates.map(({ der }) => ({ rawBytes: encodeBase64(der) })) },
    validFor: windowJson(authority.validFor),
    ...operatorJson(authority),
  };
}

function operatorJson({ operator }: { readonly operator: string }): { readonly operator?: string } {
  return operator === "" ? {} : { operator };
}

function windowJson(window: ValidityWindow): JsonInput {
  const start = encodeRfc3339(window.start);
  return window.end === null ? { start } : { start, end: encodeRfc3339(window.end) };
}
