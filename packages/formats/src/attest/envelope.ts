// SPDX-License-Identifier: Apache-2.0
import { type Bytes, concat, utf8 } from "../text/bytes.ts";

/** The payload type of in-toto statements. @spec github.com/in-toto/attestation/blob/main/spec/v1/envelope.md */
export const IN_TOTO_PAYLOAD_TYPE = "application/vnd.in-toto+json";

/**
 * What a DSSE signature covers: `"DSSEv1" SP length(type) SP type SP length(payload) SP payload`, lengths in decimal bytes.
 *
 * @spec github.com/secure-systems-lab/dsse/blob/v1.0.0/protocol.md
 */
export function dssePae(payloadType: string, payload: Uint8Array): Bytes {
  const type = utf8(payloadType);
  return concat(utf8(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `), payload);
}
