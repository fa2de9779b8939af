// SPDX-License-Identifier: Apache-2.0
import {
  type Attestation,
  attestationDigest,
  type Digest,
  encodeHex,
  mapKey,
  parseEntry,
  parseHex,
  type SimplePage,
} from "@countermark/formats";
import { type Clock, nodeCrypto } from "@countermark/log";
import {
  RefusedError,
  requireNothingWithheld,
  verifyAttestation,
  verifyProjectProof,
  verifyStateFile,
} from "@countermark/verify";
import { ClientError } from "../failure.ts";
import { openIndexFiles, pageUrl, provenanceUrl } from "../fetch/index-files.ts";
import { describePending } from "../show/pending.ts";
import type { Trust } from "../trust/read-trust.ts";
import type { Fetch } from "../world.ts";
import type { HeadMemory } from "./head-memory.ts";
import { createHeadPin } from "./head-pin.ts";
import { identityOf } from "./identity-of.ts";
import { type ListedFile, listProject, type ProjectView } from "./listing.ts";
import { requirePredicate } from "./predicate.ts";
import type { AttestedBy, ProjectSource, VerifiedProject } from "./source.ts";

export type IndexSourcePorts = {
  /** Base URL without a slash at its end. */
  readonly index: string;
  readonly trust: Trust;
  readonly fetch: Fetch;
  readonly now: Clock;
  /** Of the heads that earlier sessions saw. */
  readonly memory: HeadMemory;
  /** For each whole answer. */
  readonly timeoutSeconds: number;
};

/** How long a verified project is shown before the index is asked again. */
const FRESH_SECONDS = 300;
const NAMED_MAX = 5;

/** Projects of an index that keeps a ledger, each verified under a cosigned head before anything of it is returned. */
export function openIndexSource(ports: IndexSourcePorts): ProjectSource {
  const { index, trust, fetch, now } = ports;
  const files = openIndexFiles(index, fetch, ports.timeoutSeconds);
  const pin = createHeadPin({ index, fetch, memory: ports.memory, limits: trust.description.limits });
  const known = new Map<
    string,
    { readonly since: number; readonly project: Promise<VerifiedProject | null> }
  >();
  const fetchProject = async (name: string): Promise<VerifiedProject | null> => {
    const key = mapKey(nodeCrypto.sha256, trust.description.ecosystem, name);
    const [proof, page] = await Promise.all([files.fetchProof(key), files.fetchPage(name)]);
    const asked = { trust: trust.description, now: now(), name };
    const { head, value } = await verifyProjectProof(proof, asked, nodeCrypto);
    await pin.advance(head);
    if (value === null) return null;
    const [state, details] = await Promise.all([files.fetchState(value), files.fetchDetails(value)]);
    const records = verifyStateFile(state, value, nodeCrypto.sha256);
    const { header, current, base } = records;
    const view: ProjectView = { name, key, header, current, base, records: records.files, details };
    const listed = page?.files.map((file) => file.filename) ?? [];
    const listing = listProject(view, listed, nodeCrypto.sha256);
    const urls = fileUrls(index, name, page);
    const remarks: string[] = [];
    if (head.isOld) remarks.push(`the index's newest head was last vouched for ${head.ageSeconds} s ago`);
    const pending = describePending(name, header);
    if (pending !== null) remarks.push(pending);
    remarks.push(...compareWithPage(name, listing, urls));
    return {
      name,
      view,
      listing,
      origin: head.checkpoint.origin,
      head: { size: head.checkpoint.size, kind: head.kind, vouchedAt: head.checkpoint.tLo },
      remarks,
      urls,
    };
  };
  return {
    fetchProject: (name) => {
      const before = known.get(name);
      if (before !== undefined && now() - before.since < FRESH_SECONDS) return before.project;
      const project = fetchProject(name);
      known.set(name, { since: now(), project });
      // A failure is not remembered here: whether it ends the run is not for this module to say.
      project.catch(() => known.delete(name));
      return project;
    },
    fetchAttestations: async (project, file) => {
      if (file.record.attestations.length === 0) return [];
      const url = provenanceUrl(index, project.name, file.version, file.filename);
      const provenance = await files.fetchProvenance(url);
      const served = provenance?.bundles.flatMap((bundle) => bundle.attestations) ?? [];
      return await verifyServed(file, served, trust);
    },
    fetchEntryTime: async (index) => {
      const [leaf] = await pin.reader().readEntries(index, index + 1);
      if (leaf === undefined) throw new TypeError(`Cannot date entry ${index}: the log has no such entry`);
      const { statement } = parseEntry(leaf);
      return statement.time;
    },
    fetchMetadata: async (project, file) => {
      const { metadata } = file.record;
      const url = project.urls.get(file.filename);
      if (metadata === null || url === undefined) {
        throw new ClientError(
          "list-differs",
          `Cannot fetch the metadata of ${file.filename}: the index does not list it`,
        );
      }
      const bytes = await files.fetchMetadata(`${url}.metadata`);
      const digest = encodeHex(nodeCrypto.sha256(bytes));
      if (digest === metadata) return bytes;
      throw new ClientError(
        "file-mismatch",
        `Cannot accept the metadata of ${file.filename}: expected the SHA-256 ${metadata} that the ledger records, seen ${digest}`,
      );
    },
  };
}

