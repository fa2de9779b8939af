// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { POLICY_BYTES_MAX, TRUST_BYTES_MAX } from "../limits.ts";
import { parseEd25519Spki } from "../log/ed25519-spki.ts";
import { type Policy, parsePolicy } from "../log/policy.ts";
import { parseVkey, type Vkey } from "../log/vkey.ts";
import { encodeBase64 } from "../text/base64.ts";
import type { Bytes, Sha256 } from "../text/bytes.ts";
import { encodeCanonicalJson } from "../text/canonical-json.ts";
import { encodeHex, parseHex, quote } from "../text/hex.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";
import type { Digest } from "./ids.ts";

/** Entry indices `from <= index < to`; a checkpoint belongs to the range of its last leaf. */
export interface IndexRange {
  readonly from: number;
  /** Null: open. */
  readonly to: number | null;
}

/** A head that was seen and is good. */
export interface KnownHead {
  readonly size: number;
  readonly root: Digest;
}

/** Who signs and cosigns the ledger in one range of indices. */
export interface LedgerTrust extends IndexRange {
  readonly origin: string;
  readonly vkeys: readonly Vkey[];
  readonly policy: Policy;
  /** The policy as it was written. */
  readonly policyText: string;
  readonly lastHonest: KnownHead | null;
  /** Names in the policy whose cosignature says that the rules were kept. */
  readonly auditors: readonly string[];
}

/** Who countersigns the entries of one log in one range of its indices. */
export interface CountersignTrust extends IndexRange {
  readonly origin: string;
  /** DER SubjectPublicKeyInfo, Ed25519. */
  readonly spki: Uint8Array;
}

/** Everything that a client of one index takes on trust. @spec specs/trust-description.md */
export interface TrustDescription {
  readonly ecosystem: string;
  readonly ledger: readonly LedgerTrust[];
  readonly countersign: readonly CountersignTrust[];
  readonly floor: (KnownHead & { readonly origin: string }) | null;
  readonly limits: TrustLimits;
  readonly sigstore: { readonly rootVersion: number; readonly rootSha256: Digest };
}

/** In seconds: sealed to cosigned before an alarm; age of a head before a warning, before refusal. */
export interface TrustLimits {
  readonly Y: number;
  readonly Zwarn: number;
  readonly Zrefuse: number;
}

const RANGES_MAX = 64;
const SAFE_TEXT = { charsMax: 128, pattern: /^[\x21-\x7e]{1,128}$/ } as const;
const SAFE_INTEGER = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const SECONDS = { min: 1, max: 31_536_000 } as const;

/** @throws ParseError of JSON, vkeys and policies; `malformed` for ranges that overlap or an auditor whom the policy lacks */
export function parseTrust(bytes: Uint8Array, sha256: Sha256): TrustDescription {
  const body = parseJsonObject(bytes, { bytesMax: TRUST_BYTES_MAX, depthMax: 6 }, "trust description");
  body.list("amendments", { itemsMax: 0 });
  const trust: TrustDescription = {
    ecosystem: body.text("ecosystem", SAFE_TEXT),
    ledger: body.objects("ledger", { itemsMax: RANGES_MAX }).map((row) => readLedger(row, sha256)),
    countersign: body.objects("countersign", { itemsMax: RANGES_MAX }).map(readCountersign),
    floor: body.value("floor") === null ? null : readFloor(body.object("floor")),
    limits: readLimits(body.object("limits")),
    sigstore: readSigstore(body.object("sigstore")),
  };
  body.end();
  requireOrdered(trust.ledger);
  return trust;
}

export function encodeTrust(trust: TrustDescription): Bytes {
  const { ecosystem, floor, limits, sigstore } = trust;
  return encodeCanonicalJson({
    amendments: [],
    countersign: trust.countersign.map(({ origin, spki, from, to }) => ({
      from,
      origin,
      spki: encodeBase64(spki),
      to,
    })),
    ecosystem,
    floor: floor === null ? null : { ...writeHead(floor), origin: floor.origin },
    ledger: trust.ledger.map(writeLedger),
    limits: { Y: limits.Y, Zrefuse: limits.Zrefuse, Zwarn: limits.Zwarn },
    sigstore: { rootSha256: sigstore.rootSha256, rootVersion: sigstore.rootVersion },
  });
}

