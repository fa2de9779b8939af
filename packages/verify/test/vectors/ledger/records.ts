// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/records.json and vectors/ledger/details.json
import {
  detailCommitment,
  encodeConfigRecord,
  encodeFileMapRecord,
  encodeIndexHeader,
  encodeKeyRecord,
  encodeProjectHeader,
  encodePublisher,
  parseConfigRecord,
  parseDetailsFile,
  parseFileDetail,
  parseFileMapRecord,
  parseImportDetail,
  parseIndexHeader,
  parseKeyRecord,
  parseObservedDetail,
  parseProjectDetail,
  parseProjectHeader,
  parsePublisher,
  parseTextDetail,
  parseTrustDetail,
} from "@countermark/formats";
import { bytesOf, type Cases, gives, refuses } from "../case.ts";

export interface InvalidBytes {
  readonly name: string;
  readonly hex: string;
  readonly code: string;
}

interface RecordGroup {
  readonly valid: readonly { readonly name: string; readonly hex: string }[];
  readonly invalid: readonly InvalidBytes[];
}

/** Each reads a record and writes it again. */
const RECORDS: Readonly<Record<string, (input: Uint8Array) => Uint8Array>> = {
  config: (input) => encodeConfigRecord(parseConfigRecord(input)),
  projectHeader: (input) => encodeProjectHeader(parseProjectHeader(input)),
  file: (input) => encodeFileMapRecord(parseFileMapRecord(input)),
  release: (input) => encodeFileMapRecord(parseFileMapRecord(input)),
  indexHeader: (input) => encodeIndexHeader(parseIndexHeader(input)),
  key: (input) => encodeKeyRecord(parseKeyRecord(input)),
  publisher: (input) => encodePublisher(parsePublisher(input)),
};

export const recordCases: Cases = (file) =>
  Object.entries(file as Readonly<Record<string, RecordGroup>>).flatMap(([kind, { valid, invalid }]) => [
    ...valid.map(({ name, hex }) => gives(`${kind}: ${name}`, hex, () => RECORDS[kind]?.(bytesOf(hex)))),
    ...invalid.map(({ name, hex, code }) =>
      refuses(`${kind}: ${name}`, code, () => RECORDS[kind]?.(bytesOf(hex))),
    ),
  ]);

interface DetailsFile {
  readonly valid: readonly { readonly kind: string; readonly hex: string; readonly commitment: string }[];
  readonly invalid: readonly ({ readonly kind: string } & InvalidBytes)[];
  readonly detailsFile: { readonly hex: string; readonly count: number };
}

const DETAILS: Readonly<Record<string, (detail: Uint8Array) => unknown>> = {
  project: parseProjectDetail,
  file: parseFileDetail,
  import: parseImportDetail,
  observed: parseObservedDetail,
  text: parseTextDetail,
  trust: parseTrustDetail,
};

export const detailCases: Cases = (file, crypto) => {
  const { valid, invalid, detailsFile } = file as DetailsFile;
  return [
    ...valid.map(({ kind, hex, commitment }) =>
      gives(`${kind} detail`, commitment, () => {
        DETAILS[kind]?.(bytesOf(hex));
        return detailCommitment((bytes) => crypto.sha256(bytes), bytesOf(hex));
      }),
    ),
    ...invalid.map(({ kind, name, hex, code }) =>
      refuses(`${kind} detail: ${name}`, code, () => DETAILS[kind]?.(bytesOf(hex))),
    ),
    gives("details file", detailsFile.count, () => parseDetailsFile(bytesOf(detailsFile.hex)).length),
  ];
};
