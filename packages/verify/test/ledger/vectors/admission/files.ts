// SPDX-License-Identifier: Apache-2.0
// Admission of attestations that come later, of what another index has, and of what is given back.
import {
  canonicalVersion,
  type Digest,
  EMPTY_CONFIG,
  encodeFileDetail,
  encodeHex,
  encodeImportDetail,
  encodeObservedDetail,
  encodePublisher,
  encodeTextDetail,
  type FileDetail,
  fileId,
  type ImportDetail,
  type ImportedItem,
  mapKey,
  NO_DIGEST,
  type ObservedDetail,
  type ObservedItem,
  parseVersion,
  publisherId,
  releaseId,
  utf8,
} from "@countermark/formats";
import { TOY_FILE } from "../../../support/toy-sigstore.ts";
import { METADATA, NOW, RECORD } from "../../admit-world.ts";
import {
  type Draft,
  digestOf,
  hashOf,
  I,
  K,
  L,
  OTHER_PRINCIPAL,
  rootSigned,
  sha256,
  type ToyLedger,
} from "../../toy-ledger.ts";
import type { Change } from "./worlds.ts";

export interface FileKindCase {
  readonly claim: string;
  readonly draft: Draft | ((ledger: ToyLedger) => Draft);
  readonly detail?: Uint8Array;
  readonly before?: (ledger: ToyLedger) => Promise<unknown>;
  readonly change?: Change;
  /** How many attestations were verified, or why it is not admitted. */
  readonly outcome: number | string;
}

const SALT = hashOf("publisher salt");
const PUBLISHER = publisherId(sha256, SALT, encodePublisher(RECORD));
const OTHER_RECORD = { ...RECORD, projectId: "1002" };
const OTHER_OPENING = { record: OTHER_RECORD, salt: hashOf("other") };
const OPENING = { record: RECORD, salt: SALT };
const FILE = fileId(sha256, K, TOY_FILE.filename);
const BYTES = encodeHex(TOY_FILE.sha256);
const DETAIL_SALT = hashOf("file kind detail");
const TEXT = encodeTextDetail(DETAIL_SALT, "why");
const NO_TEXT = hashOf("no JSON");

/** The cases, for the digest of the toy's attestation. */
export function fileKindCases(attestation: Digest): readonly FileKindCase[] {
  return [...attestedCases(attestation), ...importCases(), ...observedCases(), ...givenBackCases()];
}

function attestedCases(digest: Digest): readonly FileKindCase[] {
  const later = (changes: Partial<Extract<Draft, { kind: "file-attested" }>> = {}): Draft => ({
    kind: "file-attested",
    file: FILE,
    sha256: BYTES,
    attestations: [{ digest, predicate: "publish", publisher: PUBLISHER, time: NOW - 55 }],
    ...changes,
  });
  const detail = (changes: Partial<FileDetail> = {}): Uint8Array =>
    encodeFileDetail(DETAIL_SALT, {
      filename: TOY_FILE.filename,
      kind: "wheel",
      name: "sampleproject",
      publishers: [OPENING],
      requiresPython: null,
      uploader: null,
      version: "1.0.0",
      ...changes,
    });
  const plain = { plan: { statement: { attestations: [] } } } as const;
  const lost = (...digests: readonly string[]): Change => ({
    ...plain,
    evidence: (evidence) => {
      for (const item of digests) evidence.delete(item);
    },
  });
  const ask = (
    claim: string,
    outcome: number | string,
    changes: Partial<FileKindCase> = {},
  ): FileKindCase => ({ claim, draft: later(), detail: detail(), change: plain, outcome, ...changes });
  const stated = (changes: object): Draft =>
    later({
      attestations: [{ digest, predicate: "publish", publisher: PUBLISHER, time: NOW - 55, ...changes }],
    });
  return [
    ask("an attestation that comes later", 1),
    ask("a later attestation of a withdrawn blob", "file-missing", { change: lost(BYTES) }),
    ask("a later attestation that is not served", "evidence-missing", { change: lost(digest) }),
    ask("a later attestation under another file's name", "file-id-differs", {
      detail: detail({ filename: "sampleproject-1.0.0-py2-none-any.whl" }),
    }),
    ask("a later attestation under another release", "file-id-differs", {
      detail: detail({ version: "1.1" }),
    }),
    ask("a later attestation as another kind of file", "file-id-differs", {
      detail: detail({ kind: "sdist" }),
    }),
    ask("a later attestation by who is not opened", "opening-mismatch", {
      detail: detail({ publishers: [] }),
    }),
    ask("a later attestation that opens one too many", "opening-mismatch", {
      detail: detail({ publishers: [OPENING, OTHER_OPENING] }),
    }),
    ask("a later attestation by another publisher", "attestation-publisher", {
      draft: stated({ publisher: publisherId(sha256, OTHER_OPENING.salt, encodePublisher(OTHER_RECORD)) }),
      detail: detail({ publishers: [OTHER_OPENING] }),
    }),
    ask("a later attestation at another time", "attestation-signed-at", {
      draft: stated({ time: NOW - 54 }),
    }),
    ask("a later attestation as another predicate", "attestation-predicate", {
      draft: stated({ predicate: "slsa" }),
    }),
    ask("a later attestation without detail", "detail-missing", { draft: { ...later(), detail: null } }),
  ];
}