/** Whether entry `index` lies in `range`. */
export function isInRange(range: IndexRange, index: number): boolean {
  return range.from <= index && (range.to === null || index < range.to);
}

function readLedger(body: JsonObject, sha256: Sha256): LedgerTrust {
  const policyText = body.text("policy", { charsMax: POLICY_BYTES_MAX });
  const row: LedgerTrust = {
    ...readRange(body),
    origin: body.text("origin", SAFE_TEXT),
    vkeys: body.texts("vkeys", { itemsMax: 8, charsMax: 4_096 }).map((text) => parseVkey(text, sha256)),
    policy: parsePolicy(policyText, sha256),
    policyText,
    lastHonest: body.value("lastHonest") === null ? null : readKnownHead(body.object("lastHonest")),
    auditors: body.texts("auditors", { itemsMax: 64, charsMax: 128 }),
  };
  body.end();
  if (row.vkeys.length === 0 || !row.vkeys.every((vkey) => vkey.name === row.origin)) {
    throw new ParseError("malformed", `Cannot read ${body.path}: a vkey is not named ${quote(row.origin)}`);
  }
  const stranger = row.auditors.find((name) => !row.policy.witnesses.has(name));
  if (stranger !== undefined) {
    throw new ParseError(
      "malformed",
      `Cannot read ${body.path}: auditor ${quote(stranger)} is not in the policy`,
    );
  }
  return row;
}

function writeLedger(row: LedgerTrust) {
  return {
    auditors: row.auditors,
    from: row.from,
    lastHonest: row.lastHonest === null ? null : writeHead(row.lastHonest),
    origin: row.origin,
    policy: row.policyText,
    to: row.to,
    vkeys: row.vkeys.map((vkey) => vkey.text),
  };
}

function readCountersign(body: JsonObject): CountersignTrust {
  const spki = body.base64("spki", { bytesMax: 128 });
  parseEd25519Spki(spki);
  const row = { origin: body.text("origin", SAFE_TEXT), spki, ...readRange(body) };
  body.end();
  return row;
}

function readRange(body: JsonObject): IndexRange {
  const from = body.integer("from", SAFE_INTEGER);
  const to = body.value("to") === null ? null : body.integer("to", { ...SAFE_INTEGER, min: from + 1 });
  return { from, to };
}

function readKnownHead(body: JsonObject): KnownHead {
  const head = readHead(body);
  body.end();
  return head;
}

function readFloor(body: JsonObject): KnownHead & { readonly origin: string } {
  const floor = { ...readHead(body), origin: body.text("origin", SAFE_TEXT) };
  body.end();
  return floor;
}

function readHead(body: JsonObject): KnownHead {
  const root = body.base64("root", { bytesMax: 32 });
  if (root.length !== 32) throw new ParseError("malformed", `Cannot read ${body.path}.root: not 32 bytes`);
  return { size: body.integer("size", { ...SAFE_INTEGER, min: 1 }), root: encodeHex(root) };
}

function writeHead(head: KnownHead) {
  return { root: encodeBase64(parseHex(head.root, 32, "root")), size: head.size };
}

function readLimits(body: JsonObject): TrustLimits {
  const limits = {
    Y: body.integer("Y", SECONDS),
    Zwarn: body.integer("Zwarn", SECONDS),
    Zrefuse: body.integer("Zrefuse", SECONDS),
  };
  body.end();
  return limits;
}

function readSigstore(body: JsonObject): TrustDescription["sigstore"] {
  const rootVersion = body.integer("rootVersion", SAFE_INTEGER);
  const rootSha256 = encodeHex(body.hex("rootSha256", 32));
  body.end();
  return { rootVersion, rootSha256 };
}

/** Each checkpoint is judged by one row: ranges of one log are ascending and do not overlap, and only its last is open. */
function requireOrdered(rows: readonly LedgerTrust[]): void {
  const ordered = rows.every((row, i) => {
    const before = rows.slice(0, i).findLast(({ origin }) => origin === row.origin);
    return before === undefined || (before.to !== null && before.to <= row.from);
  });
  if (rows.length === 0 || !ordered) {
    throw new ParseError("malformed", "Cannot read trust description: its ledger ranges are not in order");
  }
}
