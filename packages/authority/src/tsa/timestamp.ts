// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  type Certificate,
  encodeTimestamp,
  encodeUnsignedTimestamp,
  parseTimestampRequest,
  quote,
  type TimestampRequest,
} from "@countermark/formats";
import { type Clock, nodeCrypto, type PrivateKey } from "@countermark/log";
import { AuthorityError } from "../failure.ts";
import { NONCE_BYTES_MAX } from "../limits.ts";
import { randomSerial, SIGNATURE_ALGORITHM } from "../pki.ts";
import { parseTimestampJson } from "./timestamp-json.ts";

/** The policy of Sigstore's timestamp authorities. @spec github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
export const TIMESTAMP_POLICY = "1.3.6.1.4.1.57264.2";

export type TimestampPorts = {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
  readonly clock: Clock;
};

/** The media type of a request -> how it is read. */
const REQUEST_PARSERS: ReadonlyMap<string, (body: Uint8Array) => TimestampRequest> = new Map([
  ["application/timestamp-query", parseTimestampRequest],
  ["application/json", parseTimestampJson],
]);

/** @throws AuthorityError `media-type`, `digest-length`; ParseError */
export function parseTimestampQuery(type: string, body: Uint8Array): TimestampRequest {
  const parse = REQUEST_PARSERS.get(type);
  if (parse === undefined) {
    throw new AuthorityError(
      "media-type",
      `Cannot timestamp: wanted ${[...REQUEST_PARSERS.keys()].join(" or ")}, found ${quote(type)}`,
    );
  }
  return parse(body);
}

/**
 * Says in DER that the imprint existed now, whatever it is of: in a bundle it is of the raw bytes of the signature.
 *
 * @throws AuthorityError `policy-unknown`, `nonce-too-long`
 * @spec rfc3161#2.4.2
 */
export function signTimestamp(request: TimestampRequest, ports: TimestampPorts): Bytes {
  if (request.policy !== null && request.policy !== TIMESTAMP_POLICY) {
    throw new AuthorityError(
      "policy-unknown",
      `Cannot timestamp: under the policy ${quote(request.policy)}, wanted ${TIMESTAMP_POLICY}`,
    );
  }
  if (request.nonce !== null && request.nonce.length > NONCE_BYTES_MAX) {
    throw new AuthorityError("nonce-too-long", `Cannot timestamp: a nonce of ${request.nonce.length} bytes`);
  }
  const { imprint, nonce } = request;
  const info = { policy: TIMESTAMP_POLICY, imprint, serial: randomSerial(), time: ports.clock(), nonce };
  const certificateHash = nodeCrypto.sha256(ports.certificate.der);
  const unsigned = encodeUnsignedTimestamp(info, certificateHash, nodeCrypto.sha256);
  const signature = ports.key.sign(unsigned.signedBytes);
  const embedded = request.certificates ? [ports.certificate] : [];
  return encodeTimestamp(unsigned, ports.certificate, SIGNATURE_ALGORITHM, signature, embedded);
}
