// SPDX-License-Identifier: Apache-2.0
import {
  DETAILS_BYTES_MAX,
  type Digest,
  detailsByCommitment,
  METADATA_BYTES_MAX,
  PROJECT_PROOF_BYTES_MAX,
  PROVENANCE_BYTES_MAX,
  type Provenance,
  parseDetailsFile,
  parseProvenance,
  parseSimplePage,
  SIMPLE_JSON_TYPE,
  SIMPLE_PAGE_BYTES_MAX,
  type SimplePage,
  STATE_BYTES_MAX,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import type { Fetch } from "../world.ts";
import { fetchBytes, fetchBytesOrNull } from "./exchange.ts";

/** What an index serves beside the files. Parsed, not believed. Every function throws ClientError and ParseError. */
export type IndexFiles = {
  fetchProof(key: Digest): Promise<Uint8Array>;
  fetchState(value: Digest): Promise<Uint8Array>;
  /** By commitment; erased ones are not there. */
  fetchDetails(value: Digest): Promise<ReadonlyMap<Digest, Uint8Array>>;
  /** Null: the index lists no such project. */
  fetchPage(project: string): Promise<SimplePage | null>;
  /** Null: the index serves none. */
  fetchProvenance(url: string): Promise<Provenance | null>;
  fetchMetadata(url: string): Promise<Uint8Array>;
};

/** @param index base URL without a slash at its end. @param timeoutSeconds for each whole answer. */
export function openIndexFiles(index: string, fetch: Fetch, timeoutSeconds: number): IndexFiles {
  return {
    fetchProof: (key) =>
      fetchBytes(fetch, {
        url: `${index}/map/latest/${key}`,
        bytesMax: PROJECT_PROOF_BYTES_MAX,
        timeoutSeconds,
      }),
    fetchState: (value) =>
      fetchBytes(fetch, { url: `${index}/state/sha256/${value}`, bytesMax: STATE_BYTES_MAX, timeoutSeconds }),
    fetchDetails: async (value) => {
      const url = `${index}/details/sha256/${value}`;
      const bytes = await fetchBytesOrNull(fetch, { url, bytesMax: DETAILS_BYTES_MAX, timeoutSeconds });
      return bytes === null ? new Map() : detailsByCommitment(nodeCrypto.sha256, parseDetailsFile(bytes));
    },
    fetchPage: async (project) => {
      const headers = { accept: SIMPLE_JSON_TYPE };
      const url = pageUrl(index, project);
      const bytes = await fetchBytesOrNull(fetch, {
        url,
        headers,
        bytesMax: SIMPLE_PAGE_BYTES_MAX,
        timeoutSeconds,
      });
      return bytes === null ? null : parseSimplePage(bytes);
    },
    fetchProvenance: async (url) => {
      const headers = { accept: "application/vnd.pypi.integrity.v1+json" };
      const bytes = await fetchBytesOrNull(fetch, {
        url,
        headers,
        bytesMax: PROVENANCE_BYTES_MAX,
        timeoutSeconds,
      });
      return bytes === null ? null : parseProvenance(bytes);
    },
    fetchMetadata: (url) => fetchBytes(fetch, { url, bytesMax: METADATA_BYTES_MAX, timeoutSeconds }),
  };
}

/** Where the page of a project is, which the URLs on it are relative to. */
export function pageUrl(index: string, project: string): string {
  return `${index}/simple/${project}/`;
}

/** Where the provenance of a file is, when its page does not say. @spec pep-0740 */
export function provenanceUrl(index: string, project: string, version: string, filename: string): string {
  return `${index}/integrity/${project}/${encodeURIComponent(version)}/${encodeURIComponent(filename)}/provenance`;
}