const NAME = "other-project";
const OTHER_K = mapKey(sha256, "pypi", NAME);
const SDIST = "other_project-1.0.0.tar.gz";
const WHEEL = "other_project-2.0.0-py3-none-any.whl";

function ids(filename: string, version: string): { readonly file: Digest; readonly release: Digest } {
  const release = releaseId(sha256, OTHER_K, parseVersion(version));
  return { file: fileId(sha256, OTHER_K, filename), release };
}

function ascending<T extends { readonly file: Digest }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.file < b.file ? -1 : 1));
}

async function openImports(ledger: ToyLedger): Promise<void> {
  const role = { kind: "index-role", project: I, log: L, role2: "index", import: "open", root: [] } as const;
  await ledger.add(rootSigned(ledger, role));
}

function importCases(): readonly FileKindCase[] {
  const known: ImportedItem = {
    ...ids(SDIST, "1.0.0"),
    metadata: encodeHex(sha256(METADATA)),
    open: false,
    sha256: BYTES,
    size: TOY_FILE.bytes.length,
    state: "published",
  };
  const burnt: ImportedItem = {
    ...ids(WHEEL, "2.0.0"),
    metadata: null,
    open: false,
    sha256: NO_DIGEST,
    size: 0,
    state: "withdrawn",
  };
  const files = [
    { filename: SDIST, publisher: "a claim", uploaded: 5, version: "v1.0.0" },
    { filename: WHEEL, publisher: null, uploaded: null, version: "2.0.0" },
  ];
  const detail = (changes: Partial<ImportDetail> = {}): Uint8Array =>
    encodeImportDetail(DETAIL_SALT, {
      files,
      name: "Other.Project",
      publishers: [OPENING],
      principals: [{ id: OTHER_PRINCIPAL, salt: hashOf("principal salt") }],
      ...changes,
    });
  const config = { ...EMPTY_CONFIG, publishers: [PUBLISHER], principals: [OTHER_PRINCIPAL] };
  const bring = (items: readonly ImportedItem[] = [known, burnt]): Draft => ({
    kind: "imported",
    config,
    items: ascending(items),
    project: OTHER_K,
  });
  const ask = (
    claim: string,
    outcome: number | string,
    changes: Partial<FileKindCase> = {},
  ): FileKindCase => ({ claim, draft: bring(), detail: detail(), before: openImports, outcome, ...changes });
  const served = (change: (evidence: Map<string, Uint8Array>) => void): Change => ({ evidence: change });
  const yanked = bring([{ ...known, state: "yanked" }, burnt]);
  const gone = served((evidence) => void evidence.delete(BYTES));
  return [
    ask("an import", 0),
    ask("an import without METADATA stated", 0, { draft: bring([{ ...known, metadata: null }, burnt]) }),
    ask("an import under another name", "name-differs", { detail: detail({ name: "another" }) }),
    ask("an import with another file's name", "items-differ", {
      detail: detail({
        files: [{ ...files[0], filename: "other_project-1.tar.gz" }, files[1]] as typeof files,
      }),
    }),
    ask("an import of another version", "file-id-differs", {
      detail: detail({ files: [{ ...files[0], version: "1.1" }, files[1]] as typeof files }),
    }),
    ask("an import of a burnt name of another version", "file-id-differs", {
      detail: detail({ files: [files[0], { ...files[1], version: "3" }] as typeof files }),
    }),
    ask("an import that does not name every file", "items-differ", {
      detail: detail({ files: files.slice(0, 1) }),
    }),
    ask("an import that names a file twice", "items-differ", {
      draft: bring([known]),
      detail: detail({ files: [files[0], files[0]] as typeof files }),
    }),
    ask("an import that names a file too many", "items-differ", { draft: bring([known]) }),
    ask("an import whose publisher is not opened", "opening-mismatch", {
      detail: detail({ publishers: [] }),
    }),
    ask("an import whose passkey has no salt", "opening-mismatch", { detail: detail({ principals: [] }) }),
    ask("an import whose publisher is opened as a passkey", "opening-mismatch", {
      detail: detail({
        publishers: [],
        principals: [
          { id: PUBLISHER, salt: SALT },
          { id: OTHER_PRINCIPAL, salt: SALT },
        ],
      }),
    }),
    ask("an import whose file is not there", "file-missing", { change: gone }),
    ask("an import whose yanked file is not there", "file-missing", { draft: yanked, change: gone }),
    ask("an import whose withdrawn file is not there", 0, {
      draft: bring([{ ...known, state: "withdrawn" }, burnt]),
      change: gone,
    }),
    ask("an import of other bytes", "digest-mismatch", {
      change: served((evidence) => void evidence.set(BYTES, utf8("other bytes"))),
    }),
    ask("an import of another size", "size-differs", { draft: bring([{ ...known, size: 5 }, burnt]) }),
    ask("an import of other METADATA", "metadata-differs", {
      draft: bring([{ ...known, metadata: digestOf("other") }, burnt]),
    }),
    ask("an import of a file without METADATA", "metadata-differs", { change: { plan: { metadata: null } } }),
    ask("an import without detail", "detail-missing", { draft: { ...bring(), detail: null } }),
    ...[0, 1].map((i) => {
      const two = ascending([known, { ...known, ...ids(WHEEL, "2.0.0") }]).map((item, place) =>
        place === i ? { ...item, sha256: digestOf("missing") } : item,
      );
      return ask(`an import whose ${["first", "last"][i]} file is not there`, "file-missing", {
        draft: bring(two),
      });
    }),
    ask("an import of more", 0, {
      draft: { ...bring(), config: null } as Draft,
      detail: detail({ publishers: [], principals: [] }),
    }),
  ];
}

