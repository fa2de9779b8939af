// SPDX-License-Identifier: Apache-2.0
import type { ProjectHeader } from "@countermark/formats";

const WORDS: Readonly<Record<Exclude<ProjectHeader["way"], "none">, string>> = {
  passkey: "by one of its passkeys; it can take effect a week later, and be cancelled until then",
  publisher: "by one of its publishers; it can take effect a week later, and be cancelled until then",
  account: "by its account; it can take effect a week later, and be cancelled until then",
  staff:
    "by the index's staff, as a recovery; it can take effect three weeks later, and be cancelled until then",
  root: "by the index's offline keys, as a recovery; it can take effect three weeks later, and only they take it back",
};

/** What is asked for and not in force yet, in words; null where nothing is. */
export function describePending(project: string, header: ProjectHeader): string | null {
  const { pending, asked, way } = header;
  if (pending === null || asked === null || way === "none") return null;
  return `a change of who may publish ${project} was asked for at entry ${asked} of the ledger, ${WORDS[way]}`;
}
