// SPDX-License-Identifier: Apache-2.0

/** A head as it is served, for a look at it: nothing is verified here. */
export interface Head {
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** In words, one line for each signature. */
  readonly signatures: readonly string[];
}

/** Reads a signed checkpoint. @spec c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature */
export function readHead(note: string): Head {
  const [, size = "", root = ""] = note.split("\n");
  const signatures = note
    .split("\n")
    .filter((line) => line.startsWith("\u2014 "))
    .map(describeSignature);
  return { size: Number(size), root, signatures };
}

/** A cosignature is `key id (4 bytes) || time (8 bytes) || Ed25519 signature (64 bytes)`; the log's own has no time. */
function describeSignature(line: string): string {
  const [, name = "", text = ""] = line.split(" ");
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 76) return `signed by ${name}`;
  const time = Number(bytes.readBigUInt64BE(4));
  const age = Math.max(0, Math.round(Date.now() / 1000) - time);
  return `cosigned by ${name}, ${age} s ago`;
}
