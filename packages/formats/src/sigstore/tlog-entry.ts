// SPDX-License-Identifier: Apache-2.0

import { ParseError } from "../failure.ts";
import { ENTRY_BYTES_MAX, NOTE_BYTES_MAX, PROOF_HASHES_MAX } from "../limits.ts";
import { encodeBase64, parseBase64 } from "../text/base64.ts";
import { type Bytes, utf8 } from "../text/bytes.ts";
import type { JsonInput } from "../text/canonical-json.ts";
import type { JsonObject } from "../text/json.ts";
import { parseUtf8 } from "../text/utf8.ts";
import { int64, isSet } from "./proto-json.ts";

/** A Rekor entry with its inclusion proof, as bundles and PEP 740 attestations carry it. Nothing in it is believed yet. */
export type TlogEntry = LoggedBody & (Proved | Promised);

type LoggedBody = {
  readonly logIndex: number;
  /** 32 bytes. */
  readonly logId: Uint8Array;
  readonly kind: string;
  readonly version: string;
  /** Unix seconds. Rekor v1's own clock, worth nothing without its promise; 0 for Rekor v2, which has none. */
  readonly integratedTime: number;
  /** The leaf, as the log stores it. */
  readonly canonicalizedBody: Uint8Array;
};

type Proved = {
  readonly inclusionProof: LogInclusionProof;
  /** Rekor v1's signed promise (SET); null for Rekor v2. */
  readonly inclusionPromise: Uint8Array | null;
};

/** In bundles of version 0.1 a promise stands for the proof. */
type Promised = { readonly inclusionProof: null; readonly inclusionPromise: Uint8Array };

export type LogInclusionProof = {
  readonly logIndex: number;
  readonly rootHash: Uint8Array;
  readonly treeSize: number;
  readonly hashes: readonly Uint8Array[];
  /** A signed note. */
  readonly checkpoint: Uint8Array;
};

const HASH_BYTES = 32;
const PROMISE_BYTES_MAX = 1024;
const KIND_CHARS_MAX = 64;

/** What an entry must have: `promise` allows that a proof is absent, or has no checkpoint and so proves nothing. */
export type EntryEvidence = "proof" | "promise";

/**
 * Reads a TransparencyLogEntry.
 *
 * @throws ParseError of {@link JsonObject}, also `out-of-range` for a hash that is not 32 bytes
 * @spec github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_rekor.proto
 */
export function parseTlogEntry(object: JsonObject, evidence: EntryEvidence): TlogEntry {
  const logId = object.object("logId");
  const keyId = hash(logId.base64("keyId", { bytesMax: HASH_BYTES }), `${logId.path}.keyId`);
  logId.end();
  const kindVersion = object.object("kindVersion");
  const kind = kindVersion.text("kind", { charsMax: KIND_CHARS_MAX });
  const version = kindVersion.text("version", { charsMax: KIND_CHARS_MAX });
  kindVersion.end();
  const entry = {
    logIndex: int64(object, "logIndex"),
    logId: keyId,
    kind,
    version,
    integratedTime: int64(object, "integratedTime"),
    ...(evidence === "promise" ? parsePromised(object) : parseProved(object)),
    canonicalizedBody: object.base64("canonicalizedBody", { bytesMax: ENTRY_BYTES_MAX }),
  };
  object.end();
  return entry;
}

/** The entry as JSON, numbers as strings. */
export function tlogEntryJson(entry: TlogEntry): JsonInput {
  const { inclusionProof: proof, inclusionPromise } = entry;
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: encodeBase64(entry.logId) },
    kindVersion: { kind: entry.kind, version: entry.version },
    ...(entry.integratedTime === 0 ? {} : { integratedTime: String(entry.integratedTime) }),
    ...(inclusionPromise === null
      ? {}
      : { inclusionPromise: { signedEntryTimestamp: encodeBase64(inclusionPromise) } }),
    ...(proof === null ? {} : { inclusionProof: inclusionProofJson(proof) }),
    canonicalizedBody: encodeBase64(entry.canonicalizedBody),
  };
}

function inclusionProofJson(proof: LogInclusionProof): JsonInput {
  return {
    logIndex: String(proof.logIndex),
    rootHash: encodeBase64(proof.rootHash),
    treeSize: String(proof.treeSize),
    hashes: proof.hashes.map(encodeBase64),
    checkpoint: { envelope: parseUtf8(proof.checkpoint, "checkpoint") },
  };
}

function parseProved(object: JsonObject): Proved {
  return {
    inclusionPromise: isSet(object, "inclusionPromise") ? parsePromise(object) : null,
    inclusionProof: parseInclusionProof(object.object("inclusionProof")),
  };
}

/** A proof without a checkpoint has a root that nobody signed: it is not read. */
function parsePromised(object: JsonObject): Proved | Promised {
  const inclusionPromise = parsePromise(object);
  const proof = isSet(object, "inclusionProof") ? object.object("inclusionProof") : null;
  return proof !== null && isSet(proof, "checkpoint")
    ? { inclusionPromise, inclusionProof: parseInclusionProof(proof) }
    : { inclusionPromise, inclusionProof: null };
}

function parsePromise(entry: JsonObject): Bytes {
  const object = entry.object("inclusionPromise");
  const promise = object.base64("signedEntryTimestamp", { bytesMax: PROMISE_BYTES_MAX });
  object.end();
  return promise;
}

function parseInclusionProof(object: JsonObject): LogInclusionProof {
  const checkpoint = object.object("checkpoint");
  const envelope = checkpoint.text("envelope", { charsMax: NOTE_BYTES_MAX });
  checkpoint.end();
  const charsMax = Math.ceil(HASH_BYTES / 3) * 4;
  const hashes = isSet(object, "hashes")
    ? object.texts("hashes", { itemsMax: PROOF_HASHES_MAX, charsMax })
    : [];
  const proof = {
    logIndex: int64(object, "logIndex"),
    rootHash: hash(object.base64("rootHash", { bytesMax: HASH_BYTES }), `${object.path}.rootHash`),
    treeSize: int64(object, "treeSize"),
    hashes: hashes.map((text, i) => {
      const path = `${object.path}.hashes[${i}]`;
      return hash(parseBase64(text, path), path);
    }),
    checkpoint: utf8(envelope),
  };
  object.end();
  return proof;
}

function hash(bytes: Bytes, path: string): Bytes {
  if (bytes.length !== HASH_BYTES) {
    throw new ParseError("out-of-range", `Cannot read ${path}: ${bytes.length} bytes, wanted ${HASH_BYTES}`);
  }
  return bytes;
}
