// SPDX-License-Identifier: Apache-2.0
import {
  DETAIL_BYTES_MAX,
  DETAILS_BYTES_MAX,
  ENTRY_BYTES_MAX,
  encodeConfigRecord,
  encodeDetail,
  encodeDetailsFile,
  encodeEntry,
  encodeFileDetail,
  encodeFileMapRecord,
  encodeImportDetail,
  encodeIndexHeader,
  encodeKeyRecord,
  encodeMapProof,
  encodeObservedDetail,
  encodeProjectDetail,
  encodeProjectHeader,
  encodeProjectProof,
  encodeProjectStateFile,
  encodeStateLeaf,
  encodeStatement,
  encodeTextDetail,
  encodeTrust,
  encodeTrustDetail,
  jsonInput,
  PROJECT_PROOF_BYTES_MAX,
  parseConfigRecord,
  parseDetail,
  parseDetailsFile,
  parseEntry,
  parseFileDetail,
  parseFileMapRecord,
  parseImportDetail,
  parseIndexHeader,
  parseKeyRecord,
  parseMapProof,
  parseObservedDetail,
  parseProjectDetail,
  parseProjectHeader,
  parseProjectProof,
  parseProjectStateFile,
  parseStateLeaf,
  parseStatement,
  parseTextDetail,
  parseTrust,
  parseTrustDetail,
  STATE_BYTES_MAX,
  TRUST_BYTES_MAX,
} from "@countermark/formats";
import { sha256 } from "../../packages/verify/test/ledger/toy-ledger.ts";
import { canonical, stable } from "../oracles.ts";
import { vectors } from "../seeds.ts";
import { expectBytes, row, type Target } from "../target.ts";

const records = (inside: string) => (): readonly Uint8Array[] => vectors("records.json", inside, "hex");
const details = (): readonly Uint8Array[] => [
  ...vectors("details.json", "valid", "hex"),
  ...vectors("details.json", "invalid", "hex"),
];

export const LEDGER_TARGETS: readonly Target[] = [
  row({
    name: "entry",
    bytesMax: ENTRY_BYTES_MAX,
    seeds: () => vectors("statements.json", "", "leaf", "hex"),
    read: parseEntry,
    accepted: (entry, input) =>
      expectBytes(encodeEntry(entry.payload, entry), input, "an entry is what was read"),
  }),
  row({
    name: "statement",
    bytesMax: ENTRY_BYTES_MAX,
    seeds: () => [
      ...vectors("statements.json", "valid", "payload"),
      ...vectors("statements.json", "unknown", "payload"),
      ...vectors("statements.json", "invalidPayloads", "hex"),
    ],
    read: parseStatement,
    accepted: canonical(encodeStatement),
  }),
  row({
    name: "state-leaf",
    bytesMax: 1_024,
    seeds: () => [
      ...vectors("state-leaf.json", "valid", "text"),
      ...vectors("state-leaf.json", "invalid", "hex"),
    ],
    read: parseStateLeaf,
    accepted: canonical(encodeStateLeaf),
  }),
  row({
    name: "config-record",
    bytesMax: 4_096,
    seeds: records("config"),
    read: parseConfigRecord,
    accepted: canonical(encodeConfigRecord),
  }),
  row({
    name: "project-header",
    bytesMax: 1_024,
    seeds: records("projectHeader"),
    read: parseProjectHeader,
    accepted: canonical(encodeProjectHeader),
  }),
  row({
    name: "file-map-record",
    bytesMax: 4_096,
    seeds: () => [...records("file")(), ...records("release")()],
    read: parseFileMapRecord,
    accepted: canonical(encodeFileMapRecord),
  }),
  row({
    name: "index-header",
    bytesMax: 4_096,
    seeds: records("indexHeader"),
    read: parseIndexHeader,
    accepted: canonical(encodeIndexHeader),
  }),
  row({
    name: "key-record",
    bytesMax: 1_024,
    seeds: records("key"),
    read: parseKeyRecord,
    accepted: canonical(encodeKeyRecord),
  }),
  row({
    name: "detail",
    bytesMax: DETAIL_BYTES_MAX,
    seeds: details,
    read: parseDetail,
    accepted: ({ salt, value }, input) =>
      expectBytes(encodeDetail(salt, jsonInput(value)), input, "a detail is what was read"),
  }),
  row({
    name: "project-detail",
    bytesMax: DETAIL_BYTES_MAX,
    seeds: details,
    read: parseProjectDetail,
    accepted: (detail, input) =>
      expectBytes(
        encodeProjectDetail(input.subarray(0, 32), detail),
        input,
        "a project's detail is what was read",
      ),
  }),
  row({
    name: "file-detail",
    bytesMax: DETAIL_BYTES_MAX,
    seeds: details,
    read: parseFileDetail,
    accepted: (detail, input) =>
      expectBytes(encodeFileDetail(input.subarray(0, 32), detail), input, "a file's detail is what was read"),
  }),
  row({
    name: "import-detail",
    bytesMax: DETAIL_BYTES_MAX,
    seeds: details,
    read: parseImportDetail,
    accepted: (detail, input) =>
      expectBytes(
        encodeImportDetail(input.subarray(0, 32), detail),
        input,
        "an import's detail is what was read",
      ),
  }),
  row({
    name: "observed-detail",
    bytesMax: DETAIL_BYTES_MAX,
    seeds: details,
    read: parseObservedDetail,
    accepted: (detail, input) =>
      expectBytes(
        encodeObservedDetail(input.subarray(0, 32), detail),
        input,
        "an observation's detail is what was read",
      ),
  }),
  row({
    name: "text-detail",
    bytesMax: DETAIL_BYTES_MAX,
    seeds: details,
    read: parseTextDetail,
    accepted: (text, input) =>
      expectBytes(encodeTextDetail(input.subarray(0, 32), text), input, "a sentence is what was read"),
  }),
  row({
    name: "trust-detail",
    bytesMax: DETAIL_BYTES_MAX,
    seeds: details,
    read: parseTrustDetail,
    accepted: (value, input) =>
      expectBytes(encodeTrustDetail(input.subarray(0, 32), value), input, "a description is what was read"),
  }),
  row({
    name: "details-file",
    bytesMax: DETAILS_BYTES_MAX,
    seeds: () => vectors("details.json", "detailsFile", "hex"),
    read: parseDetailsFile,
    accepted: canonical(encodeDetailsFile),
  }),
  row({
    name: "map-proof",
    bytesMax: 300_000,
    seeds: () => vectors("map.json", "", "proof", "hex"),
    read: parseMapProof,
    accepted: canonical(encodeMapProof),
  }),
  row({
    name: "project-proof",
    bytesMax: PROJECT_PROOF_BYTES_MAX,
    seeds: () => vectors("project-proof.json", "accepted", "proof"),
    read: parseProjectProof,
    accepted: canonical(encodeProjectProof),
  }),
  row({
    name: "state-file",
    bytesMax: STATE_BYTES_MAX,
    seeds: () => vectors("project-proof.json", "stateFile", "hex"),
    read: parseProjectStateFile,
    accepted: canonical(encodeProjectStateFile),
  }),
  row({
    name: "trust",
    bytesMax: TRUST_BYTES_MAX,
    seeds: () => vectors("receipt.json", "", "trust"),
    read: (input) => parseTrust(input, sha256),
    accepted: stable(encodeTrust, (bytes) => parseTrust(bytes, sha256)),
  }),
];
