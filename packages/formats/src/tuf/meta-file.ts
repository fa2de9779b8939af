// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { TUF_HASHES_MAX, TUF_NAME_CHARS_MAX } from "../limits.ts";
import type { JsonObject } from "../text/json.ts";
import { parseTufVersion } from "./envelope.ts";

/** One hash of a file; the algorithm may be one that is not known here. `digest` in lower-case hexadecimal. */
export type TufHash = { readonly algorithm: string; readonly digest: string };

/** What one file says of another. No hashes are an empty list. */
export type TufMetaFile = {
  readonly version: number;
  readonly length: number | null;
  readonly hashes: readonly TufHash[];
};

const HEX = /^[0-9a-f]+$/;

/** Reads one value of METAFILES. @spec theupdateframework/specification#4.4 */
export function parseTufMetaFile(body: JsonObject): TufMetaFile {
  const meta = {
    version: parseTufVersion(body),
    length: body.has("length") ? parseTufLength(body) : null,
    hashes: body.has("hashes") ? parseTufHashes(body) : [],
  };
  body.ignoreRest();
  return meta;
}

/** The member `length`, in bytes. */
export function parseTufLength(body: JsonObject): number {
  return body.integer("length", { min: 0, max: Number.MAX_SAFE_INTEGER });
}

/** The member `hashes`: at least one. */
export function parseTufHashes(body: JsonObject): readonly TufHash[] {
  const members = body.object("hashes");
  const algorithms = members.names();
  if (algorithms.length < 1 || algorithms.length > TUF_HASHES_MAX) {
    throw new ParseError(
      "too-many",
      `Cannot read ${members.path}: ${algorithms.length} hashes, wanted 1..${TUF_HASHES_MAX}`,
    );
  }
  return algorithms.map((algorithm) => ({
    algorithm,
    digest: members.text(algorithm, { charsMax: TUF_NAME_CHARS_MAX, pattern: HEX }),
  }));
}
