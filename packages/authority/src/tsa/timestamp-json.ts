// SPDX-License-Identifier: Apache-2.0
import {
  type DerReader,
  type DigestName,
  derInteger,
  parseJsonObject,
  readDer,
  type TimestampRequest,
} from "@countermark/formats";
import { AuthorityError } from "../failure.ts";
import { TIMESTAMP_REQUEST_BYTES_MAX } from "../limits.ts";

/** The names of hashes, as Go prints and reads them -> digest and its length. */
const HASHES = {
  sha256: { algorithm: "sha256", length: 32 },
  sha384: { algorithm: "sha384", length: 48 },
  sha512: { algorithm: "sha512", length: 64 },
} as const satisfies Record<string, { readonly algorithm: DigestName; readonly length: number }>;

/**
 * Reads `{artifactHash, hashAlgorithm, nonce?, certificates?, tsaPolicyOID?}`, which sigstore-js sends instead of DER.
 *
 * @throws ParseError; AuthorityError `digest-length`
 * @spec github.com/sigstore/timestamp-authority/blob/main/pkg/api/timestamp.go
 */
export function parseTimestampJson(bytes: Uint8Array): TimestampRequest {
  const body = parseJsonObject(
    bytes,
    { bytesMax: TIMESTAMP_REQUEST_BYTES_MAX, depthMax: 1 },
    "timestamp request",
  );
  const digest = body.base64("artifactHash", { bytesMax: 64 });
  const { algorithm, length } = HASHES[body.choice("hashAlgorithm", ["sha256", "sha384", "sha512"])];
  if (digest.length !== length) {
    throw new AuthorityError(
      "digest-length",
      `Cannot timestamp: ${digest.length} bytes are not a ${algorithm} digest`,
    );
  }
  const nonce = body.has("nonce")
    ? readNonce(body.integer("nonce", { min: 0, max: Number.MAX_SAFE_INTEGER }))
    : null;
  const certificates = body.has("certificates") ? body.boolean("certificates") : false;
  const policy = body.has("tsaPolicyOID") ? body.text("tsaPolicyOID", { charsMax: 128 }) : "";
  body.end();
  return { imprint: { algorithm, digest }, policy: policy === "" ? null : policy, nonce, certificates };
}

/** The content of the INTEGER that a DER request would have had. */
function readNonce(value: number): Uint8Array {
  const reader: DerReader = readDer(derInteger(value), "nonce");
  return reader.integer();
}
