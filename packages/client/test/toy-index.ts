// SPDX-License-Identifier: Apache-2.0
import {
  type Attestation,
  attestationDigest,
  type ConfigRecord,
  configId,
  type Digest,
  detailCommitment,
  encodeCheckpoint,
  encodeConfigRecord,
  encodeDetailsFile,
  encodeFileDetail,
  encodeFileMapRecord,
  encodeHex,
  encodeMapProof,
  encodeNote,
  encodeProjectHeader,
  encodeProjectProof,
  encodeProjectStateFile,
  encodeProvenance,
  encodePublisher,
  encodeSimplePageJson,
  encodeStateLeaf,
  type FileRecord,
  fileId,
  fileValue,
  inclusionRanges,
  leafHash,
  MerkleMap,
  mapKey,
  type Predicate,
  type ProjectHeader,
  type ProjectStateFile,
  type PublisherRecord,
  parseDistributionFilename,
  parsePolicy,
  parseVersion,
  projectValue,
  publisherId,
  releaseId,
  type SimpleFile,
  treeRoot,
  utf8,
} from "@countermark/formats";
import { createCosigner, createEd25519, createNoteSigner, nodeCrypto } from "@countermark/log";
import { type PreparedTrustedRoot, RULES_VERSION, type Verified } from "@countermark/verify";
import type { Trust } from "../src/trust/read-trust.ts";
import type { Fetch } from "../src/world.ts";

const { sha256 } = nodeCrypto;
const SALT = new Uint8Array(32).fill(7);
const ZERO = "0".repeat(64);

export const TOY_URL = "https://index.test";
export const TOY_ORIGIN = "index.test/ledger";
export const TOY_PROJECT = "sampleproject";

export type ToyFile = {
  readonly filename: string;
  readonly bytes: Uint8Array;
  readonly publisher?: PublisherRecord;
  readonly attestations?: readonly Attestation[];
  /** What the ledger records them as: "publish" by default. */
  readonly predicate?: Predicate;
  readonly metadata?: Uint8Array;
  readonly requiresPython?: string;
  readonly state?: FileRecord["state"];
  readonly firstEntry?: number;
};

/** What the index does otherwise than its ledger says. */
export type ToyLies = {
  bytes?: Uint8Array;
  metadata?: Uint8Array;
  attestations?: readonly Attestation[];
  /** Filenames that the page leaves out, and adds. */
  omit?: string;
  add?: string;
  /** Serves the head of this size again. */
  size?: number;
  /** Another tree of the same size. */
  fork?: boolean;
  /** Unix seconds that the cosigners write: now by default. */
  cosignedAt?: number;
  /** Cosigners that sign: both by default. */
  cosigners?: readonly ("witness" | "auditor")[];
};

export type ToyIndex = {
  readonly fetch: Fetch;
  readonly trust: Trust;
  readonly lies: ToyLies;
  readonly requests: string[];
  /** Seals a head in which the project has these files. */
  seal(files: readonly ToyFile[], changes?: Partial<ProjectHeader>, config?: ConfigRecord): void;
};

const OPEN_CONFIG: ConfigRecord = {
  policy: { uploads: "any", attestations: "optional", release: "direct", closeDays: null },
  publishers: [],
  principals: [],
};

type Head = {
  readonly leaves: readonly Uint8Array[];
  readonly state: ProjectStateFile;
  readonly files: readonly ToyFile[];
};

