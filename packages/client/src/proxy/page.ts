// SPDX-License-Identifier: Apache-2.0
import {
  encodeSimplePageHtml,
  encodeSimplePageJson,
  SIMPLE_JSON_TYPE,
  type SimpleFile,
  type SimplePage,
} from "@countermark/formats";
import type { ListedFile, Listing } from "./listing.ts";

export type RenderedPage = { readonly contentType: string; readonly body: Uint8Array };

/** The page of a project as installers read it: everything on it is from the ledger, every URL leads through the proxy. */
export function renderPage(name: string, listing: Listing, accept: string): RenderedPage {
  const page: SimplePage = {
    name,
    status: listing.status,
    versions: [...new Set([...listing.files.values()].map((file) => file.version))],
    files: [...listing.files.values()].map((file) => simpleFile(name, file)),
  };
  if (acceptsJson(accept)) return { contentType: SIMPLE_JSON_TYPE, body: encodeSimplePageJson(page) };
  return { contentType: "text/html", body: encodeSimplePageHtml(page) };
}

function simpleFile(project: string, file: ListedFile): SimpleFile {
  const { record } = file;
  return {
    filename: file.filename,
    url: `../../files/${project}/${encodeURIComponent(file.filename)}`,
    sha256: record.sha256,
    requiresPython: file.requiresPython,
    size: record.size,
    uploadTime: new Date(record.time * 1000).toISOString(),
    yanked: file.yanked,
    coreMetadata: record.metadata === null ? false : { sha256: record.metadata },
    provenance: null,
  };
}

/** Whether the JSON form is among what a client takes. Installers that know it want it most. @spec pep-0691 */
function acceptsJson(accept: string): boolean {
  return accept
    .split(",")
    .map((range) => range.trim().split(/\s*;\s*/))
    .some(
      ([type, ...parameters]) =>
        type === SIMPLE_JSON_TYPE && !parameters.some((p) => /^q=0(?:\.0*)?$/.test(p)),
    );
}
