// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  EMPTY_CONFIG,
  encodeConfigRecord,
  encodeFileMapRecord,
  encodeHex,
  encodeProjectHeader,
  type FileRecord,
  type ProjectHeader,
} from "@countermark/formats";

const A = "aa".repeat(32);
const B = "bb".repeat(32);
const C = "cc".repeat(32);

export const EVIDENCE_RECORD: FileRecord = {
  kind: "file",
  state: "published",
  prior: "none",
  how: "uploaded",
  uploader: "publisher",
  reason: "none",
  observedOtherDigest: false,
  sha256: A,
  size: 1,
  metadata: null,
  release: A,
  firstDetail: null,
  lastDetail: null,
  publisher: A,
  firstEntry: 10,
  lastEntry: 10,
  time: 0,
  serial: 0,
  attestations: [
    { predicate: "publish", digest: A, publisher: A, entry: 10 },
    { predicate: "slsa", digest: B, publisher: A, entry: 10 },
  ],
};
export const EVIDENCE_HEADER: ProjectHeader = {
  status: "active",
  how: "created",
  firstEntry: 1,
  lastEntry: 10,
  rules: 1,
  firstFile: 2,
  serial: 1,
  current: A,
  currentSince: 5,
  base: A,
  baseSince: 5,
  pending: null,
  asked: null,
  way: "none",
  frozen: null,
  recovered: null,
  attested: 2,
};
/** Publishers only, and only with attestations. */
export const BASE_CONFIG: ConfigRecord = {
  ...EMPTY_CONFIG,
  policy: { ...EMPTY_CONFIG.policy, uploads: "publisher", attestations: "required" },
  publishers: [A],
};

/** vectors/lock/evidence.json */
export function evidenceVectors() {
  const asked = (
    claim: string,
    record: Partial<FileRecord>,
    served: readonly string[],
    config: ConfigRecord = BASE_CONFIG,
  ) => ({
    claim,
    record: encodeHex(encodeFileMapRecord({ ...EVIDENCE_RECORD, ...record })),
    served,
    header: encodeHex(encodeProjectHeader(EVIDENCE_HEADER)),
    config: encodeHex(encodeConfigRecord(config)),
  });
  const optional = { ...BASE_CONFIG, policy: { ...BASE_CONFIG.policy, attestations: "optional" } } as const;
  const none = { attestations: [] };
  const slsa = { attestations: EVIDENCE_RECORD.attestations.slice(1) };
  const publish = { attestations: EVIDENCE_RECORD.attestations.slice(0, 1) };
  return {
    accepted: [
      asked("every listed attestation, and one more", {}, [C, B, A]),
      asked("one publish attestation", publish, [A]),
      asked("a file from before the promise", { ...none, firstEntry: 4 }, []),
      asked("a file of the entry that made the promise", { ...none, firstEntry: 5 }, []),
      asked("no attestation where none is promised", none, [], optional),
    ],
    refused: [
      { ...asked("the first of two attestations is withheld", {}, [B]), code: "attestation-withheld" },
      { ...asked("the second of two attestations is withheld", {}, [A]), code: "attestation-withheld" },
      { ...asked("another attestation in its place", {}, [A, C]), code: "attestation-withheld" },
      { ...asked("nothing is served", {}, []), code: "attestation-withheld" },
      {
        ...asked("withheld where none is promised", {}, [A], optional),
        code: "attestation-withheld",
      },
      { ...asked("no attestation where one is promised", none, []), code: "promise-broken" },
      { ...asked("no publish attestation where one is promised", slsa, [B]), code: "promise-broken" },
      {
        ...asked("the first file after the promise", { ...none, firstEntry: 6 }, []),
        code: "promise-broken",
      },
    ],
  };
}