/**
 * Checks every attestation that the ledger lists for `file`: it was served, it holds for these bytes, it is of the kind and by the
 * publisher that the ledger names. Attestations that the ledger does not list prove nothing here and are passed over.
 *
 * @throws RefusedError `attestation-withheld`, `publisher-differs`; VerifyError; ParseError
 */
export async function verifyServed(
  file: ListedFile,
  served: readonly Attestation[],
  trust: Trust,
): Promise<readonly AttestedBy[]> {
  const byDigest = new Map<Digest, Attestation>(
    served.map((attestation) => [encodeHex(attestationDigest(nodeCrypto.sha256, attestation)), attestation]),
  );
  const { filename, record, publishers } = file;
  requireNothingWithheld(filename, record, new Set(byDigest.keys()));
  const distribution = { filename, sha256: parseHex(record.sha256, 32, "SHA-256") };
  const attested: AttestedBy[] = [];
  for (const { digest, predicate, publisher } of record.attestations) {
    const attestation = byDigest.get(digest);
    const opened = publishers.get(publisher);
    if (attestation === undefined || opened === undefined) {
      throw new RefusedError(
        "publisher-differs",
        `Cannot accept ${filename}: the ledger names a publisher for its attestation that the index does not open`,
      );
    }
    const evidence = await verifyAttestation(attestation, distribution, trust.sigstore, nodeCrypto);
    requirePredicate(filename, predicate, evidence);
    const { predicateType, signedAt, logIndex } = evidence;
    attested.push({ identity: identityOf(opened, evidence), predicateType, signedAt, logIndex });
  }
  return attested;
}

/** Filename -> absolute URL. Only https, or the index's own origin, is gone to. */
function fileUrls(index: string, name: string, page: SimplePage | null): ReadonlyMap<string, string> {
  const base = pageUrl(index, name);
  const urls = new Map<string, string>();
  for (const file of page?.files ?? []) {
    const url = URL.parse(file.url, base);
    if (url === null) continue;
    url.hash = "";
    if (url.protocol === "https:" || url.origin === new URL(base).origin) urls.set(file.filename, url.href);
  }
  return urls;
}

function compareWithPage(
  name: string,
  listing: VerifiedProject["listing"],
  urls: ReadonlyMap<string, string>,
): readonly string[] {
  const remarks: string[] = [];
  const { notRecorded, outOfService, unnamed } = listing;
  if (outOfService.length > 0) {
    const names = outOfService.map(({ filename, state }) => `${filename} (${state})`);
    remarks.push(`${name}: not shown, because the ledger has it out of service: ${shorten(names)}`);
  }
  if (notRecorded.length > 0) {
    remarks.push(`${name}: not shown, because the ledger does not record it: ${shorten(notRecorded)}`);
  }
  const withheld = [...listing.files.keys()].filter((filename) => !urls.has(filename));
  if (withheld.length > 0)
    remarks.push(`${name}: recorded in the ledger, withheld by the index: ${shorten(withheld)}`);
  if (unnamed > 0) remarks.push(`${name}: ${unnamed} recorded files whose names the index does not give`);
  return remarks;
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_MAX).join(", ");
  return names.length > NAMED_MAX ? `${shown} and ${names.length - NAMED_MAX} more` : shown;
}
