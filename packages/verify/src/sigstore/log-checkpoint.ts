// SPDX-License-Identifier: Apache-2.0
import { equalBytes, parseCheckpoint, parseNote, quote, utf8 } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { TreeHead } from "../log/consistency.ts";
import type { CryptoPort } from "../port.ts";
import { isSignedBy } from "../x509/signature.ts";
import type { PreparedTlog } from "./trusted-root.ts";

/** 1 names its trees `<name> - <tree id>`, 2 by the log's host alone. */
export type RekorVersion = 1 | 2;

/**
 * Believes the checkpoint in an inclusion proof because the log signed it. Lines by others are not looked at; a wrong one by
 * the log's key refuses the whole note.
 *
 * @returns size and root of the tree.
 * @throws ParseError of {@link parseNote} and {@link parseCheckpoint}; VerifyError `checkpoint-origin`,
 *   `log-signature-missing`, `log-signature-invalid`
 * @spec c2sp.org/signed-note, github.com/sigstore/rekor-tiles/blob/main/CLIENTS.md
 */
export async function verifyLogCheckpoint(
  noteBytes: Uint8Array,
  log: PreparedTlog,
  version: RekorVersion,
  crypto: CryptoPort,
): Promise<TreeHead & { readonly origin: string }> {
  const note = parseNote(noteBytes);
  const { origin, size, root } = parseCheckpoint(note.text);
  const name = nameOf(origin, version);
  if (!log.names.includes(name)) {
    throw new VerifyError(
      "checkpoint-origin",
      `Cannot believe checkpoint: it is of ${quote(origin)}, wanted one of ${quote(log.names[0] ?? "")}`,
    );
  }
  // The key id is the beginning of the log's id in both versions.
  const keyId = log.logId.subarray(0, 4);
  const lines = note.signatures.filter((line) => line.name === name && equalBytes(line.keyId, keyId));
  if (lines.length === 0) {
    throw new VerifyError(
      "log-signature-missing",
      `Cannot believe checkpoint of ${quote(origin)}: no line is by the log's key`,
    );
  }
  const message = utf8(note.text);
  for (const { signature } of lines) {
    if (!(await isSignedBy(log.publicKey, log.algorithm, message, signature, crypto))) {
      throw new VerifyError(
        "log-signature-invalid",
        `Cannot believe checkpoint of ${quote(origin)}: a line by the log's key is not its signature`,
      );
    }
  }
  return { origin, size, root };
}

/** The log's name in an origin line; empty, which no log's is, where it is not of this version's form. */
function nameOf(origin: string, version: RekorVersion): string {
  if (version === 2) return origin;
  const [name = "", treeId = "", ...more] = origin.split(" - ");
  return more.length === 0 && /^(?:0|[1-9][0-9]{0,19})$/.test(treeId) ? name : "";
}
