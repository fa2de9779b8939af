// SPDX-License-Identifier: Apache-2.0

/** Where a file is: its digest is in its URL, so what the URL serves never changes. */
export function fileUrl(publicUrl: string, sha256: string, filename: string): string {
  return `${publicUrl}/files/${sha256.slice(0, 2)}/${sha256}/${encodeURIComponent(filename)}`;
}

/** Where a file's PEP 740 provenance is. */
export function provenanceUrl(publicUrl: string, project: string, version: string, filename: string): string {
  const path = [project, version, filename].map(encodeURIComponent).join("/");
  return `${publicUrl}/integrity/${path}/provenance`;
}

/** Where the receipt of a file is. */
export function receiptUrl(publicUrl: string, sha256: string, filename: string): string {
  return `${publicUrl}/receipt/${sha256}/${encodeURIComponent(filename)}.tlog-proof`;
}

/** `time` as the simple API writes it, with microseconds that the ledger does not have. @param time Unix seconds */
export function isoTime(time: number): string {
  return `${new Date(time * 1_000).toISOString().slice(0, 19)}.000000Z`;
}
