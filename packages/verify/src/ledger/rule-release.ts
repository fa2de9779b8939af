// SPDX-License-Identifier: Apache-2.0
import {
  approvalSubject,
  consentChallenge,
  type Digest,
  type FileRecord,
  type ReleaseClosed,
  type ReleasePublished,
} from "@countermark/formats";
import { isOpenForFiles } from "./rule-files.ts";
import { legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { isPasskeySignature, passkeyPrincipal } from "./signatures.ts";
import { findFile, findRelease, type ProjectState } from "./state.ts";

/** Staged files become visible, all of them or none. @spec specs/ledger-kinds.md#release-published */
export async function rulePublished(
  context: RuleContext,
  statement: ReleasePublished,
  project: ProjectState,
): Promise<Ruling> {
  const staged: (readonly [Digest, FileRecord])[] = [];
  for (const id of statement.files) {
    const file = findFile(project, id);
    if (file?.state !== "accepted" || file.release !== statement.release) return voided("not-staged");
    staged.push([id, file]);
  }
  if (!(await isApproved(context, statement, project, staged))) return voided("bad-consent");
  if (!isOpenForFiles(project)) return voided("not-open");
  let { files } = project;
  for (const [id, file] of staged) {
    files = files.set(id, {
      ...file,
      state: "published",
      prior: file.state,
      lastEntry: context.at,
      lastDetail: statement.detail,
    });
  }
  return legal(context, { ...project, files });
}

/**
 * Whether these bytes may be shown: a passkey says so where the policy asks for one. One that nobody asked for is verified
 * too, or it would be shown as if it had been checked.
 */
async function isApproved(
  context: RuleContext,
  { project: key, consent }: ReleasePublished,
  { current, header }: ProjectState,
  staged: readonly (readonly [Digest, FileRecord])[],
): Promise<boolean> {
  if (consent.kind === "none") return current.policy.release !== "staged-passkey";
  const { facts, index, crypto, sha256 } = context;
  const principal = passkeyPrincipal(consent, crypto);
  if (!current.principals.some((id) => id === principal)) return false;
  const bytes = staged.map(([id, file]) => ({ file: id, sha256: file.sha256 }));
  const subject = approvalSubject(sha256, bytes);
  const { serial } = header;
  const challenge = consentChallenge(sha256, {
    log: facts.log,
    project: key,
    serial,
    act: "approve",
    subject,
  });
  return await isPasskeySignature(consent, challenge, index.header, crypto);
}

/** The release takes no more files, for ever. @spec specs/ledger-kinds.md#release-closed */
export function ruleClosed(context: RuleContext, statement: ReleaseClosed, project: ProjectState): Ruling {
  const release = findRelease(project, statement.release);
  if (release === null) return voided("no-release");
  if (release.state === "closed") return voided("release-closed");
  const files = project.files.set(statement.release, { ...release, state: "closed", closed: context.at });
  return legal(context, { ...project, files });
}
