// SPDX-License-Identifier: Apache-2.0
import { dssePae, IN_TOTO_PAYLOAD_TYPE } from "../attest/envelope.ts";
import { ParseError } from "../failure.ts";
import { ENTRY_BYTES_MAX } from "../limits.ts";
import { encodeBase64 } from "../text/base64.ts";
import { type Bytes, equalBytes, type Sha256 } from "../text/bytes.ts";
import { encodeCanonicalJson } from "../text/canonical-json.ts";
import { encodeHex } from "../text/hex.ts";
import { parseJsonObject } from "../text/json.ts";
import type { Digest } from "./ids.ts";
import { type LedgerStatement, parseStatement } from "./statement.ts";

/** One leaf of the ledger that is a statement: signed, not yet believed. @spec specs/ledger-entry.md */
export interface LedgerEntry {
  readonly statement: LedgerStatement;
  readonly payload: Uint8Array;
  /** SHA-256 of the signing key's DER SubjectPublicKeyInfo. */
  readonly keyId: Digest;
  readonly signature: Uint8Array;
  readonly leaf: Uint8Array;
}

/**
 * Reads a leaf: a DSSE envelope with one Ed25519 signature, in canonical JSON.
 *
 * @throws ParseError as `parseJsonObject` and `parseStatement`
 */
export function parseEntry(leaf: Uint8Array): LedgerEntry {
  const body = parseJsonObject(leaf, { bytesMax: ENTRY_BYTES_MAX, depthMax: 3 }, "entry");
  const payload = body.base64("payload", { bytesMax: ENTRY_BYTES_MAX });
  body.choice("payloadType", [IN_TOTO_PAYLOAD_TYPE]);
  const [line, ...more] = body.objects("signatures", { itemsMax: 1 });
  if (line === undefined || more.length > 0) {
    throw new ParseError("malformed", "Cannot read entry: it has not exactly one signature");
  }
  const keyId = encodeHex(line.hex("keyid", 32));
  const signature = line.base64("sig", { bytesMax: 64 });
  line.end();
  body.end();
  if (signature.length !== 64)
    throw new ParseError("malformed", "Cannot read entry: signature is not 64 bytes");
  if (!equalBytes(encodeEntry(payload, { keyId, signature }), leaf)) {
    throw new ParseError("not-canonical", "Cannot read entry: not in its canonical form");
  }
  return { statement: parseStatement(payload), payload, keyId, signature, leaf };
}

/** The leaf that holds `payload` and its signature. */
export function encodeEntry(
  payload: Uint8Array,
  by: { readonly keyId: Digest; readonly signature: Uint8Array },
): Bytes {
  const signatures = [{ keyid: by.keyId, sig: encodeBase64(by.signature) }];
  return encodeCanonicalJson({
    payload: encodeBase64(payload),
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    signatures,
  });
}

/** The bytes that are signed for `payload`. @spec github.com/secure-systems-lab/dsse protocol.md */
export function paeOf(payload: Uint8Array): Bytes {
  return dssePae(IN_TOTO_PAYLOAD_TYPE, payload);
}

/** How a `void` names its target: SHA-256 of the statement's bytes, or of a state leaf. */
export function statementDigest(sha256: Sha256, statementBytes: Uint8Array): Digest {
  return encodeHex(sha256(statementBytes));
}
