// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import {
  FILENAME_CHARS_MAX,
  JSON_DEPTH_MAX,
  PROJECT_NAME_CHARS_MAX,
  SIMPLE_PAGE_BYTES_MAX,
  SIMPLE_PAGE_FILES_MAX,
  VERSION_CHARS_MAX,
} from "../limits.ts";
import { type Bytes, utf8 } from "../text/bytes.ts";
import type { JsonInput } from "../text/canonical-json.ts";
import { quote } from "../text/hex.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";

export const SIMPLE_JSON_TYPE = "application/vnd.pypi.simple.v1+json";
export const SIMPLE_HTML_TYPE = "application/vnd.pypi.simple.v1+html";

const URL_CHARS_MAX = 4_096;
const TEXT_CHARS_MAX = 4_096;
/** The statuses a project may have on its page. @spec pep-0792 */
export const PROJECT_STATUSES = ["active", "archived", "deprecated", "quarantined"] as const;
export type ProjectStatus = (typeof PROJECT_STATUSES)[number];

/** One file of a project's page. A value that the page does not give is null. */
export type SimpleFile = {
  readonly filename: string;
  /** As on the page; may be relative to it. */
  readonly url: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string | null;
  readonly requiresPython: string | null;
  readonly size: number | null;
  /** ISO 8601, UTC. */
  readonly uploadTime: string | null;
  /** The reason, perhaps empty; null for a file that is not yanked. */
  readonly yanked: string | null;
  /** Whether `<url>.metadata` is served, and its SHA-256 in hexadecimal where given. @spec pep-0714 */
  readonly coreMetadata: false | { readonly sha256: string | null };
  readonly provenance: string | null;
};

/** A project's page of the simple repository API. @spec pep-0691 */
export type SimplePage = {
  readonly name: string;
  readonly status: ProjectStatus;
  readonly versions: readonly string[];
  readonly files: readonly SimpleFile[];
};

/**
 * Reads a project's page in its JSON form. Unknown members are ignored, as the format's versioning rules ask.
 *
 * @throws ParseError
 * @spec pep-0691#versioning
 */