function observedCases(): readonly FileKindCase[] {
  const provenance = utf8("the provenance");
  const digest = encodeHex(sha256(provenance));
  const seen: ObservedItem = {
    ...ids(SDIST, "1.0.0"),
    provenance: digest,
    seen: "published",
    sha256: BYTES,
    size: 9,
  };
  const other: ObservedItem = { ...seen, ...ids(WHEEL, "2.0.0"), provenance: null };
  const files = [
    { filename: SDIST, provenance: "https://other.example/provenance", version: "1.0.0" },
    { filename: WHEEL, provenance: null, version: canonicalVersion(parseVersion("2.0.0")) },
  ];
  const detail = (changes: Partial<ObservedDetail> = {}): Uint8Array =>
    encodeObservedDetail(DETAIL_SALT, { files, name: NAME, ...changes });
  const serve = (bytes: Uint8Array | null): Change => ({
    evidence: (evidence) => {
      evidence.delete(BYTES);
      if (bytes !== null) evidence.set(digest, bytes);
    },
  });
  const draft: Draft = {
    kind: "observed",
    role: "gate",
    items: ascending([seen, other]),
    project: OTHER_K,
  };
  const ask = (
    claim: string,
    outcome: number | string,
    changes: Partial<FileKindCase> = {},
  ): FileKindCase => ({ claim, draft, detail: detail(), change: serve(provenance), outcome, ...changes });
  return [
    ask("an observation", 0),
    ask("an observation under another name", "name-differs", { detail: detail({ name: "another" }) }),
    ask("an observation that does not name every file", "items-differ", {
      detail: detail({ files: files.slice(0, 1) }),
    }),
    ask("an observation whose provenance was not kept", "evidence-missing", { change: serve(null) }),
    ...[0, 1].map((i) => {
      const missing = digestOf("missing");
      const two = ascending([seen, { ...other, provenance: digest }]).map((item, place) =>
        place === i ? { ...item, provenance: missing } : item,
      );
      const claim = `an observation whose ${["first", "last"][i]} provenance was not kept`;
      return ask(claim, "evidence-missing", { draft: { ...draft, items: two } as Draft });
    }),
    ask("an observation with other provenance", "digest-mismatch", { change: serve(utf8("another")) }),
    ask("an observation without detail", "detail-missing", { draft: { ...draft, detail: null } }),
    ask("an observation with a sentence for a detail", "missing-field", { detail: TEXT }),
  ];
}

