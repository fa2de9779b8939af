// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseRecord, type WheelRecord } from "../dist/wheel-record.ts";

/** What an installer adds of its own. */
const ADDED = /(?:^|\/)(?:RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json|uv_build\.json)$/;
const RECORD_BYTES_MAX = 67_108_864;

/**
 * Compares what is on disk with the RECORD of the wheel that was verified: every file that the wheel puts beside its `*.dist-info` is there
 * with its digest, and what the installer recorded beside it is the wheel's, byte code, or its own notes.
 *
 * Not compared: scripts, headers and data files, which go to other folders and may be rewritten; files that no RECORD names.
 *
 * @param info path of the installed `*.dist-info` folder.
 * @returns null when they agree; else the path, and what is wrong with it, in words
 */
export async function compareInstalled(info: string, wheel: WheelRecord): Promise<string | null> {
  const site = dirname(info);
  for (const [path, digest] of wheel) {
    const place = placeOf(path);
    if (place === null || digest === null) continue;
    const found = await hashFile(join(site, place));
    if (found === null) return `${place} is not there`;
    if (found !== digest) return `${place} is not the verified file's`;
  }
  const names = new Set([...wheel.keys()].map(placeOf));
  for (const path of await recordedPaths(info)) {
    if (!names.has(path) && !isAdded(path, basename(info))) return `${path} is not in the verified file`;
  }
  return null;
}

/** Where a wheel's member goes beside `*.dist-info`; null when it goes elsewhere. @spec packaging.python.org/specifications/binary-distribution-format */
function placeOf(path: string): string | null {
  const data = /^[^/]+\.data\/([^/]+)\/(.*)$/.exec(path);
  if (data === null) return path;
  return data[1] === "purelib" || data[1] === "platlib" ? (data[2] ?? null) : null;
}

/** What the installed RECORD names below the folder that it is in. Other folders are not looked into. */
async function recordedPaths(info: string): Promise<readonly string[]> {
  const path = join(info, "RECORD");
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  if (size > RECORD_BYTES_MAX) return ["RECORD"];
  const text = await readFile(path, "utf8").catch(() => "");
  return [...parseRecord(text).keys()].filter((name) => !name.startsWith("../") && !name.startsWith("/"));
}

function isAdded(path: string, info: string): boolean {
  if (path.startsWith(`${info}/`) && ADDED.test(path)) return true;
  // Entry points of an installation into a folder of its own are below that folder.
  return /\.pyc$/.test(path) || /^(?:bin|Scripts)\/[^/]+$/.test(path);
}

async function hashFile(path: string): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    for await (const part of createReadStream(path)) hash.update(part as Buffer); // a stream without encoding gives these
  } catch {
    return null;
  }
  return hash.digest("hex");
}
