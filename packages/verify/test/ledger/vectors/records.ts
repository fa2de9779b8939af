// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  detailCommitment,
  EMPTY_CONFIG,
  encodeConfigRecord,
  encodeDetailsFile,
  encodeFileDetail,
  encodeFileMapRecord,
  encodeHex,
  encodeImportDetail,
  encodeIndexHeader,
  encodeKeyRecord,
  encodeObservedDetail,
  encodeProjectDetail,
  encodeProjectHeader,
  encodePublisher,
  encodeTextDetail,
  encodeTrustDetail,
  type FileRecord,
  type IndexHeader,
  type ProjectHeader,
  utf8,
} from "@countermark/formats";
import { digestOf, hashOf, K, PRINCIPAL, PUBLISHER, sha256, V } from "../toy-ledger.ts";
import { PUBLISHER_EXAMPLE } from "./ids.ts";

export interface InvalidVector {
  readonly name: string;
  readonly hex: string;
  readonly code: string;
}

interface RecordVectors {
  readonly valid: readonly { readonly name: string; readonly hex: string }[];
  readonly invalid: readonly InvalidVector[];
}

const CONFIG: ConfigRecord = {
  policy: { uploads: "publisher", attestations: "required", release: "staged-passkey", closeDays: 365 },
  publishers: [digestOf("a"), digestOf("b"), PUBLISHER].sort(),
  principals: [PRINCIPAL],
};

const HEADER: ProjectHeader = {
  status: "deprecated",
  how: "imported",
  firstEntry: 2,
  lastEntry: 9_007_199_254_740_000,
  rules: 1,
  firstFile: 0,
  serial: 7,
  current: digestOf("current"),
  currentSince: 6,
  base: digestOf("base"),
  baseSince: 2,
  pending: digestOf("pending"),
  asked: 8,
  way: "root",
  frozen: 5,
  recovered: null,
  attested: 3,
};

export const FILE_RECORD: FileRecord = {
  kind: "file",
  state: "yanked",
  prior: "published",
  how: "uploaded",
  uploader: "publisher",
  reason: "mistake",
  observedOtherDigest: false,
  sha256: digestOf("file"),
  size: 2 ** 40,
  metadata: digestOf("metadata"),
  release: V,
  firstDetail: digestOf("first detail"),
  lastDetail: null,
  publisher: PUBLISHER,
  firstEntry: 3,
  lastEntry: 4,
  time: 1_790_000_000,
  serial: 1,
  attestations: [
    { predicate: "publish", digest: digestOf("attestation"), publisher: PUBLISHER, entry: 3 },
    { predicate: "slsa", digest: digestOf("provenance"), publisher: PUBLISHER, entry: 3 },
  ],
};

const INDEX_HEADER: IndexHeader = {
  role: "index",
  import: "closed",
  end: "running",
  rules: 1,
  nextRules: null,
  announced: null,
  rootVersion: 1,
  targetsVersion: 3,
  trust: digestOf("trust"),
  webOrigin: "https://index.example.com",
  rpIdHash: digestOf("index.example.com"),
  threshold: 2,
  rootKeys: [digestOf("root a"), digestOf("root b")].sort(),
  countersign: [digestOf("key")],
};