function givenBackCases(): readonly FileKindCase[] {
  const gone: Change = { evidence: (evidence) => void evidence.delete(BYTES) };
  const withdraw = async (ledger: ToyLedger): Promise<void> => {
    await ledger.add({ kind: "withdrawn", files: [FILE], reason: "malware" });
  };
  const amend = (ledger: ToyLedger): Draft =>
    rootSigned(ledger, { kind: "amended", from: 4, to: 4, root: [] });
  const nothing = (ledger: ToyLedger): Draft =>
    rootSigned(ledger, { kind: "amended", from: 0, to: 3, root: [] });
  const observe = async (ledger: ToyLedger): Promise<void> => {
    const become = {
      kind: "index-role",
      project: I,
      log: L,
      role2: "gate",
      import: "closed",
      root: [],
    } as const;
    await ledger.add(rootSigned(ledger, become));
    const seen = {
      ...ids(SDIST, "1.0.0"),
      provenance: null,
      seen: "published",
      sha256: BYTES,
      size: 9,
    } as const;
    const gate = { role: "gate", project: OTHER_K } as const;
    await ledger.add({ kind: "observed", items: [seen], ...gate });
    await ledger.add({ kind: "withdrawn", files: [seen.file], reason: "malware", ...gate });
  };
  const amendObserved = (ledger: ToyLedger): Draft =>
    rootSigned(ledger, {
      kind: "amended",
      from: 0,
      to: ledger.leaves.length - 1,
      root: [],
      role: "gate",
      project: OTHER_K,
    });
  const promoted: Draft = { kind: "promoted", files: [FILE] };
  const show: Draft = {
    kind: "release-published",
    release: digestOf("release"),
    files: [FILE],
    consent: { kind: "none" },
  };
  const erased: Draft = { kind: "detail-erased", details: [digestOf("d")], ground: "legal" };
  const closed: Draft = { kind: "release-closed", release: digestOf("release") };
  const reasons = [show, erased, closed, promoted, { kind: "import-closed", project: I, log: L } as const];
  return [
    { claim: "what is given back", draft: amend, before: withdraw, outcome: 0 },
    {
      claim: "what is given back and not there",
      draft: amend,
      before: withdraw,
      change: gone,
      outcome: "file-missing",
    },
    {
      claim: "an amendment that gives nothing back",
      draft: nothing,
      before: withdraw,
      change: gone,
      outcome: 0,
    },
    {
      claim: "an amendment with a reason that is no text",
      draft: amend,
      detail: NO_TEXT,
      outcome: "not-json",
    },
    {
      claim: "what was only observed, given back and not there",
      draft: amendObserved,
      before: observe,
      change: gone,
      outcome: 0,
    },
    { claim: "what is promoted", draft: promoted, outcome: 0 },
    { claim: "what is promoted and not there", draft: promoted, change: gone, outcome: "file-missing" },
    {
      claim: "what is promoted and withdrawn",
      draft: promoted,
      before: withdraw,
      change: gone,
      outcome: 0,
    },
    ...reasons.flatMap((draft): readonly FileKindCase[] => [
      { claim: `${draft.kind} with a reason`, draft, detail: TEXT, outcome: 0 },
      { claim: `${draft.kind} with a reason that is no text`, draft, detail: NO_TEXT, outcome: "not-json" },
    ]),
  ];
}
