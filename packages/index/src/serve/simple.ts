// SPDX-License-Identifier: Apache-2.0
import {
  encodeSimplePageHtml,
  encodeSimplePageJson,
  normalizeProjectName,
  ParseError,
  type SimplePage,
  utf8,
} from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import { chooseOffer, type Offer } from "./negotiate.ts";
import { encodeJson, PAGE, serveBytes } from "./respond.ts";
import type { ShownFile, ShownProject } from "./shown-project.ts";
import { fileUrl, isoTime, provenanceUrl } from "./urls.ts";

const JSON_TYPE = "application/vnd.pypi.simple.v1+json";
const HTML_TYPE = "application/vnd.pypi.simple.v1+html";
const OFFERS: readonly Offer[] = [
  { type: "text/html", also: [] },
  { type: JSON_TYPE, also: ["application/vnd.pypi.simple.latest+json"] },
  { type: HTML_TYPE, also: ["application/vnd.pypi.simple.latest+html"] },
];

export interface SimplePorts {
  readonly publicUrl: string;
  readProject(normalizedName: string): Promise<ShownProject | null>;
  /** Normalised names of every project that a released head has, ascending. */
  projectNames(): Promise<readonly string[]>;
}

/** A project's page. @throws IndexRefusal `not-found` @spec PEP 503, 691, 700, 714, 740, 792 */
export async function serveProjectPage(
  request: Request,
  name: string,
  ports: SimplePorts,
): Promise<Response> {
  const normalized = normalizeOrNull(name);
  if (normalized === null) throw new IndexRefusal("not-found", "There is no project of that name.");
  if (normalized !== name) return redirect(`${ports.publicUrl}/simple/${normalized}/`);
  const project = await ports.readProject(normalized);
  if (project === null) throw new IndexRefusal("not-found", `There is no project ${normalized}.`);
  const page = pageOf(project, ports.publicUrl);
  const type = negotiate(request);
  const bytes = type === JSON_TYPE ? encodeSimplePageJson(page) : encodeSimplePageHtml(page);
  const response = serveBytes(request, { type, bytes, cacheControl: PAGE, vary: "Accept" });
  response.headers.set("x-pypi-last-serial", String(project.serial));
  return response;
}

/** The list of all projects. */
export async function serveProjectList(request: Request, ports: SimplePorts): Promise<Response> {
  const names = await ports.projectNames();
  const type = negotiate(request);
  const bytes = type === JSON_TYPE ? listJson(names) : listHtml(names);
  return serveBytes(request, { type, bytes, cacheControl: PAGE, vary: "Accept" });
}

export function redirect(location: string): Response {
  return new Response(null, { status: 301, headers: { location, "cache-control": PAGE } });
}

/** The normal form of a name in a URL; null for text that is no name. */
export function normalizeOrNull(name: string): string | null {
  try {
    return normalizeProjectName(name);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** An installer that accepts none of our forms gets HTML, as everywhere: not 406. */
function negotiate(request: Request): string {
  return chooseOffer(request.headers.get("accept"), OFFERS)?.type ?? "text/html";
}

function pageOf(project: ShownProject, publicUrl: string): SimplePage {
  const versions = new Set(project.files.map(({ version }) => version));
  return {
    name: project.name,
    status: project.status,
    versions: [...versions],
    files: project.files.map((file) => simpleFile(file, project.name, publicUrl)),
  };
}

function simpleFile(file: ShownFile, project: string, publicUrl: string): SimplePage["files"][number] {
  const hasAttestations = file.record.attestations.length > 0;
  return {
    filename: file.filename,
    url: fileUrl(publicUrl, file.sha256, file.filename),
    sha256: file.sha256,
    requiresPython: file.requiresPython,
    size: file.size,
    uploadTime: isoTime(file.uploadedAt),
    yanked: file.yanked,
    coreMetadata: file.metadata === null ? false : { sha256: file.metadata },
    provenance: hasAttestations ? provenanceUrl(publicUrl, project, file.version, file.filename) : null,
  };
}

function listJson(names: readonly string[]): Uint8Array {
  return encodeJson({ meta: { "api-version": "1.4" }, projects: names.map((name) => ({ name })) });
}

function listHtml(names: readonly string[]): Uint8Array {
  // A normalised name has no character that HTML would read as markup.
  const anchors = names.map((name) => `    <a href="/simple/${name}/">${name}</a><br>\n`).join("");
  return utf8(
    `<!DOCTYPE html>\n<html>\n  <head>\n    <meta name="pypi:repository-version" content="1.4">\n    <title>Simple index</title>\n  </head>\n  <body>\n${anchors}  </body>\n</html>\n`,
  );
}
