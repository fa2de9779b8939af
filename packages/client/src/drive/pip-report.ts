// SPDX-License-Identifier: Apache-2.0
import { type JsonObject, jsonObject, parseJsonObject } from "@countermark/formats";
import type { InstalledItem } from "./reconcile.ts";

const REPORT_BYTES_MAX = 268_435_456;
const ITEMS_MAX = 100_000;
const URL_CHARS_MAX = 8_192;

/** Of what pip found by its name, and not at a place that it was told of. */
export const FROM_ANOTHER_INDEX = "from another index";
const FROM_URL = "from a URL";
const FROM_FILE = "from a local file";

/**
 * Reads what pip says it installed. Members that are not needed here are many and are ignored.
 *
 * @throws ParseError
 * @spec pip.pypa.io/en/stable/reference/installation-report (version 1)
 */
export function parsePipReport(bytes: Uint8Array): readonly InstalledItem[] {
  const report = parseJsonObject(bytes, { bytesMax: REPORT_BYTES_MAX, depthMax: 64 }, "pip's report");
  // "0" is what pip 22.2 to 22.3 wrote while it called the report experimental; what is read here was the same.
  report.choice("version", ["0", "1"]);
  const items = report.objects("install", { itemsMax: ITEMS_MAX }).map(parseItem);
  report.ignoreRest();
  return items;
}

function parseItem(item: JsonObject): InstalledItem {
  const metadata = item.object("metadata");
  const download = item.object("download_info");
  const named = {
    name: metadata.text("name", { charsMax: 256 }),
    version: metadata.text("version", { charsMax: 256 }),
    info: null,
  };
  const isDirect = item.has("is_direct") && item.boolean("is_direct");
  metadata.ignoreRest();
  item.ignoreRest();
  const from = parseDirectUrl(download);
  const isByName = !isDirect && (from.way === FROM_URL || from.way === FROM_FILE);
  return { ...named, ...from, ...(isByName ? { way: FROM_ANOTHER_INDEX } : {}) };
}

/**
 * Reads where something came from, in pip's report or in a `direct_url.json`.
 *
 * @spec packaging.python.org/specifications/direct-url-data-structure
 */
export function parseDirectUrl(download: JsonObject): Pick<InstalledItem, "url" | "sha256" | "way"> {
  const url = download.text("url", { charsMax: URL_CHARS_MAX });
  if (download.has("vcs_info")) {
    const vcs = download.object("vcs_info");
    const kind = vcs.text("vcs", { charsMax: 16, pattern: /^[a-z]+$/ });
    vcs.ignoreRest();
    return { url, sha256: null, way: `from ${kind}` };
  }
  if (download.has("dir_info")) {
    const info = download.object("dir_info");
    const editable = info.has("editable") && info.boolean("editable");
    info.ignoreRest();
    return { url, sha256: null, way: editable ? "editable" : "from a local folder" };
  }
  download.ignoreRest();
  const way = url.startsWith("file:") ? FROM_FILE : FROM_URL;
  return { url, sha256: readArchiveDigest(download), way };
}

function readArchiveDigest(download: JsonObject): string | null {
  if (!download.has("archive_info")) return null;
  const archive = download.object("archive_info");
  if (archive.has("hashes")) {
    const hashes = jsonObject(archive.value("hashes"), "hashes");
    return hashes.has("sha256") ? hashes.text("sha256", { charsMax: 64 }) : null;
  }
  if (!archive.has("hash")) return null;
  const [algorithm, digest] = archive.text("hash", { charsMax: 256 }).split("=");
  return algorithm === "sha256" ? (digest ?? null) : null;
}
