// SPDX-License-Identifier: Apache-2.0
import { parseMetadataHeaders } from "@countermark/formats";

/**
 * The name and version that core metadata says, or null where it does not say each exactly once.
 *
 * @throws ParseError as parseMetadataHeaders
 * @spec packaging.python.org core-metadata
 */
export function readNameAndVersion(
  metadata: Uint8Array,
): { readonly name: string; readonly version: string } | null {
  const headers = parseMetadataHeaders(metadata);
  const [name, ...names] = headers.get("name") ?? [];
  const [version, ...versions] = headers.get("version") ?? [];
  if (name === undefined || version === undefined || names.length + versions.length > 0) return null;
  return { name, version };
}
