// SPDX-License-Identifier: Apache-2.0
import { ParseError, type PublisherRecord } from "@countermark/formats";
import { type TrustedCheckpoint, VerifyError } from "@countermark/verify";
import { card, element, facts } from "./dom.ts";
import { FetchError, type OwnTrust } from "./load.ts";
import { durationText, identityRows, utcText } from "./words.ts";

/** Who vouches for the head, when, and what that proves. */
export function headCard(head: TrustedCheckpoint, own: OwnTrust, now: number): HTMLElement {
  const { checkpoint, row, kind } = head;
  const cosigners = checkpoint.cosignatures.map(({ name, time }) => {
    const role = row.auditors.includes(name) ? "auditor" : "witness";
    return element("li", null, `${name} (${role}), at ${utcText(time)}`);
  });
  const proved =
    kind === "audited"
      ? "Everybody sees this log, and an auditor replayed it and found that the index kept its rules: nothing else is there."
      : "Everybody sees this log. No auditor signed this head, so that the index kept its own rules is not proved.";
  const age = durationText(Math.max(0, now - checkpoint.tLo));
  return card(
    kind === "audited" ? "good" : "warn",
    kind === "audited" ? "Audited" : "Witnessed",
    element("p", null, proved),
    facts([
      ["Log", element("code", null, checkpoint.origin)],
      ["Size of the log", `${checkpoint.size} entries`],
      [
        "Seen by a quorum",
        `between ${utcText(Math.min(checkpoint.tLo, checkpoint.tHi))} and ${utcText(Math.max(checkpoint.tLo, checkpoint.tHi))}, ${age} ago`,
      ],
      ["Cosigned by", element("ul", null, cosigners)],
      [
        "Checked against",
        [
          "this index's own trust description, ",
          element("code", null, `/trust.json`),
          ", SHA-256 ",
          element("code", null, own.sha256),
        ],
      ],
    ]),
  );
}

/** An identity, field by field. */
export function identityList(identity: PublisherRecord): HTMLElement {
  return facts(identityRows(identity));
}

/** Why there is nothing to show. What failed is said, and nothing unverified is shown instead. */
export function failureCard(error: unknown): HTMLElement {
  if (error instanceof FetchError) {
    const word = error.status === 404 ? "Not found" : "Not available";
    return card("warn", word, element("p", null, `${error.message}.`));
  }
  if (error instanceof VerifyError || error instanceof ParseError) {
    return card(
      "bad",
      "Refused",
      element("p", null, `${error.message}.`),
      element("p", null, "Code: ", element("code", null, error.code)),
      element("p", null, "What the index sent does not hold. Nothing of it is shown."),
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  return card("warn", "Not available", element("p", null, `The evidence could not be fetched: ${message}.`));
}
