// SPDX-License-Identifier: Apache-2.0
import type { Bytes } from "../text/bytes.ts";
import { encodeCanonicalJson } from "../text/canonical-json.ts";
import { encodeHex } from "../text/hex.ts";
import { STATEMENT_TYPE } from "./statement.ts";

/** That a publisher consents to a configuration act. @spec specs/ledger-records.md#consent */
export const CONSENT_PREDICATE_TYPE = "https://countermark.dev/consent/v1";

/** The statement by which a publisher consents: its one subject is the challenge, and the challenge says everything. */
export function encodeConsentStatement(challenge: Uint8Array): Bytes {
  return encodeCanonicalJson({
    _type: STATEMENT_TYPE,
    subject: [{ digest: { sha256: encodeHex(challenge) } }],
    predicateType: CONSENT_PREDICATE_TYPE,
    predicate: {},
  });
}
