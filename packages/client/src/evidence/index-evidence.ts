// SPDX-License-Identifier: Apache-2.0
import {
  encodeHex,
  PROVENANCE_BYTES_MAX,
  parseDistributionFilename,
  parseProvenance,
  parseSimplePage,
  SIMPLE_JSON_TYPE,
  SIMPLE_PAGE_BYTES_MAX,
  type SimpleFile,
} from "@countermark/formats";
import { ClientError } from "../failure.ts";
import { withoutSecrets } from "../fetch/exchange.ts";
import { hashDownload } from "../fetch/hash-download.ts";
import { pageUrl } from "../fetch/index-files.ts";
import { fetchTyped, resolveListed } from "../fetch/typed.ts";
import { baseUrl } from "../settings.ts";
import type { Fetch } from "../world.ts";
import { artifactOfDigest, type LocalArtifact } from "./artifact.ts";
import { attestationsOf, type EvidenceItem } from "./find-evidence.ts";

/** A file as an index names it, and what the index serves about it. */
export type IndexEvidence = { readonly artifact: LocalArtifact; readonly items: readonly EvidenceItem[] };

export const INTEGRITY_TYPES = ["application/vnd.pypi.integrity.v1+json", "application/json"];
const INTEGRITY_PATH = /^(.*)\/integrity\/[^/]+\/[^/]+\/([^/]+)\/provenance\/?$/;

/**
 * The provenance of a file on this machine, from the index that lists it with the same SHA-256.
 *
 * @param index base URL without a slash at its end.
 * @throws ClientError `not-hosted`, `no-provenance`, `content-type`, `http-status`, `unreachable`, `response-too-large`; ParseError
 */
export async function fetchIndexEvidence(
  index: string,
  artifact: LocalArtifact & { readonly filename: string },
  fetch: Fetch,
): Promise<IndexEvidence> {
  const listed = await fetchListed(index, artifact.filename, fetch);
  requireListed(listed, artifact.sha256, index);
  return { artifact, items: await fetchProvenanceItems(provenanceUrlOf(listed, index), fetch) };
}

/**
 * The same for a file that is not on this machine: it is downloaded and hashed, not kept. `url` is of its provenance at an index
 * (`.../integrity/PROJECT/VERSION/FILE/provenance`), or of the file itself beside an index that lists it.
 *
 * @throws as {@link fetchIndexEvidence}, also ClientError `usage`
 */
export async function fetchUrlEvidence(
  url: string,
  index: string | null,
  fetch: Fetch,
): Promise<IndexEvidence> {
  const asked = baseUrl(url, "the URL");
  const { origin, pathname } = new URL(asked);
  const [, prefix, integrityFile] = INTEGRITY_PATH.exec(pathname) ?? [];
  const base = index ?? (prefix === undefined ? null : `${origin}${prefix}`);
  if (base === null) {
    throw new ClientError(
      "usage",
      `Cannot verify ${withoutSecrets(url)}: name the index that lists it with --index URL`,
    );
  }
  const filename = decodeName(integrityFile ?? pathname.slice(pathname.lastIndexOf("/") + 1));
  const listed = await fetchListed(base, filename, fetch);
  const fileUrl = integrityFile === undefined ? asked : resolveUrl(listed.url, listed, base);
  const sha256 = await hashDownload(fetch, fileUrl);
  requireListed(listed, sha256, base);
  const provenance = integrityFile === undefined ? provenanceUrlOf(listed, base) : asked;
  const artifact = { ...artifactOfDigest(sha256), filename };
  return { artifact, items: await fetchProvenanceItems(provenance, fetch) };
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ClientError("usage", `Cannot read ${JSON.stringify(text)} as a filename`, { cause });
  }
}

async function fetchListed(index: string, filename: string, fetch: Fetch): Promise<SimpleFile> {
  const { name } = parseDistributionFilename(filename);
  const request = {
    url: pageUrl(index, name),
    headers: { accept: SIMPLE_JSON_TYPE },
    bytesMax: SIMPLE_PAGE_BYTES_MAX,
  };
  const bytes = await fetchTyped(fetch, request, [SIMPLE_JSON_TYPE]);
  const listed =
    bytes === null ? undefined : parseSimplePage(bytes).files.find((file) => file.filename === filename);
  if (listed === undefined) {
    throw new ClientError("not-hosted", `Cannot find ${filename}: the index at ${index} does not list it`);
  }
  return listed;
}

function requireListed(listed: SimpleFile, sha256: Uint8Array, index: string): void {
  const found = encodeHex(sha256);
  if (listed.sha256 === found) return;
  throw new ClientError(
    "not-hosted",
    `Cannot accept ${listed.filename}: its SHA-256 is ${found}, the index at ${index} lists ${listed.sha256 ?? "none"}`,
  );
}

function provenanceUrlOf(listed: SimpleFile, index: string): string {
  if (listed.provenance === null) throw noProvenance(listed.filename);
  return resolveUrl(listed.provenance, listed, index);
}

function resolveUrl(text: string, listed: SimpleFile, index: string): string {
  return resolveListed(text, pageUrl(index, parseDistributionFilename(listed.filename).name));
}

async function fetchProvenanceItems(url: string, fetch: Fetch): Promise<readonly EvidenceItem[]> {
  const [accept = ""] = INTEGRITY_TYPES;
  const bytes = await fetchTyped(
    fetch,
    { url, headers: { accept }, bytesMax: PROVENANCE_BYTES_MAX },
    INTEGRITY_TYPES,
  );
  if (bytes === null) throw noProvenance(withoutSecrets(url));
  return attestationsOf(parseProvenance(bytes), url);
}

function noProvenance(what: string): ClientError {
  return new ClientError("no-provenance", `Cannot verify ${what}: the index serves no provenance for it`);
}
