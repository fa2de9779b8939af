// SPDX-License-Identifier: Apache-2.0
// vectors/lock/decision.json, vectors/lock/evidence.json and vectors/lock/settled.json
import {
  encodeIdentityLock,
  parseConfigRecord,
  parseFileMapRecord,
  parseIdentityLock,
  parseProjectHeader,
  parseUtf8,
  utf8,
} from "@countermark/formats";
import {
  changeThatAdmitted,
  decideLock,
  lockFile,
  requireAccepted,
  requireNothingWithheld,
  requireNotUndone,
  requirePromiseKept,
  requireSettled,
  type SeenFile,
} from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses } from "../case.ts";

interface LockVector {
  readonly claim: string;
  /** The whole `countermark.lock`. */
  readonly lock: string;
  readonly project: string;
  readonly seen: SeenFile;
  readonly decision: unknown;
  /** Where the decision needs somebody's consent: the code of the refusal. */
  readonly code: string | null;
  /** The lock when it was given, or was not needed. */
  readonly after: string;
}

export const lockCases: Cases = (file) =>
  (file as readonly LockVector[]).flatMap(({ claim, lock, project, seen, decision, code, after }) => {
    const read = () => parseIdentityLock(utf8(lock));
    const decide = () => decideLock(read().projects.get(project) ?? null, seen);
    const require = () => requireAccepted(project, seen, decide());
    return [
      gives(`${claim}: decision`, decision, decide),
      code === null
        ? gives(`${claim}: accepted`, decision, require)
        : refuses(`${claim}: refused`, code, require),
      gives(`${claim}: lock afterwards`, after, () => {
        const before = read();
        const changed = lockFile(before, project, seen, decide());
        const isUntouched = parseUtf8(encodeIdentityLock(before), "lock") === lock;
        return isUntouched ? parseUtf8(encodeIdentityLock(changed), "lock") : "the lock was changed in place";
      }),
    ];
  });

interface EvidenceVector {
  readonly claim: string;
  /** The file's record in the map. */
  readonly record: string;
  /** Digests of the attestations that came. */
  readonly served: readonly string[];
  /** The project's header and current configuration. */
  readonly header: string;
  readonly config: string;
}

interface EvidenceFile {
  readonly accepted: readonly EvidenceVector[];
  readonly refused: readonly (EvidenceVector & { readonly code: string })[];
}

export const evidenceCases: Cases = (file) => {
  const { accepted, refused } = file as EvidenceFile;
  const require = (asked: EvidenceVector): string => {
    const record = parseFileMapRecord(bytesOf(asked.record));
    if (record.kind !== "file") return "no record of a file";
    const header = parseProjectHeader(bytesOf(asked.header));
    const current = parseConfigRecord(bytesOf(asked.config));
    requireNothingWithheld("file", record, new Set(asked.served));
    requirePromiseKept("file", record, { header, current });
    return "ok";
  };
  return [
    ...accepted.map((asked) => gives(asked.claim, "ok", () => require(asked))),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => require(asked))),
  ];
};

interface SettledVector {
  readonly claim: string;
  /** The file's record in the map, the project's header, and the configuration that can be restored. */
  readonly record: string;
  readonly header: string;
  readonly base: string;
  /** Unix seconds: what the entry of the change states, and what the head's cosigners do. */
  readonly time: number;
  readonly now: number;
  /** The index of the entry that let the file in; null: none that matters. */
  readonly change: number | null;
}

export const settledCases: Cases = (file) => {
  const { accepted, refused } = file as {
    readonly accepted: readonly SettledVector[];
    readonly refused: readonly (SettledVector & { readonly code: string })[];
  };
  const read = ({ record: bytes, header, base }: SettledVector) => {
    const record = parseFileMapRecord(bytesOf(bytes));
    if (record.kind !== "file") throw new TypeError("no record of a file");
    const project = { header: parseProjectHeader(bytesOf(header)), base: parseConfigRecord(bytesOf(base)) };
    return { record, project };
  };
  const require = (asked: SettledVector): string => {
    const { record, project } = read(asked);
    requireNotUndone("file", record, project);
    const entry = changeThatAdmitted(record, project);
    if (entry !== null) requireSettled("file", { entry, time: asked.time, now: asked.now });
    return "ok";
  };
  const change = (asked: SettledVector) => {
    const { record, project } = read(asked);
    return gives(`${asked.claim}: the change`, asked.change, () => changeThatAdmitted(record, project));
  };
  return [
    ...accepted.flatMap((asked) => [change(asked), gives(asked.claim, "ok", () => require(asked))]),
    ...refused.flatMap((asked) => [change(asked), refuses(asked.claim, asked.code, () => require(asked))]),
  ];
};
