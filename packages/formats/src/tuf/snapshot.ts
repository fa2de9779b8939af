// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { TUF_SNAPSHOT_BYTES_MAX } from "../limits.ts";
import type { JsonObject } from "../text/json.ts";
import { parseTufFile, type TufFile, type TufHeader, tufMembers } from "./envelope.ts";
import { parseTufMetaFile, type TufMetaFile } from "./meta-file.ts";

/** `meta` by role name, `targets` included. */
export type TufSnapshot = TufHeader & { readonly meta: ReadonlyMap<string, TufMetaFile> };

const SUFFIX = ".json";

/**
 * Reads a `snapshot.json`, in time linear in its size.
 *
 * @throws ParseError of the JSON reader, `unsupported`
 * @spec theupdateframework/specification#4.4
 */
export function parseTufSnapshot(bytes: Uint8Array): TufFile<TufSnapshot> {
  return parseTufFile(bytes, { type: "snapshot", bytesMax: TUF_SNAPSHOT_BYTES_MAX, read });
}

function read(signed: JsonObject): Omit<TufSnapshot, keyof TufHeader> {
  const meta = new Map<string, TufMetaFile>();
  for (const [path, listed] of tufMembers(signed, "meta")) {
    if (!path.endsWith(SUFFIX)) {
      throw new ParseError("malformed", `Cannot read ${listed.path}: it does not end with .json`);
    }
    meta.set(path.slice(0, -SUFFIX.length), parseTufMetaFile(listed));
  }
  if (!meta.has("targets")) {
    throw new ParseError("missing-field", "Cannot read snapshot: it does not list targets.json");
  }
  return { meta };
}
