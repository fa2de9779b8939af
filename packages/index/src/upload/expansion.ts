// SPDX-License-Identifier: Apache-2.0
import { quote } from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import {
  ARCHIVE_ENTRIES_MAX,
  ARCHIVE_EXPANDED_BYTES_MAX,
  ARCHIVE_PATH_CHARS_MAX,
  ARCHIVE_RATIO_FREE_BYTES,
  ARCHIVE_RATIO_MAX,
} from "../limits.ts";

/** Counts what one archive expands to, in bytes that really came out, never in bytes that a header promised. */
export interface Expansion {
  /** @throws IndexRefusal `archive-expands-too-far` */
  addEntry(): void;
  /** @throws IndexRefusal `archive-expands-too-far` */
  addBytes(length: number): void;
}

/** @param archiveBytes the size of the archive itself. */
export function startExpansion(archiveBytes: number): Expansion {
  const allowed = Math.min(
    ARCHIVE_EXPANDED_BYTES_MAX,
    Math.max(ARCHIVE_RATIO_FREE_BYTES, archiveBytes * ARCHIVE_RATIO_MAX),
  );
  let entries = 0;
  let bytes = 0;
  return {
    addEntry() {
      entries++;
      if (entries > ARCHIVE_ENTRIES_MAX) {
        throw new IndexRefusal(
          "archive-expands-too-far",
          `The archive has more than ${ARCHIVE_ENTRIES_MAX} members.`,
        );
      }
    },
    addBytes(length) {
      bytes += length;
      if (bytes > allowed) {
        throw new IndexRefusal(
          "archive-expands-too-far",
          `The archive of ${archiveBytes} bytes expands to more than ${allowed} bytes.`,
        );
      }
    },
  };
}

/**
 * Splits a member's path, refusing what an extractor could write elsewhere.
 *
 * @param path as the archive has it; a folder's final slash is already removed.
 * @throws IndexRefusal `archive-entry-unsafe`
 */
export function splitArchivePath(path: string): readonly string[] {
  const parts = path.split("/");
  const isPlain =
    path.length <= ARCHIVE_PATH_CHARS_MAX &&
    !hasControlOrBackslash(path) &&
    !/^[A-Za-z]:/.test(path) &&
    parts.every((part) => part !== "" && part !== "." && part !== "..");
  if (!isPlain)
    throw new IndexRefusal("archive-entry-unsafe", `The member ${quote(path)} has an unsafe path.`);
  return parts;
}

function hasControlOrBackslash(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code < 0x20 || code === 0x7f || code === 0x5c) return true;
  }
  return false;
}
