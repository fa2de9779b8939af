// SPDX-License-Identifier: Apache-2.0
import { METADATA_BYTES_MAX, parseUtf8 } from "@countermark/formats";

/**
 * The name and version that core metadata says, or null where it does not say each exactly once.
 *
 * @throws ParseError `not-utf8`
 * @spec packaging.python.org core-metadata
 */
export function readNameAndVersion(
  metadata: Uint8Array,
): { readonly name: string; readonly version: string } | null {
  if (metadata.length > METADATA_BYTES_MAX) return null;
  const [head = ""] = parseUtf8(metadata, "METADATA").split(/\r?\n\r?\n/, 1);
  const lines = head.split(/\r?\n/);
  const names = valuesOf(lines, "name");
  const versions = valuesOf(lines, "version");
  const [name] = names;
  const [version] = versions;
  if (name === undefined || version === undefined || names.length + versions.length !== 2) return null;
  return { name, version };
}

function valuesOf(lines: readonly string[], field: string): readonly string[] {
  return lines
    .map((line) => line.split(":", 2))
    .filter(([name]) => name?.toLowerCase() === field)
    .map(([, value]) => value?.trim() ?? "");
}
