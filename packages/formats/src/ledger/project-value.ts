// SPDX-License-Identifier: Apache-2.0
import { type Sha256, u32, u64 } from "../text/bytes.ts";
import { type Digest, digestBytes, tagged } from "./ids.ts";

/** What the index's map commits to for one project. @spec specs/map.md#values */
export interface ProjectCommitments {
  /** Encoded project header, or index header for the index itself. */
  readonly header: Uint8Array;
  readonly files: Digest;
  readonly historyCount: number;
  /** RFC 6962 root over the leaf hashes of the project's legal entries. */
  readonly historyRoot: Digest;
}

/** `SHA-256("countermark.dev/project/v1\0" || u32 len || header || file map commitment || u64 n || history root)`. */
export function projectValue(sha256: Sha256, project: ProjectCommitments): Digest {
  const { header, files, historyCount, historyRoot } = project;
  const history = [u64(historyCount), digestBytes(historyRoot)];
  return tagged(sha256, "project", u32(header.length), header, digestBytes(files), ...history);
}

/** `SHA-256("countermark.dev/file/v1\0" || record)`: the value of a file or release record in a file map. */
export function fileValue(sha256: Sha256, record: Uint8Array): Digest {
  return tagged(sha256, "file", record);
}