/** vectors/ledger/records.json */
export function recordVectors(): Readonly<Record<string, RecordVectors>> {
  const config = encodeConfigRecord(CONFIG);
  const header = encodeProjectHeader(HEADER);
  const file = encodeFileMapRecord(FILE_RECORD);
  const release = encodeFileMapRecord({
    kind: "release",
    state: "closed",
    firstEntry: 3,
    closed: 9,
    files: 2,
  });
  const index = encodeIndexHeader(INDEX_HEADER);
  const key = encodeKeyRecord({ algorithm: "ES256", key: new Uint8Array(64).fill(0x11) });
  const publisher = encodePublisher(PUBLISHER_EXAMPLE);
  return {
    config: {
      valid: [named("full", config), named("empty", encodeConfigRecord(EMPTY_CONFIG))],
      invalid: [
        ...framing(config),
        bad("another version", set(config, 0, 2), "unsupported"),
        bad("another policy version", set(config, 1, 2), "unsupported"),
        bad("uploads without meaning", set(config, 2, 2), "out-of-range"),
        bad("release without meaning", set(config, 4, 3), "out-of-range"),
        bad("closeDays 0", set(set(config, 5, 0), 6, 0), "out-of-range"),
        bad("closeDays 366", set(set(config, 5, 1), 6, 110), "out-of-range"),
        bad("33 publishers", set(config, 7, 33), "too-many"),
        bad("publishers not ascending", swapDigests(config, 8), "not-canonical"),
        bad("a publisher twice", repeatDigest(config, 8), "not-canonical"),
      ],
    },
    projectHeader: {
      valid: [
        named("everything pending", header),
        named("nothing pending", encodeProjectHeader({ ...HEADER, pending: null, asked: null, way: "none" })),
      ],
      invalid: [
        ...framing(header),
        bad("an index header", set(header, 0, 2), "unsupported"),
        bad("status without meaning", set(header, 1, 5), "out-of-range"),
        bad("how 0", set(header, 2, 0), "out-of-range"),
        bad("way without meaning", set(header, 159, 6), "out-of-range"),
        bad("pending in no way", set(header, 159, 0), "not-canonical"),
        bad("an index above 2^53-1", set(header, 3, 1), "out-of-range"),
      ],
    },
    file: {
      valid: [
        named("two attestations", file),
        named("none", encodeFileMapRecord({ ...FILE_RECORD, attestations: [] })),
      ],
      invalid: [
        ...framing(file),
        bad("state 0", set(file, 1, 0), "out-of-range"),
        bad("prior state without meaning", set(file, 2, 5), "out-of-range"),
        bad("how 0", set(file, 3, 0), "out-of-range"),
        bad("uploader without meaning", set(file, 4, 3), "out-of-range"),
        bad("reason without meaning", set(file, 5, 8), "out-of-range"),
        bad("an unknown flag", set(file, 6, 2), "out-of-range"),
        bad("nine attestations", set(file, 239, 9), "too-many"),
        bad("predicate 0", set(file, 240, 0), "out-of-range"),
      ],
    },
    release: {
      valid: [named("closed", release)],
      invalid: [
        ...framing(release),
        bad("state 0", set(release, 1, 0), "out-of-range"),
        bad("open, yet closed by an entry", set(release, 1, 1), "not-canonical"),
      ],
    },
    indexHeader: {
      valid: [named("index", index)],
      invalid: [
        ...framing(index),
        bad("role 0", set(index, 1, 0), "out-of-range"),
        bad("end without meaning", set(index, 3, 3), "out-of-range"),
        bad("threshold 0", set(index, 118, 0), "out-of-range"),
        bad("threshold above the keys", set(index, 118, 3), "out-of-range"),
        bad("root keys not ascending", swapDigests(index, 120), "not-canonical"),
      ],
    },
    key: {
      valid: [
        named("ES256", key),
        named("Ed25519", encodeKeyRecord({ algorithm: "Ed25519", key: new Uint8Array(32) })),
      ],
      invalid: [...framing(key), bad("algorithm 0", set(key, 1, 0), "out-of-range")],
    },
    publisher: {
      valid: [named("the example", publisher)],
      invalid: [
        bad("a space", utf8(`${text(publisher).slice(0, -1)} }`), "not-canonical"),
        bad("a member missing", utf8(text(publisher).replace('"subject":null,', "")), "missing-field"),
        bad("a member too many", utf8(text(publisher).replace('"v":1', '"ref":null,"v":1')), "unknown-field"),
        bad("version 2", utf8(text(publisher).replace('"v":1', '"v":2')), "out-of-range"),
        bad("an id that is a number", utf8(text(publisher).replace('"6571234"', "6571234")), "wrong-type"),
        bad("an id with a space", utf8(text(publisher).replace("6571234", "657 234")), "malformed"),
      ],
    },
  };
}

