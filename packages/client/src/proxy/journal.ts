// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from "@countermark/verify";
import type { DeliveredFile } from "../drive/reconcile.ts";
import { describeError } from "../show/describe-error.ts";
import type { VerifiedProject } from "./source.ts";

export type Refusal = { readonly what: string; readonly code: string; readonly message: string };

/** What happened at the proxy while the tool ran, in order, each thing once. */
export type Journal = {
  readonly delivered: ReadonlyMap<string, { readonly file: DeliveredFile; readonly verdict: Verdict }>;
  readonly refused: ReadonlyMap<string, Refusal>;
  readonly remarks: ReadonlySet<string>;
  /** Hosts that the tool wanted to reach another way, and was refused. */
  readonly bypasses: ReadonlySet<string>;
  /** Where a file that was shown really is; null when it was not shown. */
  findUrl(project: string, filename: string): string | null;
  /** Filename -> SHA-256 of every file on the verified page of a project; null when no page of it was shown. */
  listed(project: string): ReadonlyMap<string, string> | null;
  /** The first failure that makes the whole run one. */
  fatal(): unknown;
  show(project: VerifiedProject): void;
  deliver(file: DeliveredFile, verdict: Verdict): void;
  refuse(what: string, error: unknown): void;
  bypass(host: string): void;
  /** Something that the user should know of, and that is no failure. */
  remark(text: string): void;
  fail(error: unknown): void;
};

export function createJournal(): Journal {
  const delivered = new Map<string, { file: DeliveredFile; verdict: Verdict }>();
  const refused = new Map<string, Refusal>();
  const remarks = new Set<string>();
  const bypasses = new Set<string>();
  const shown = new Map<string, VerifiedProject>();
  let fatal: unknown = null;
  return {
    delivered,
    refused,
    remarks,
    bypasses,
    fatal: () => fatal,
    findUrl: (project, filename) => shown.get(project)?.urls.get(filename) ?? null,
    listed: (name) => {
      const project = shown.get(name);
      if (project === undefined) return null;
      return new Map([...project.listing.files].map(([filename, { record }]) => [filename, record.sha256]));
    },
    show: (project) => {
      shown.set(project.name, project);
      for (const remark of project.remarks) remarks.add(remark);
    },
    deliver: (file, verdict) => delivered.set(file.filename, { file, verdict }),
    refuse: (what, error) => {
      const { code, message } = describeError(error);
      if (!refused.has(what)) refused.set(what, { what, code, message });
    },
    bypass: (host) => bypasses.add(host),
    remark: (text) => remarks.add(text),
    fail: (error) => {
      fatal ??= error;
    },
  };
}
