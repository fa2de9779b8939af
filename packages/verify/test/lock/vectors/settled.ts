// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  encodeConfigRecord,
  encodeFileMapRecord,
  encodeHex,
  encodeProjectHeader,
  type FileRecord,
  type ProjectHeader,
} from "@countermark/formats";
import { BASE_CONFIG, EVIDENCE_HEADER, EVIDENCE_RECORD } from "./evidence.ts";

const OLD = "aa".repeat(32);
const NEW = "bb".repeat(32);
const NOW = 1_790_000_000;
const WINDOW = 14 * 86_400;

/** vectors/lock/settled.json: what a change of who may publish let in, while it can be undone and after it was. */
export function settledVectors() {
  const asked = (
    claim: string,
    { record = {}, header = {}, base = {}, time = NOW }: Changes,
    // The entry whose time decides; null: none does.
    change: number | null,
  ) => ({
    claim,
    record: encodeHex(encodeFileMapRecord({ ...EVIDENCE_RECORD, ...record })),
    header: encodeHex(encodeProjectHeader({ ...EVIDENCE_HEADER, ...CHANGED, ...header })),
    base: encodeHex(encodeConfigRecord({ ...BASE_CONFIG, ...base })),
    time,
    now: NOW,
    change,
  });
  const newcomer = { publisher: NEW, attestations: [] };
  const token = { uploader: "token", publisher: null, attestations: [] } as const;
  const attestedBy = (...publishers: readonly string[]) => ({
    ...token,
    attestations: publishers.map((publisher, i) => ({ ...SLSA, digest: `${i}`.repeat(64), publisher })),
  });
  const anybody = { policy: { ...BASE_CONFIG.policy, uploads: "any" } } as const;
  const undone = { currentSince: 20, frozen: 20 };
  const recovered = { currentSince: 8, recovered: 8 };
  return {
    accepted: [
      asked("a publisher of the configuration before", {}, null),
      asked("a newcomer's file from before the change", { record: { ...newcomer, firstEntry: 7 } }, null),
      asked("a newcomer, as old as the undo window", { record: newcomer, time: NOW - WINDOW }, 8),
      asked("a token where the configuration before took tokens", { record: token, base: anybody }, null),
      asked("attested by publishers of the configuration before", { record: attestedBy(OLD) }, null),
      asked("before the recovery", { header: recovered, record: { firstEntry: 8 } }, null),
      asked("after a recovery as old as the undo window", { header: recovered, time: NOW - WINDOW }, 8),
      asked(
        "after a recovery that was followed by another change",
        { header: { ...recovered, currentSince: 9 } },
        null,
      ),
      asked("an old publisher's file from before an undo", { header: undone }, null),
      asked(
        "a newcomer's file from before what was restored",
        { header: { ...undone, baseSince: 11 }, record: newcomer },
        null,
      ),
      asked("a newcomer's file of the change's own entry", { record: { ...newcomer, firstEntry: 8 } }, null),
      asked(
        "a newcomer's file of the first entry, where nothing was undone",
        { header: { baseSince: 0 }, record: { ...newcomer, firstEntry: 0 } },
        null,
      ),
    ],
    refused: [
      {
        ...asked(
          "a newcomer, after a change at the first entry",
          { header: { currentSince: 0, baseSince: 0 }, record: newcomer },
          0,
        ),
        code: "change-unsettled",
      },
      {
        ...asked(
          "a newcomer, after an undo",
          { header: undone, record: { ...newcomer, firstEntry: 21 } },
          20,
        ),
        code: "change-unsettled",
      },
      {
        ...asked(
          "a newcomer's file of the undo's own entry",
          { header: undone, record: { ...newcomer, firstEntry: 20 }, time: 0 },
          null,
        ),
        code: "change-undone",
      },
      {
        ...asked(
          "a newcomer, a second younger than the undo window",
          { record: newcomer, time: NOW - WINDOW + 1 },
          8,
        ),
        code: "change-unsettled",
      },
      {
        ...asked(
          "a newcomer of the first entry after the change",
          { record: { ...newcomer, firstEntry: 9 } },
          8,
        ),
        code: "change-unsettled",
      },
      {
        ...asked("a newcomer, of the future", { record: newcomer, time: NOW + 1 }, 8),
        code: "change-unsettled",
      },
      {
        ...asked("a token where the configuration before took none", { record: token }, 8),
        code: "change-unsettled",
      },
      {
        ...asked("attested by a newcomer beside an old publisher", { record: attestedBy(OLD, NEW) }, 8),
        code: "change-unsettled",
      },
      {
        ...asked(
          "uploaded by a newcomer, attested by an old publisher",
          { record: { ...attestedBy(OLD), uploader: "publisher", publisher: NEW } },
          8,
        ),
        code: "change-unsettled",
      },
      {
        ...asked("an old publisher after a young recovery", { header: recovered, time: NOW - WINDOW + 1 }, 8),
        code: "change-unsettled",
      },
      {
        ...asked(
          "the first file after a young recovery",
          { header: recovered, record: { firstEntry: 9 } },
          8,
        ),
        code: "change-unsettled",
      },
      {
        ...asked(
          "a newcomer's file, whose change was undone",
          { header: undone, record: newcomer, time: 0 },
          null,
        ),
        code: "change-undone",
      },
      {
        ...asked(
          "a newcomer's file of the entry since which the restored one stood",
          { header: { ...undone, baseSince: 10 }, record: newcomer, time: 0 },
          null,
        ),
        code: "change-undone",
      },
      {
        ...asked(
          "a newcomer's last file before the undo",
          { header: undone, record: { ...newcomer, firstEntry: 19 }, time: 0 },
          null,
        ),
        code: "change-undone",
      },
    ],
  };
}

interface Changes {
  readonly record?: Partial<FileRecord>;
  readonly header?: Partial<ProjectHeader>;
  readonly base?: Partial<ConfigRecord>;
  /** Unix seconds, of the entry of the change. */
  readonly time?: number;
}

const CHANGED = { current: NEW, currentSince: 8, base: OLD, baseSince: 5 };
const SLSA = { predicate: "slsa", entry: 10 } as const;
