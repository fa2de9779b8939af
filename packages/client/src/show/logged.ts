// SPDX-License-Identifier: Apache-2.0
import type { JsonInput } from "@countermark/formats";
import type { LoggedFile, Verified } from "@countermark/verify";
import { showTime } from "./attested.ts";
import type { Output } from "./output.ts";
import { sayStep } from "./steps.ts";

/** What a receipt proves, in words: never "is current", and "the rules were kept" only where an auditor says so. */
export function sayLogged(logged: Verified<LoggedFile>, out: Output): void {
  const { head, index } = logged;
  const { checkpoint, kind } = head;
  out.say(`  logged at index ${index} of ${checkpoint.origin}, by ${showTime(checkpoint.tHi)}`);
  const names = checkpoint.cosignatures.map(({ name }) => name).sort();
  const word = kind === "audited" ? "audited: the index kept its rules" : "witnessed: the same for everybody";
  out.say(`  head of size ${checkpoint.size} cosigned by ${names.join(", ")} (${word})`);
}

/** The steps that believing the receipt took. */
export function sayReceiptSteps(logged: Verified<LoggedFile>, filename: string, out: Output): void {
  const { head, index, statement, entry } = logged;
  const { origin, size, cosignatures } = head.checkpoint;
  const mark = out.paint("good", "holds");
  const steps = [
    {
      holds: "a quorum of the policy's cosigners saw this tree of the trusted log",
      lines: [
        `${origin}, size ${size}`,
        ...cosignatures.map(({ name, time }) => `${name} at ${showTime(time)}`),
      ],
      spec: "c2sp.org/tlog-policy",
    },
    { holds: "the entry is in the tree", lines: [`at index ${index}`], spec: "c2sp.org/tlog-proof" },
    {
      holds: "the entry is the acceptance of this file, by digest and name",
      lines: [`${filename}, SHA-256 ${statement.sha256}`],
      spec: "specs/receipt.md",
    },
    {
      holds: "the index countersigned the entry, by a key that is trusted there",
      lines: [`the key ${entry.keyId}`],
      spec: "specs/ledger-entry.md",
    },
  ];
  steps.forEach((step, i) => void sayStep(i + 1, { mark, ...step }, out));
}

/** The same for programs. */
export function loggedJson(logged: Verified<LoggedFile>): JsonInput {
  const { head, index, statement, detail } = logged;
  const { checkpoint, kind } = head;
  return {
    index,
    origin: checkpoint.origin,
    size: checkpoint.size,
    head: kind,
    by: checkpoint.tHi,
    cosigners: checkpoint.cosignatures.map(({ name, time }) => ({ name, time })),
    sha256: statement.sha256,
    attestations: statement.attestations.map(({ digest, predicate, time }) => ({ digest, predicate, time })),
    filename: detail?.filename ?? null,
  };
}
