// SPDX-License-Identifier: Apache-2.0
import {
  canonicalVersion,
  type MetadataHeaders,
  normalizeProjectName,
  ParseError,
  parseMetadataHeaders,
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

function parseHeaders(bytes: Uint8Array): MetadataHeaders {
  try {
    return parseMetadataHeaders(bytes);
  } catch (cause) {
    if (cause instanceof ParseError) throw unreadable(cause.message, cause);
    throw cause;
  }
}

function unreadable(found: string, cause?: unknown): IndexRefusal {
  return new IndexRefusal("metadata-missing", `Cannot read the file's core metadata: ${found}.`, { cause });
}
