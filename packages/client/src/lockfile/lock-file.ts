// SPDX-License-Identifier: Apache-2.0
import { normalizeProjectName, ParseError, quote } from "@countermark/formats";
import { ClientError } from "../failure.ts";

/** Limits on what is read of other tools' lock files. Bytes unless the name says otherwise. */
export const LOCK_FILE_LIMITS = {
  bytesMax: 67_108_864,
  depthMax: 32,
  packagesMax: 50_000,
  filesMax: 1_000_000,
  /** A URL, a path, a line of a requirements file, in characters. */
  textCharsMax: 65_536,
  /** Requirements files that one names, and how deep. */
  nestedFilesMax: 64,
  nestedDepthMax: 8,
} as const;

/** The forms that are read, by the names they have in messages. */
export type LockFormat = "uv.lock" | "pylock.toml" | "poetry.lock" | "pdm.lock" | "requirements.txt";

/** What another tool's lock file says, in one form for all of them. Parsed, not believed. */
export type LockFile = {
  readonly format: LockFormat;
  readonly packages: readonly LockedPackage[];
  /** What the file says beside its packages that a reader should know: other places in which an installer would look. */
  readonly remarks: readonly string[];
};

/** One version of one project, and every file that an installer would take for it. */
export type LockedPackage = {
  /** Normalised. */
  readonly name: string;
  /** As in the lock; null where the source alone says what it is. */
  readonly version: string | null;
  readonly source: LockedSource;
  readonly files: readonly LockedFile[];
  /** `attestation-identities` of the package; null: the lock has none for it. @spec pylock-toml */
  readonly identities: readonly RecordedIdentity[] | null;
};

/** Where an installer takes a package from. */
export type LockedSource =
  | {
      readonly kind: "index";
      /** Simple API roots, without a slash at the end, in the order in which they are asked; none: the lock does not say. */
      readonly indexes: readonly string[];
    }
  | { readonly kind: OtherSource; readonly place: string };

/** What is on no index. */
export type OtherSource = "git" | "url" | "path" | "editable" | "this-project";

export type LockedFile = {
  /** Null where the lock allows any file with this digest. */
  readonly filename: string | null;
  /** Lower-case hexadecimal; null: the lock has no SHA-256 for it. */
  readonly sha256: string | null;
};

/** One publisher as a lock records it: the members of its table. */
export type RecordedIdentity = ReadonlyMap<string, string>;

/** The error for a lock file that cannot be read. `place`: the file, and what in it. */
export function badLock(place: string, reason: string, cause?: unknown): ClientError {
  return new ClientError("bad-lock-file", `Cannot read ${place}: ${reason}`, { cause });
}

/** A project's name in a lock, normalised. @throws ClientError `bad-lock-file` */
export function lockedName(text: string, place: string): string {
  try {
    return normalizeProjectName(text);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw badLock(place, `${quote(text)} is not a project's name`, cause);
  }
}

const SHA256 = /^sha256:([0-9a-fA-F]{64})$/;

/** The SHA-256 of `sha256:<hexadecimal digits>`; null for a digest of another algorithm. @throws ClientError `bad-lock-file` */
export function sha256Of(hash: string, place: string): string | null {
  const digits = SHA256.exec(hash)?.[1];
  if (digits !== undefined) return digits.toLowerCase();
  if (/^(?!sha256:)[a-z0-9_]+:[0-9a-fA-F]+$/.test(hash)) return null;
  throw badLock(place, `${quote(hash)} is not a digest`);
}

/** The filename at the end of a URL or of a path, without query and fragment. @throws ClientError `bad-lock-file` */
export function filenameOf(location: string, place: string): string {
  const [path = ""] = location.split(/[?#]/);
  const last = path.slice(path.search(/[^/\\]*$/));
  try {
    const name = decodeURIComponent(last);
    if (name !== "" && !/[/\\]/.test(name)) return name;
  } catch (cause) {
    throw badLock(place, `${quote(location)} ends in no filename`, cause);
  }
  throw badLock(place, `${quote(location)} ends in no filename`);
}

/** An index as a lock names it, without a slash at its end; null for what is no web address, as a folder of files is. */
export function indexOf(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  return text.replace(/\/+$/, "");
}
