// SPDX-License-Identifier: Apache-2.0
import { TUF_TIMESTAMP_BYTES_MAX } from "../limits.ts";
import type { JsonObject } from "../text/json.ts";
import { parseTufFile, type TufFile, type TufHeader } from "./envelope.ts";
import { parseTufMetaFile, type TufMetaFile } from "./meta-file.ts";

export type TufTimestamp = TufHeader & { readonly snapshot: TufMetaFile };

/**
 * Reads a `timestamp.json`, which describes `snapshot.json` and nothing else.
 *
 * @throws ParseError of the JSON reader, `unsupported`
 * @spec theupdateframework/specification#4.6
 */
export function parseTufTimestamp(bytes: Uint8Array): TufFile<TufTimestamp> {
  return parseTufFile(bytes, { type: "timestamp", bytesMax: TUF_TIMESTAMP_BYTES_MAX, read });
}

function read(signed: JsonObject): Omit<TufTimestamp, keyof TufHeader> {
  const meta = signed.object("meta");
  const snapshot = parseTufMetaFile(meta.object("snapshot.json"));
  meta.end();
  return { snapshot };
}
