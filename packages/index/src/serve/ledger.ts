// SPDX-License-Identifier: Apache-2.0
import {
  type Digest,
  encodeDetailsFile,
  encodeMapProof,
  encodeProjectProof,
  encodeProjectStateFile,
  encodeReceipt,
  fileId,
  ParseError,
  PROJECT_PROOF_TYPE,
  parseDistributionFilename,
  parseHex,
} from "@countermark/formats";
import { type LogReader, nodeCrypto, releasedPathOf, type Storage } from "@countermark/log";
import { findFile, findProject, projectStateFile } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import type { FoundProject, ReleasedHead } from "../release/releases.ts";
import { FRESH, IMMUTABLE, serveBytes } from "./respond.ts";

export interface LedgerServePorts {
  newest(): ReleasedHead | null;
  at(size: number): ReleasedHead | null;
  findValue(value: Digest): FoundProject | null;
  reader(): Promise<LogReader>;
  projectKey(normalizedName: string): Digest;
  /** Details of the entries of a project up to and with `entryMax`. */
  readDetails(project: Digest, entryMax: number): Promise<ReadonlyMap<Digest, Uint8Array>>;
}

const OCTETS = "application/octet-stream";
const TEXT = "text/plain; charset=utf-8";

/** What one released head says about one project key. @throws IndexRefusal `not-found` @spec specs/project-proof.md */
export async function serveProjectProof(
  request: Request,
  size: string,
  key: string,
  ports: LedgerServePorts,
): Promise<Response> {
  requireDigest(key);
  const head = size === "latest" ? newestHead(ports) : ports.at(parseSize(size));
  if (head === null) throw new IndexRefusal("not-found", `No head of size ${size} is kept.`);
  const reader = await ports.reader();
  const [stateLeaf] = await reader.readEntries(head.size - 1, head.size);
  if (stateLeaf === undefined) throw new TypeError("Cannot prove: the head's last leaf is not there");
  const bytes = encodeProjectProof({
    checkpoint: head.note,
    stateLeaf,
    inclusion: await reader.inclusionProof(head.size - 1, head.size),
    mapProof: encodeMapProof(head.state.projects.prove(key)),
  });
  // The same size may be cosigned anew, so even `/map/at/<size>` is asked for again.
  return serveBytes(request, { type: PROJECT_PROOF_TYPE, bytes, cacheControl: FRESH });
}

/** A project's records, by the value under which a released map commits to them. @throws IndexRefusal `not-found` */
export function serveStateFile(request: Request, value: string, ports: LedgerServePorts): Response {
  const found = ports.findValue(requireDigest(value));
  if (found === null)
    throw new IndexRefusal("not-found", "No released head of the recent past has that value.");
  const bytes = encodeProjectStateFile(projectStateFile(found.project, nodeCrypto.sha256));
  return serveBytes(request, { type: OCTETS, bytes, cacheControl: IMMUTABLE });
}

/** The details that belong to a project's state, as far as they were not erased. @throws IndexRefusal `not-found` */
export async function serveDetailsFile(
  request: Request,
  value: string,
  ports: LedgerServePorts,
): Promise<Response> {
  const found = ports.findValue(requireDigest(value));
  if (found === null || found.project.kind === "index") {
    throw new IndexRefusal("not-found", "No released head of the recent past has a project of that value.");
  }
  const details = await ports.readDetails(found.key, found.project.header.lastEntry);
  const bytes = encodeDetailsFile([...details.values()]);
  // A detail may be erased later: this is not immutable.
  return serveBytes(request, { type: OCTETS, bytes, cacheControl: FRESH });
}

/** A released note by its own SHA-256, as a state leaf names it. @throws IndexRefusal `not-found` */
export async function serveAnchorNote(
  request: Request,
  digest: string,
  storage: Pick<Storage, "read">,
): Promise<Response> {
  const bytes = await storage.read(releasedPathOf(parseHex(requireDigest(digest), 32, "digest")));
  if (bytes === null) throw new IndexRefusal("not-found", "No note of that digest was released.");
  return serveBytes(request, { type: TEXT, bytes, cacheControl: IMMUTABLE });
}

/**
 * The receipt of a file: the proof that its entry is in the ledger, with the entry and its detail.
 *
 * @throws IndexRefusal `not-found`
 * @spec c2sp.org/tlog-proof; specs/receipt.md
 */
export async function serveReceipt(
  request: Request,
  path: { readonly sha256: string; readonly filename: string },
  ports: LedgerServePorts,
): Promise<Response> {
  const head = newestHead(ports);
  const key = keyOfFilename(path.filename, ports);
  const project = key === null ? null : findProject(head.state, key);
  const file = key === null ? null : fileId(nodeCrypto.sha256, key, path.filename);
  const record = project === null || file === null ? null : findFile(project, file);
  if (key === null || record === null || record.sha256 !== path.sha256) {
    throw new IndexRefusal("not-found", "No released head covers such a file.");
  }
  const reader = await ports.reader();
  const [entry] = await reader.readEntries(record.firstEntry, record.firstEntry + 1);
  if (entry === undefined) throw new TypeError("Cannot prove: the file's entry is not there");
  const details = await ports.readDetails(key, record.firstEntry);
  const bytes = encodeReceipt({
    proof: {
      extra: null,
      index: record.firstEntry,
      hashes: await reader.inclusionProof(record.firstEntry, head.size),
      checkpoint: head.note,
    },
    entry,
    detail: (record.firstDetail === null ? undefined : details.get(record.firstDetail)) ?? new Uint8Array(),
  });
  return serveBytes(request, { type: TEXT, bytes, cacheControl: FRESH });
}

function newestHead(ports: LedgerServePorts): ReleasedHead {
  const head = ports.newest();
  if (head === null) throw new IndexRefusal("not-found", "No head was released yet.");
  return head;
}

function keyOfFilename(filename: string, ports: LedgerServePorts): Digest | null {
  try {
    return ports.projectKey(parseDistributionFilename(filename).name);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function parseSize(text: string): number {
  const size = Number(text);
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text) || !Number.isSafeInteger(size)) {
    throw new IndexRefusal("not-found", "That is not a size.");
  }
  return size;
}

function requireDigest(text: string): Digest {
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new IndexRefusal("not-found", "That is not a SHA-256 in hexadecimal.");
  return text;
}
