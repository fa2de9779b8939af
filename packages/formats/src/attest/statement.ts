// SPDX-License-Identifier: Apache-2.0
import { BUNDLE_BYTES_MAX, JSON_DEPTH_MAX } from "../limits.ts";
import { isSet } from "../sigstore/proto-json.ts";
import type { Bytes } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { encodeHex } from "../text/hex.ts";
import { type JsonObject, type JsonValue, parseJsonObject } from "../text/json.ts";

export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** PEP 740's statement that a file was published. */
export const PUBLISH_PREDICATE_TYPE = "https://docs.pypi.org/attestations/publish/v1";
/** @spec slsa.dev/spec/v1.0/provenance */
export const SLSA_PROVENANCE_PREDICATE_TYPE = "https://slsa.dev/provenance/v1";

/** An in-toto statement: what is said of which files. */
export type InTotoStatement = {
  readonly subjects: readonly InTotoSubject[];
  readonly predicateType: string;
  /** Not read here; null when absent. */
  readonly predicate: JsonValue;
};

export type InTotoSubject = {
  /** Empty when the statement gives no name. */
  readonly name: string;
  /** By SHA-256 where the statement gives it, else by SHA-512, as npm's do; null when it gives only other digests. */
  readonly digest: SubjectDigest | null;
};

export type SubjectDigest = { readonly algorithm: "sha256" | "sha512"; readonly digest: Uint8Array };

const SUBJECTS_MAX = 1024;
const NAME_CHARS_MAX = 4096;
const TYPE_CHARS_MAX = 1024;

/**
 * Reads a statement. Fields it does not know are ignored, as in-toto demands of consumers.
 *
 * @throws ParseError of {@link JsonObject}; `unsupported` for another version
 * @spec github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
export function parseInTotoStatement(bytes: Uint8Array): InTotoStatement {
  const limits = { bytesMax: BUNDLE_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
  const body = parseJsonObject(bytes, limits, "statement");
  body.choice("_type", [STATEMENT_TYPE]);
  const subjects = body.objects("subject", { itemsMax: SUBJECTS_MAX }).map(parseSubject);
  const predicateType = body.text("predicateType", { charsMax: TYPE_CHARS_MAX });
  const predicate = body.has("predicate") ? body.value("predicate") : null;
  body.ignoreRest(); // in-toto attestation framework v1, "parsing rules"
  return { subjects, predicateType, predicate };
}

/** A statement about one file, in canonical JSON. `predicate` null for PEP 740's publish statement. */
export function encodeInTotoStatement(
  file: { readonly filename: string; readonly sha256: Uint8Array },
  predicateType: string,
  predicate: JsonInput,
): Bytes {
  return encodeCanonicalJson({
    _type: STATEMENT_TYPE,
    subject: [{ name: file.filename, digest: { sha256: encodeHex(file.sha256) } }],
    predicateType,
    predicate,
  });
}

function parseSubject(subject: JsonObject): InTotoSubject {
  const name = isSet(subject, "name") ? subject.text("name", { charsMax: NAME_CHARS_MAX }) : "";
  const digest = parseSubjectDigest(subject.object("digest"));
  subject.ignoreRest(); // ResourceDescriptor: uri, mediaType, annotations
  return { name, digest };
}

function parseSubjectDigest(digests: JsonObject): SubjectDigest | null {
  digests.ignoreRest(); // DigestSet: other algorithms
  if (digests.has("sha256")) return { algorithm: "sha256", digest: digests.hex("sha256", 32) };
  if (digests.has("sha512")) return { algorithm: "sha512", digest: digests.hex("sha512", 64) };
  return null;
}
