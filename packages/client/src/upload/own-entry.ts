// SPDX-License-Identifier: Apache-2.0
import { type Digest, fileId, mapKey, ParseError, parseDistributionFilename } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { type LoggedFile, VerifyError } from "@countermark/verify";

/**
 * Checks that a receipt's entry is for a file of this name. The entry says so itself: the same bytes may be logged under a
 * stranger's project, and a receipt without its detail names neither.
 *
 * @throws VerifyError `detail-mismatch`
 */
export function requireOwnEntry(logged: LoggedFile, filename: string, ecosystem: string): void {
  const key = projectKey(filename, ecosystem);
  const { statement, detail } = logged;
  const isOwn = key !== null && statement.project === key && statement.file === fileOf(key, filename);
  if (isOwn && (detail === null || detail.filename === filename)) return;
  const named = detail === null ? "a file of another name" : JSON.stringify(detail.filename);
  throw new VerifyError(
    "detail-mismatch",
    `Cannot believe receipt: it is for ${named}, the file is called ${JSON.stringify(filename)}`,
  );
}

function fileOf(key: Digest, filename: string): Digest {
  return fileId(nodeCrypto.sha256, key, filename);
}

function projectKey(filename: string, ecosystem: string): Digest | null {
  try {
    return mapKey(nodeCrypto.sha256, ecosystem, parseDistributionFilename(filename).name);
  } catch (error) {
    // No ledger has a file of such a name.
    if (error instanceof ParseError) return null;
    throw error;
  }
}