/** An index with one project, whose ledger says what a test wants; nothing of it is checked by rules. */
export function createToyIndex(now: () => number, sigstore: Verified<PreparedTrustedRoot>): ToyIndex {
  const log = createNoteSigner(TOY_ORIGIN, createEd25519());
  const cosigners = {
    witness: createCosigner("witness.test", createEd25519()),
    auditor: createCosigner("auditor.test", createEd25519()),
  };
  const policyText =
    `log ${log.vkey.text}\nwitness w ${cosigners.witness.vkey.text}\nwitness a ${cosigners.auditor.vkey.text}\n` +
    "group all 1 w a\nquorum all\n";
  const heads: Head[] = [];
  const lies: ToyLies = {};
  const requests: string[] = [];
  const key = mapKey(sha256, "pypi", TOY_PROJECT);
  const newest = (): Head => {
    const head =
      lies.size === undefined ? heads.at(-1) : heads.find(({ leaves }) => leaves.length === lies.size);
    if (head === undefined) throw new Error("no head was sealed");
    return head;
  };
  const sign = (leaves: readonly Uint8Array[]) => {
    const root = treeRoot(
      sha256,
      leaves.map((leaf) => leafHash(sha256, leaf)),
    );
    const text = encodeCheckpoint({ origin: TOY_ORIGIN, size: leaves.length, root, extensions: [] });
    const lines = (lies.cosigners ?? ["witness", "auditor"]).map((name) =>
      cosigners[name].cosign(text, lies.cosignedAt ?? now()),
    );
    return encodeNote({ text, signatures: [log.sign(text), ...lines] });
  };
  const proof = (asked: Digest) => {
    const head = newest();
    const leaves = lies.fork ? [utf8("{fork}"), ...head.leaves.slice(1)] : head.leaves;
    const map = MerkleMap.empty<Digest>(sha256, (value) => value).set(key, projectValue(sha256, head.state));
    const hashes = leaves.map((leaf) => leafHash(sha256, leaf));
    return encodeProjectProof({
      checkpoint: sign(leaves),
      stateLeaf: leaves.at(-1) ?? new Uint8Array(),
      inclusion: inclusionRanges(leaves.length - 1, leaves.length).map(({ start, end }) =>
        treeRoot(sha256, hashes.slice(start, end)),
      ),
      mapProof: encodeMapProof(map.prove(asked)),
    });
  };
  const answer = (path: string): Uint8Array | null => {
    const [kind = "", second = "", third = "", fourth = ""] = path.split("/");
    const head = newest();
    if (kind === "map") return proof(third);
    if (kind === "state")
      return third === projectValue(sha256, head.state) ? encodeProjectStateFile(head.state) : null;
    if (kind === "details") return encodeDetailsFile(head.files.map((file) => detailOf(file)));
    if (kind === "simple") return second === TOY_PROJECT ? pageOf(head.files, lies) : null;
    if (kind === "integrity") return provenanceOf(head.files, fourth, lies);
    if (kind === "tile") return tileOf(heads.at(-1)?.leaves ?? [], path);
    const file = head.files.find(({ filename }) => filename === second.replace(/\.metadata$/, ""));
    if (kind !== "files" || file === undefined) return null;
    return second.endsWith(".metadata")
      ? (lies.metadata ?? file.metadata ?? null)
      : (lies.bytes ?? file.bytes);
  };
  return {
    lies,
    requests,
    trust: {
      sha256: ZERO,
      sigstore,
      description: {
        ecosystem: "pypi",
        ledger: [
          {
            from: 0,
            to: null,
            origin: TOY_ORIGIN,
            vkeys: [log.vkey],
            policy: parsePolicy(policyText, sha256),
            policyText,
            lastHonest: null,
            auditors: ["a"],
          },
        ],
        countersign: [],
        floor: null,
        limits: { Y: 60, Zwarn: 3_600, Zrefuse: 86_400 },
        sigstore: { rootVersion: 1, rootSha256: ZERO },
      },
    },
    fetch: async (url) => {
      const path = url.slice(TOY_URL.length + 1);
      requests.push(path);
      const body = answer(path);
      return body === null ? new Response("no", { status: 404 }) : new Response(new Uint8Array(body));
    },
    seal: (files, changes = {}, config = OPEN_CONFIG) => {
      const before = heads.at(-1)?.leaves ?? [utf8("{genesis}"), utf8("{created}")];
      const state = stateOf(key, files, changes, config);
      const map = MerkleMap.empty<Digest>(sha256, (value) => value).set(key, projectValue(sha256, state));
      const leaf = encodeStateLeaf({
        origin: TOY_ORIGIN,
        index: before.length,
        prev: heads.length === 0 ? null : before.length - 1,
        map: map.commitment(),
        projects: 1,
        // Sealed a while before its cosigners, whose clocks the tests turn back, saw it.
        time: now() - 900,
        rules: RULES_VERSION,
        rootVersion: 1,
        targetsVersion: 1,
        anchor: heads.length === 0 ? null : { size: before.length, note: ZERO, tLo: now(), tHi: now() },
      });
      heads.push({ leaves: [...before, leaf], state, files });
    },
  };
}

