// SPDX-License-Identifier: Apache-2.0
import {
  canonicalVersion,
  METADATA_BYTES_MAX,
  normalizeProjectName,
  ParseError,
  parseUtf8,
  parseVersion,
  quote,
} from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";

/** The fields of core metadata that decide which file an installer takes. */
export interface CoreMetadata {
  readonly name: string;
  readonly version: string;
  readonly requiresPython: string | null;
}

/**
 * Reads METADATA or PKG-INFO: header lines up to the first empty line.
 *
 * @throws IndexRefusal `metadata-missing` when it cannot be read as such
 * @spec core-metadata
 */
export function parseCoreMetadata(bytes: Uint8Array): CoreMetadata {
  const headers = parseHeaders(bytes);
  const one = (name: string): string | null => {
    const values = headers.get(name) ?? [];
    if (values.length > 1) throw unreadable(`the field ${name} is there ${values.length} times`);
    return values[0] ?? null;
  };
  const name = one("name");
  const version = one("version");
  if (one("metadata-version") === null || name === null || version === null) {
    throw unreadable("it lacks Metadata-Version, Name or Version");
  }
  return { name, version, requiresPython: one("requires-python") || null };
}

/**
 * Checks that the file's own metadata says what the form says: installers believe the one, the index lists the other.
 *
 * @throws IndexRefusal `metadata-mismatch`
 */
export function matchMetadata(
  metadata: CoreMetadata,
  form: {
    readonly normalizedName: string;
    readonly canonicalVersion: string;
    readonly requiresPython: string | null;
  },
): void {
  const rows = [
    ["Name", form.normalizedName, normalized(() => normalizeProjectName(metadata.name), metadata.name)],
    [
      "Version",
      form.canonicalVersion,
      normalized(() => canonicalVersion(parseVersion(metadata.version)), metadata.version),
    ],
    ["Requires-Python", form.requiresPython ?? "", metadata.requiresPython ?? ""],
  ] as const;
  for (const [field, wanted, found] of rows) {
    if (found !== wanted) {
      throw new IndexRefusal(
        "metadata-mismatch",
        `The metadata in the file disagrees with the form: ${field} is ${quote(found)}, the form says ${quote(wanted)}.`,
      );
    }
  }
}

function normalized(parse: () => string, text: string): string {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) return text;
    throw error;
  }
}

function parseHeaders(bytes: Uint8Array): ReadonlyMap<string, readonly string[]> {
  if (bytes.length > METADATA_BYTES_MAX) throw unreadable(`it has more than ${METADATA_BYTES_MAX} bytes`);
  const headers = new Map<string, string[]>();
  let last: string[] | null = null;
  for (const line of text(bytes).split(/\r\n|\n|\r/)) {
    if (line === "") break;
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (last === null) throw unreadable("it begins with a continuation line");
      last.push(`${last.pop() ?? ""}\n${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon < 1) throw unreadable(`the line ${quote(line)} is not a header`);
    const name = line.slice(0, colon).toLowerCase();
    const values: string[] = headers.get(name) ?? [];
    values.push(line.slice(colon + 1).trim());
    headers.set(name, values);
    last = values;
  }
  return headers;
}

function text(bytes: Uint8Array): string {
  try {
    return parseUtf8(bytes, "core metadata");
  } catch (cause) {
    throw unreadable("it is not UTF-8", cause);
  }
}

function unreadable(found: string, cause?: unknown): IndexRefusal {
  return new IndexRefusal("metadata-missing", `Cannot read the file's core metadata: ${found}.`, { cause });
}
