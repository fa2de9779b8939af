// SPDX-License-Identifier: Apache-2.0
import {
  concatAll,
  DETAILS_BYTES_MAX,
  type Digest,
  detailsByCommitment,
  encodeHex,
  type FileDetail,
  type FileRecord,
  fileId,
  mapKey,
  normalizeProjectName,
  openedPublisherId,
  ParseError,
  PROJECT_PROOF_BYTES_MAX,
  type PublisherOpening,
  type PublisherRecord,
  parseDetailsFile,
  parseFileDetail,
  parseProjectDetail,
  parseSimplePage,
  parseTrust,
  SIMPLE_JSON_TYPE,
  SIMPLE_PAGE_BYTES_MAX,
  STATE_BYTES_MAX,
  TLOG_PROOF_BYTES_MAX,
  TRUST_BYTES_MAX,
  type TrustDescription,
} from "@countermark/formats";
import {
  type LedgerHead,
  type LoggedFile,
  type ProjectRecords,
  verifyProjectProof,
  verifyReceipt,
  verifyStateFile,
} from "@countermark/verify";
import { compareList, type ListDifference } from "./compare-list.ts";
import { browserCrypto } from "./port.ts";

/** The trust description of the index that serves this page: nobody pinned it. */
export type OwnTrust = { readonly trust: TrustDescription; readonly sha256: Digest };

/** One file as the ledger has it; names are null where the index serves no detail for it. */
export type LedgerFile = {
  readonly id: Digest;
  readonly record: FileRecord;
  readonly detail: FileDetail | null;
  /** Who uploaded it, and who attested it: null where the opening is not served. */
  readonly publisher: PublisherRecord | null;
  readonly attesters: readonly (PublisherRecord | null)[];
};

export type ProjectEvidence = {
  readonly own: OwnTrust;
  readonly head: LedgerHead;
  /** Null: it is proved that there is no such project. */
  readonly project: {
    readonly records: ProjectRecords;
    readonly files: readonly LedgerFile[];
    /** Who may publish; null where the opening is not served. */
    readonly publishers: readonly (PublisherRecord | null)[];
    /** Where the list that installers get differs from the ledger. */
    readonly differences: readonly ListDifference[];
  } | null;
};

/** The index answered with an HTTP status that is no success. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  readonly status: number;

  constructor(path: string, status: number) {
    super(`The index answered ${path} with status ${status}`);
    this.status = status;
  }
}

/**
 * Fetches what the index says about a project and checks it: head, map proof, state, details.
 *
 * @throws FetchError, ParseError, VerifyError
 */
export async function loadProject(name: string, now: number): Promise<ProjectEvidence> {
  const own = await loadTrust();
  const key = mapKey(browserCrypto.sha256, own.trust.ecosystem, normalizeProjectName(name));
  const proof = await fetchBytes(`/map/latest/${key}`, PROJECT_PROOF_BYTES_MAX);
  const { head, value } = await verifyProjectProof(proof, { name, trust: own.trust, now }, browserCrypto);
  if (value === null) return { own, head, project: null };
  const state = await fetchBytes(`/state/sha256/${value}`, STATE_BYTES_MAX);
  const records = verifyStateFile(state, value, browserCrypto.sha256);
  const bytes = await fetchBytes(`/details/sha256/${value}`, DETAILS_BYTES_MAX);
  const details = detailsByCommitment(browserCrypto.sha256, parseDetailsFile(bytes));
  const openings = openingsIn(details);
  const files = [...records.files].map(([id, record]) => readFile({ key, id, record }, details, openings));
  const publishers = records.current.publishers.map((id) => openings.get(id) ?? null);
  const differences = await loadDifferences(normalizeProjectName(name), { key, records, files });
  return { own, head, project: { records, files, publishers, differences } };
}

