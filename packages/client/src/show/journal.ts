// SPDX-License-Identifier: Apache-2.0
import type { JsonInput } from "@countermark/formats";
import { evidenceWords, showVerdict, type Verdict } from "@countermark/verify";
import { type Reconciliation, showReconciled } from "../drive/reconcile.ts";
import type { Journal } from "../proxy/journal.ts";
import type { Output } from "./output.ts";
import { encodePublisherJson } from "./publisher-json.ts";

/** Says for each file what is known of it, and what was refused or remarkable. */
export function sayJournal(journal: Journal, out: Output): void {
  for (const { file, verdict } of journal.delivered.values()) {
    out.say(`${out.paint("strong", file.filename)}`);
    for (const line of showVerdict(verdict)) out.say(`  ${line}`);
  }
  for (const remark of journal.remarks) out.say(`${out.paint("warning", "note:")} ${remark}`);
  for (const host of journal.bypasses) {
    out.say(`${out.paint("warning", "refused:")} other traffic, to ${host}`);
  }
  for (const refusal of journal.refused.values()) {
    out.say(`${out.paint("bad", "refused:")} ${refusal.message} [${refusal.code}]`);
  }
}

/** The same for programs. */
export function journalJson(
  journal: Journal,
  reconciliation: Reconciliation | null,
): { readonly [name: string]: JsonInput } {
  return {
    files: [...journal.delivered.values()].map(({ file, verdict }) => ({
      project: file.project,
      version: file.version,
      sha256: file.sha256,
      ...verdictJson(verdict),
    })),
    refused: [...journal.refused.values()],
    remarks: [...journal.remarks],
    bypasses: [...journal.bypasses],
    coverage: reconciliation === null ? null : coverageJson(reconciliation),
  };
}

/** A verdict with its evidence in words. */
export function verdictJson(verdict: Verdict): { readonly [name: string]: JsonInput } {
  const { attested } = verdict;
  return {
    filename: verdict.filename,
    evidence: evidenceWords(verdict),
    logged: verdict.logged,
    attested:
      attested === null
        ? null
        : {
            identity: encodePublisherJson(attested.identity),
            signedAt: attested.signedAt,
            logIndex: attested.logIndex,
          },
    locked: verdict.locked,
    yanked: verdict.yanked,
  };
}

function coverageJson(reconciliation: Reconciliation): JsonInput {
  const { what, coverage, unaccounted, delivered } = reconciliation;
  return {
    what,
    installed: coverage.installed,
    verified: coverage.verified,
    others: Object.fromEntries(coverage.others),
    unaccounted: unaccounted.map(({ name, version, why }) => ({ name, version, why })),
    verifiedButNotInstalled: delivered.map((file) => file.filename),
    line: showReconciled(reconciliation),
  };
}