export function parseSimplePage(bytes: Uint8Array): SimplePage {
  const limits = { bytesMax: SIMPLE_PAGE_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
  const page = parseJsonObject(bytes, limits, "simple page");
  const meta = page.object("meta");
  const version = meta.text("api-version", { charsMax: 16, pattern: /^\d+\.\d+$/ });
  if (!version.startsWith("1.")) {
    throw new ParseError("unsupported", `Cannot read simple page: API version ${quote(version)}, wanted 1.x`);
  }
  meta.ignoreRest();
  const parsed = {
    name: page.text("name", { charsMax: PROJECT_NAME_CHARS_MAX }),
    status: parseStatus(page),
    versions: page.has("versions")
      ? page.texts("versions", { itemsMax: SIMPLE_PAGE_FILES_MAX, charsMax: VERSION_CHARS_MAX })
      : [],
    files: page.objects("files", { itemsMax: SIMPLE_PAGE_FILES_MAX }).map(parseFile),
  };
  page.ignoreRest();
  return parsed;
}

function parseStatus(page: JsonObject): ProjectStatus {
  if (!page.has("project-status")) return "active";
  const status = page.object("project-status");
  const word = status.choice("status", PROJECT_STATUSES);
  status.ignoreRest();
  return word;
}

function parseFile(file: JsonObject): SimpleFile {
  const hashes = file.object("hashes");
  const parsed = {
    filename: file.text("filename", { charsMax: FILENAME_CHARS_MAX }),
    url: file.text("url", { charsMax: URL_CHARS_MAX }),
    sha256: hashes.has("sha256") ? hashes.text("sha256", SHA256_TEXT) : null,
    requiresPython: optionalText(file, "requires-python"),
    size: optional(file, "size") ? file.integer("size", { min: 0, max: Number.MAX_SAFE_INTEGER }) : null,
    uploadTime: optionalText(file, "upload-time"),
    yanked: parseYanked(file),
    coreMetadata: parseCoreMetadata(file),
    provenance: optionalText(file, "provenance"),
  };
  hashes.ignoreRest();
  file.ignoreRest();
  return parsed;
}

const SHA256_TEXT = { charsMax: 64, pattern: /^[0-9a-f]{64}$/ } as const;

function optional(file: JsonObject, name: string): boolean {
  return file.has(name) && file.value(name) !== null;
}

function optionalText(file: JsonObject, name: string): string | null {
  return optional(file, name) ? file.text(name, { charsMax: TEXT_CHARS_MAX }) : null;
}

/** @spec pep-0691: `yanked` is a boolean, or a non-empty string that is the reason. */
function parseYanked(file: JsonObject): string | null {
  if (!optional(file, "yanked")) return null;
  if (typeof file.value("yanked") === "string") return file.text("yanked", { charsMax: TEXT_CHARS_MAX });
  return file.boolean("yanked") ? "" : null;
}

function parseCoreMetadata(file: JsonObject): SimpleFile["coreMetadata"] {
  const name = optional(file, "core-metadata") ? "core-metadata" : "data-dist-info-metadata";
  if (!optional(file, name)) return false;
  if (typeof file.value(name) === "boolean") return file.boolean(name) ? { sha256: null } : false;
  const hashes = file.object(name);
  const sha256 = hashes.has("sha256") ? hashes.text("sha256", SHA256_TEXT) : null;
  hashes.ignoreRest();
  return { sha256 };
}

/** The page in its JSON form. `size` and `upload-time` are left out where unknown: uv refuses a null there. */
export function encodeSimplePageJson(page: SimplePage): Bytes {
  const value: JsonInput = {
    meta: { "api-version": "1.4" },
    name: page.name,
    "project-status": { status: page.status },
    versions: page.versions,
    files: page.files.map(fileJson),
  };
  return utf8(JSON.stringify(value));
}

function fileJson(file: SimpleFile): JsonInput {
  const metadata = file.coreMetadata === false ? false : metadataJson(file.coreMetadata.sha256);
  return {
    filename: file.filename,
    url: file.url,
    hashes: file.sha256 === null ? {} : { sha256: file.sha256 },
    "requires-python": file.requiresPython,
    ...(file.size === null ? {} : { size: file.size }),
    ...(file.uploadTime === null ? {} : { "upload-time": file.uploadTime }),
    yanked: file.yanked === null ? false : file.yanked === "" ? true : file.yanked,
    // Not also under `dist-info-metadata`: pip 22.3 to 23.0 end in a TypeError when its value is an object (PEP 714, "Motivation").
    "core-metadata": metadata,
    "data-dist-info-metadata": metadata,
    provenance: file.provenance,
  };
}

function metadataJson(sha256: string | null): JsonInput {
  return sha256 === null ? true : { sha256 };
}

/** The page in its HTML form. @spec pep-0503, pep-0592, pep-0714, pep-0740 */
export function encodeSimplePageHtml(page: SimplePage): Bytes {
  const name = escapeHtml(page.name);
  const lines = [
    "<!DOCTYPE html>",
    "<html>",
    "  <head>",
    '    <meta name="pypi:repository-version" content="1.4">',
    `    <meta name="pypi:project-status" content="${page.status}">`,
    `    <title>Links for ${name}</title>`,
    "  </head>",
    "  <body>",
    `    <h1>Links for ${name}</h1>`,
    ...page.files.map((file) => `    ${fileAnchor(file)}`),
    "  </body>",
    "</html>",
    "",
  ];
  return utf8(lines.join("\n"));
}

function fileAnchor(file: SimpleFile): string {
  const hash = file.sha256 === null ? "" : `#sha256=${file.sha256}`;
  const attributes = [`href="${escapeHtml(file.url + hash)}"`];
  if (file.requiresPython !== null) {
    attributes.push(`data-requires-python="${escapeHtml(file.requiresPython)}"`);
  }
  if (file.yanked !== null) attributes.push(`data-yanked="${escapeHtml(file.yanked)}"`);
  if (file.coreMetadata !== false) {
    const value = file.coreMetadata.sha256 === null ? "true" : `sha256=${file.coreMetadata.sha256}`;
    attributes.push(`data-core-metadata="${value}"`, `data-dist-info-metadata="${value}"`);
  }
  if (file.provenance !== null) attributes.push(`data-provenance="${escapeHtml(file.provenance)}"`);
  return `<a ${attributes.join(" ")}>${escapeHtml(file.filename)}</a><br>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
