// SPDX-License-Identifier: Apache-2.0
import {
  DETAIL_BYTES_MAX,
  detailCommitment,
  ENTRY_BYTES_MAX,
  encodeHex,
  type KnownStatement,
  ParseError,
  parseJsonObject,
  parseStatement,
  parseTrustDetail,
  utf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";

/** What an index wants root keys to sign. */
export interface CeremonyDraft {
  readonly statement: KnownStatement;
  /** The statement as it came. */
  readonly text: string;
  readonly detail: Uint8Array | null;
  /** Of a trust-changed: the trust description that clients will get. */
  readonly description: string | null;
}

const DRAFT_BYTES_MAX = 2 * (ENTRY_BYTES_MAX + DETAIL_BYTES_MAX);

/**
 * Reads a draft, `{"statement":text,"detail":base64|null}`, as far as a machine off the network can check it: that it is a statement
 * that root keys sign, and that what comes with it is what the statement commits to.
 *
 * @throws ParseError
 */
export function parseCeremonyDraft(bytes: Uint8Array): CeremonyDraft {
  const body = parseJsonObject(bytes, { bytesMax: DRAFT_BYTES_MAX, depthMax: 2 }, "draft");
  const text = body.text("statement", { charsMax: ENTRY_BYTES_MAX });
  const detail = body.value("detail") === null ? null : body.base64("detail", { bytesMax: DETAIL_BYTES_MAX });
  body.end();
  const statement = parseStatement(utf8(text));
  if (statement.kind === "unknown" || !("root" in statement) || statement.root === null) {
    throw new ParseError(
      "unsupported",
      `Cannot sign: a ${statement.kind} is nothing that root keys sign here`,
    );
  }
  const commitment = detail === null ? null : detailCommitment(nodeCrypto.sha256, detail);
  if (commitment !== statement.detail) {
    throw new ParseError(
      "malformed",
      "Cannot sign: the draft's detail is not the one that its statement commits to",
    );
  }
  return { statement, text, detail, description: descriptionOf(statement, detail) };
}

function descriptionOf(statement: KnownStatement, detail: Uint8Array | null): string | null {
  if (statement.kind !== "trust-changed") return null;
  const description = detail === null ? null : parseTrustDetail(detail).description;
  if (description === null || encodeHex(nodeCrypto.sha256(utf8(description))) !== statement.trust) {
    throw new ParseError(
      "malformed",
      "Cannot sign: the trust description is not the one that the statement names",
    );
  }
  return description;
}