function detailOf(file: ToyFile): Uint8Array {
  const { name, version, kind } = parseDistributionFilename(file.filename);
  return encodeFileDetail(SALT, {
    filename: file.filename,
    kind,
    name,
    publishers: file.publisher === undefined ? [] : [{ record: file.publisher, salt: SALT }],
    requiresPython: file.requiresPython ?? null,
    uploader: null,
    version,
  });
}

function recordOf(key: Digest, file: ToyFile): FileRecord {
  const { version } = parseDistributionFilename(file.filename);
  const publisher =
    file.publisher === undefined ? null : publisherId(sha256, SALT, encodePublisher(file.publisher));
  const entry = file.firstEntry ?? 1;
  const detail = detailCommitment(sha256, detailOf(file));
  return {
    kind: "file",
    state: file.state ?? "published",
    prior: "none",
    how: "uploaded",
    uploader: publisher === null ? "token" : "publisher",
    reason: file.state === "yanked" ? "owner" : "none",
    observedOtherDigest: false,
    sha256: encodeHex(sha256(file.bytes)),
    size: file.bytes.length,
    metadata: file.metadata === undefined ? null : encodeHex(sha256(file.metadata)),
    release: releaseId(sha256, key, parseVersion(version)),
    firstDetail: detail,
    lastDetail: detail,
    publisher,
    firstEntry: entry,
    lastEntry: entry,
    time: 1_772_366_400,
    serial: 0,
    attestations: (file.attestations ?? []).map((attestation) => ({
      predicate: file.predicate ?? "publish",
      digest: encodeHex(attestationDigest(sha256, attestation)),
      publisher: publisher ?? ZERO,
      entry,
    })),
  };
}

function stateOf(
  key: Digest,
  files: readonly ToyFile[],
  changes: Partial<ProjectHeader>,
  config: ConfigRecord,
): ProjectStateFile {
  const configBytes = encodeConfigRecord(config);
  const id = configId(sha256, configBytes);
  const isAsked = (changes.asked ?? null) !== null;
  const header: ProjectHeader = {
    status: "active",
    how: "created",
    firstEntry: 1,
    lastEntry: 1,
    rules: RULES_VERSION,
    firstFile: 1,
    serial: 1,
    current: id,
    currentSince: 1,
    base: id,
    baseSince: 1,
    pending: isAsked ? id : null,
    asked: null,
    way: "none",
    frozen: null,
    recovered: null,
    attested: null,
    ...changes,
  };
  const records = files
    .map((file) => [fileId(sha256, key, file.filename), encodeFileMapRecord(recordOf(key, file))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  let map = MerkleMap.empty<Uint8Array>(sha256, (record) => fileValue(sha256, record));
  for (const [id, record] of records) map = map.set(id, record);
  return {
    header: encodeProjectHeader(header),
    files: map.commitment(),
    historyCount: 1,
    historyRoot: ZERO,
    current: configBytes,
    base: configBytes,
    pending: isAsked ? configBytes : null,
    records,
  };
}

function pageOf(files: readonly ToyFile[], lies: ToyLies): Uint8Array {
  const names = files.map(({ filename }) => filename).filter((name) => name !== lies.omit);
  if (lies.add !== undefined) names.push(lies.add);
  // What the index says of a file beside its name and place is of no consequence.
  const listed = names.map((filename): SimpleFile => {
    const claims = {
      requiresPython: "<3",
      size: 1,
      uploadTime: null,
      yanked: "",
      coreMetadata: false,
      provenance: null,
    } as const;
    return { filename, url: `/files/${filename}`, sha256: "ff".repeat(32), ...claims };
  });
  return encodeSimplePageJson({ name: TOY_PROJECT, status: "archived", versions: [], files: listed });
}

function provenanceOf(files: readonly ToyFile[], filename: string, lies: ToyLies): Uint8Array | null {
  const file = files.find((file) => file.filename === filename);
  const attestations = lies.attestations ?? file?.attestations ?? [];
  if (attestations.length === 0) return null;
  return encodeProvenance({
    bundles: [{ publisher: { kind: "GitHub", json: { kind: "GitHub" } }, attestations }],
  });
}

/** The one partial tile of a tree below 256 leaves. */
function tileOf(leaves: readonly Uint8Array[], path: string): Uint8Array | null {
  const width = Number(/^tile\/0\/000\.p\/(\d+)$/.exec(path)?.[1] ?? 0);
  return width === 0 ? null : Buffer.concat(leaves.slice(0, width).map((leaf) => leafHash(sha256, leaf)));
}
