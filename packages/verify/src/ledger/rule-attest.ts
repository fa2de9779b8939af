// SPDX-License-Identifier: Apache-2.0
import { ATTESTATIONS_PER_FILE_MAX, type FileAttested } from "@countermark/formats";
import { attestationsOf } from "./rule-files.ts";
import { EPSILON_SECONDS } from "./rules.ts";
import { firstFault, legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { findFile, type ProjectState } from "./state.ts";

/** A file that is there gets attestations that it came without. @spec specs/ledger-kinds.md#file-attested */
export function ruleAttested(context: RuleContext, statement: FileAttested, project: ProjectState): Ruling {
  const file = findFile(project, statement.file);
  if (file === null || file.state === "withdrawn") return voided("no-file");
  const { attestations, time } = statement;
  const isOld = (digest: string): boolean => file.attestations.some((known) => known.digest === digest);
  const isRegistered = (id: string): boolean => project.current.publishers.some((known) => known === id);
  const all = [...file.attestations, ...attestationsOf(attestations, context.at)];
  const fault = firstFault(
    [file.sha256 !== statement.sha256, "wrong-digest"],
    [!attestations.every((item) => isRegistered(item.publisher)), "publisher-not-registered"],
    [attestations.some((item) => item.time > time + EPSILON_SECONDS), "attestation-time"],
    [attestations.some((item) => isOld(item.digest)), "attested-already"],
    [all.length > ATTESTATIONS_PER_FILE_MAX, "attestations-full"],
  );
  if (fault !== null) return voided(fault);
  const files = project.files.set(statement.file, { ...file, attestations: all });
  const header = { ...project.header, attested: project.header.attested ?? context.at };
  return legal(context, { ...project, files, header });
}