/** vectors/ledger/details.json */
export function detailVectors() {
  const salt = hashOf("detail salt");
  const opening = { record: PUBLISHER_EXAMPLE, salt: hashOf("publisher salt") };
  const project = encodeProjectDetail(salt, {
    name: "Sample.Project",
    publishers: [opening],
    principals: [{ id: PRINCIPAL, salt: hashOf("principal salt") }],
    reason: null,
  });
  const file = encodeFileDetail(salt, {
    filename: "sampleproject-4.0.0-py3-none-any.whl",
    kind: "wheel",
    name: "sampleproject",
    publishers: [opening],
    requiresPython: ">=3.9",
    uploader: null,
    version: "4.0.0",
  });
  const [filename, version] = ["sampleproject-4.0.0.tar.gz", "4.0.0"];
  const imported = encodeImportDetail(salt, {
    files: [
      { filename, publisher: null, uploaded: null, version },
      {
        filename: "sampleproject-3.0.0.tar.gz",
        publisher: "example",
        uploaded: 1_790_000_000,
        version: "3.0.0",
      },
    ],
    name: "sampleproject",
    principals: [],
    publishers: [opening],
  });
  const observed = encodeObservedDetail(salt, {
    files: [
      { filename, provenance: null, version },
      { filename, provenance: "https://index.example/integrity/provenance", version },
    ],
    name: "sampleproject",
  });
  const sentence = encodeTextDetail(salt, "Gebäude brennt");
  const trust = encodeTrustDetail(salt, {
    description: '{"amendments":[]}\n',
    text: "the keys of this year",
  });
  const details = [project, file, sentence, imported, observed, trust];
  const broken = text(sentence.subarray(32));
  const withSalt = (json: string): Uint8Array => new Uint8Array([...salt, ...utf8(json)]);
  return {
    valid: (["project", "file", "text", "import", "observed", "trust"] as const).map((kind, i) => {
      const bytes = details[i] ?? new Uint8Array();
      return { kind, hex: encodeHex(bytes), commitment: detailCommitment(sha256, bytes) };
    }),
    invalid: [
      {
        kind: "trust",
        ...bad("a description that is no text", withSalt('{"description":{},"text":""}'), "wrong-type"),
      },
      { kind: "trust", ...bad("no description", withSalt('{"text":""}'), "missing-field") },
      { kind: "text", ...bad("shorter than a salt", salt.subarray(1), "truncated") },
      { kind: "text", ...bad("a space", withSalt(`${broken} `), "not-canonical") },
      { kind: "text", ...bad("a member too many", withSalt('{"other":1,"text":"x"}'), "unknown-field") },
      { kind: "text", ...bad("a member twice", withSalt('{"text":"x","text":"x"}'), "duplicate-key") },
      { kind: "text", ...bad("not JSON", withSalt('{"text"}'), "not-json") },
      {
        kind: "file",
        ...bad(
          "another kind of file",
          withSalt(text(file.subarray(32)).replace("wheel", "egg")),
          "unsupported",
        ),
      },
      {
        kind: "import",
        ...bad(
          "a time that is no number",
          withSalt(text(imported.subarray(32)).replace('"uploaded":null', '"uploaded":"none"')),
          "wrong-type",
        ),
      },
      {
        kind: "import",
        ...bad(
          "a claim of 1,025 characters",
          withSalt(text(imported.subarray(32)).replace('"example"', `"${"x".repeat(1_025)}"`)),
          "too-large",
        ),
      },
      {
        kind: "observed",
        ...bad(
          "a file too much of",
          withSalt(text(observed.subarray(32)).replace('"version"', '"uploaded":null,"version"')),
          "unknown-field",
        ),
      },
    ],
    detailsFile: { hex: encodeHex(encodeDetailsFile(details)), count: details.length },
    key: K,
  };
}

export function bad(name: string, bytes: Uint8Array, code: string): InvalidVector {
  return { name, hex: encodeHex(bytes), code };
}

function named(name: string, bytes: Uint8Array): { readonly name: string; readonly hex: string } {
  return { name, hex: encodeHex(bytes) };
}

/** What is wrong with any fixed layout that ends early or late. */
function framing(bytes: Uint8Array): InvalidVector[] {
  return [
    bad("a byte missing", bytes.subarray(0, -1), "truncated"),
    bad("a byte too many", new Uint8Array([...bytes, 0]), "trailing-data"),
  ];
}

export function set(bytes: Uint8Array, offset: number, value: number): Uint8Array {
  return bytes.with(offset, value);
}

function swapDigests(bytes: Uint8Array, offset: number): Uint8Array {
  const swapped = new Uint8Array(bytes);
  swapped.set(bytes.subarray(offset + 32, offset + 64), offset);
  swapped.set(bytes.subarray(offset, offset + 32), offset + 32);
  return swapped;
}

function repeatDigest(bytes: Uint8Array, offset: number): Uint8Array {
  const repeated = new Uint8Array(bytes);
  repeated.set(bytes.subarray(offset, offset + 32), offset + 32);
  return repeated;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
