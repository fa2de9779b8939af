// SPDX-License-Identifier: Apache-2.0
import {
  type Certificate,
  encodeSctSignedData,
  equalBytes,
  type PublicKey,
  parseSctList,
  precertificateTbs,
  type Sct,
  type ValidityWindow,
  windowContains,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import { countOperators } from "../thresholds.ts";
import { isSignedBy } from "./signature.ts";

/** A certificate transparency log of the trusted root. */
export type PreparedCtLog = {
  readonly logId: Uint8Array;
  readonly publicKey: PublicKey;
  readonly window: ValidityWindow;
  readonly operator: string;
};

/**
 * Checks that logs of as many operators as wanted promised to log the certificate. A promise by a log of the trusted root
 * that the log did not sign is a refusal, also beside others that it did.
 *
 * @param expected `issuerKeyHash`: SHA-256 of the issuer's key, verified; `wanted`: how many operators.
 * @throws VerifyError `sct-missing`, `sct-log-unknown`, `sct-signature`, `threshold-ct-logs`; ParseError of {@link parseSctList}
 * @spec rfc6962#3.2
 */
export async function verifySct(
  certificate: Certificate,
  expected: { readonly issuerKeyHash: Uint8Array; readonly wanted: number },
  logs: readonly PreparedCtLog[],
  crypto: CryptoPort,
): Promise<void> {
  const scts = parseSctList(certificate);
  if (scts.length === 0) throw new VerifyError("sct-missing", "Cannot believe certificate: it has no SCT");
  const promises = scts.flatMap((sct) => logsOf(sct, logs).map((log) => ({ sct, log })));
  if (promises.length === 0) {
    throw new VerifyError(
      "sct-log-unknown",
      `Cannot believe certificate: none of its ${scts.length} SCTs is by a log trusted at that time`,
    );
  }
  const tbs = precertificateTbs(certificate);
  for (const { sct, log } of promises) {
    const signedData = encodeSctSignedData(sct, expected.issuerKeyHash, tbs);
    if (!(await isSignedBy(log.publicKey, sct.algorithm, signedData, sct.signature, crypto))) {
      throw new VerifyError("sct-signature", "Cannot believe certificate: an SCT is not signed by its log");
    }
  }
  const found = countOperators(promises.map(({ log }) => log));
  if (found < expected.wanted) {
    throw new VerifyError(
      "threshold-ct-logs",
      `Cannot believe certificate: logs of ${found} operators promised to publish it, wanted ${expected.wanted}`,
    );
  }
}

/** A log may be listed for several windows; only one that holds the SCT's time counts. */
function logsOf(sct: Sct, logs: readonly PreparedCtLog[]): readonly PreparedCtLog[] {
  const time = Math.floor(sct.timestampMilliseconds / 1000);
  return logs.filter((log) => equalBytes(log.logId, sct.logId) && windowContains(log.window, time));
}