/** Fetches a file's receipt and checks it. @throws FetchError, ParseError, VerifyError */
export async function loadReceipt(file: LedgerFile, own: OwnTrust, now: number): Promise<LoggedFile> {
  const { sha256 } = file.record;
  const name = encodeURIComponent(file.detail?.filename ?? "");
  const bytes = await fetchBytes(`/receipt/${sha256}/${name}.tlog-proof`, TLOG_PROOF_BYTES_MAX);
  return await verifyReceipt(bytes, { fileSha256: sha256, trust: own.trust, now }, browserCrypto);
}

async function loadDifferences(
  normalizedName: string,
  project: { readonly key: Digest; readonly records: ProjectRecords; readonly files: readonly LedgerFile[] },
): Promise<readonly ListDifference[]> {
  const { key, records, files } = project;
  // A quarantine hides every file; the ledger keeps their records.
  if (records.header.status === "quarantined") return [];
  const path = `/simple/${normalizedName}/`;
  const page = parseSimplePage(await fetchBytes(path, SIMPLE_PAGE_BYTES_MAX, SIMPLE_JSON_TYPE));
  const logged = new Map<string, FileRecord>();
  for (const { detail, record } of files) if (detail !== null) logged.set(detail.filename, record);
  // The list's own names are looked up too: a detail that is not served takes away a name, not the record.
  for (const { filename } of page.files) {
    const record = records.files.get(fileId(browserCrypto.sha256, key, filename));
    if (record !== undefined) logged.set(filename, record);
  }
  return compareList(page, logged);
}

async function loadTrust(): Promise<OwnTrust> {
  const bytes = await fetchBytes("/trust.json", TRUST_BYTES_MAX);
  const sha256 = encodeHex(browserCrypto.sha256(bytes));
  return { trust: parseTrust(bytes, browserCrypto.sha256), sha256 };
}

function readFile(
  found: { readonly key: Digest; readonly id: Digest; readonly record: FileRecord },
  details: ReadonlyMap<Digest, Uint8Array>,
  openings: ReadonlyMap<Digest, PublisherRecord>,
): LedgerFile {
  const { key, id, record } = found;
  const bytes = record.firstDetail === null ? undefined : details.get(record.firstDetail);
  const detail = bytes === undefined ? null : orNull(() => parseFileDetail(bytes));
  // A name is shown only where it opens the id under which the record is kept.
  const isNamed = detail !== null && fileId(browserCrypto.sha256, key, detail.filename) === id;
  const opened = (publisher: Digest | null) =>
    publisher === null ? null : (openings.get(publisher) ?? null);
  return {
    id,
    record,
    detail: isNamed ? detail : null,
    publisher: opened(record.publisher),
    attesters: record.attestations.map((attestation) => opened(attestation.publisher)),
  };
}

/** Every publisher that some detail opens, by its id: what a detail calls a publisher is hashed, never taken at its word. */
function openingsIn(details: ReadonlyMap<Digest, Uint8Array>): ReadonlyMap<Digest, PublisherRecord> {
  const openings = new Map<Digest, PublisherRecord>();
  for (const bytes of details.values()) {
    for (const opening of publishersOf(bytes)) {
      openings.set(openedPublisherId(browserCrypto.sha256, opening), opening.record);
    }
  }
  return openings;
}

/** Details are of several kinds; those that name publishers are told apart by their members. */
function publishersOf(detail: Uint8Array): readonly PublisherOpening[] {
  const file = orNull(() => parseFileDetail(detail));
  const project = file ?? orNull(() => parseProjectDetail(detail));
  return project?.publishers ?? [];
}

/** Null where the bytes are not what was looked for: one odd detail must not hide the rest. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** A path of this index, up to a limit. @throws FetchError */
async function fetchBytes(path: string, bytesMax: number, accept = "*/*"): Promise<Uint8Array> {
  const response = await fetch(path, { credentials: "omit", redirect: "error", headers: { accept } });
  if (!response.ok || response.body === null) throw new FetchError(path, response.status);
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > bytesMax) {
      await reader.cancel();
      throw new ParseError("too-large", `Cannot read ${path}: more than ${bytesMax} bytes`);
    }
    parts.push(part.value);
  }
  return concatAll(parts);
}
