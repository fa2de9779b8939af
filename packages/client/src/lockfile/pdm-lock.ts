// SPDX-License-Identifier: Apache-2.0
import { quote } from "@countermark/formats";
import {
  badLock,
  filenameOf,
  LOCK_FILE_LIMITS,
  type LockedFile,
  type LockedPackage,
  type LockedSource,
  type LockFile,
  lockedName,
  sha256Of,
} from "./lock-file.ts";
import { readToml, type Toml } from "./toml.ts";

/** Reads a `pdm.lock` of version 4. It names no index: PDM asks those of the project. @throws ClientError `bad-lock-file` */
export function parsePdmLock(bytes: Uint8Array, file: string): LockFile {
  const lock = readToml(bytes, file);
  const version = lock.table("metadata").text("lock_version");
  if (!/^4(?:\.\d+)*$/.test(version)) throw badLock(file, `it is of version ${quote(version)}, wanted 4`);
  const packages = lock
    .tables("package", LOCK_FILE_LIMITS.packagesMax)
    .map((entry) => parsePackage(entry, file));
  return { format: "pdm.lock", packages, remarks: [] };
}

function parsePackage(table: Toml, file: string): LockedPackage {
  const name = lockedName(table.text("name"), table.place);
  const version = table.textOrNull("version");
  const entry = table.at(`${file}, ${name} ${version ?? "without a version"}`);
  const files = entry.tables("files", LOCK_FILE_LIMITS.filesMax).map(parseFile);
  return { name, version, source: parseSource(entry), files, identities: null };
}

function parseSource(entry: Toml): LockedSource {
  const git = entry.textOrNull("git");
  if (git !== null) return { kind: "git", place: `${git}@${entry.textOrNull("revision") ?? "no revision"}` };
  const url = entry.textOrNull("url");
  if (url !== null) return { kind: "url", place: url };
  const path = entry.textOrNull("path");
  if (path !== null) return { kind: entry.flag("editable") ? "editable" : "path", place: path };
  for (const other of ["hg", "svn", "bzr"]) {
    if (entry.has(other)) throw badLock(entry.place, `a source of kind ${quote(other)} is not known`);
  }
  return { kind: "index", indexes: [] };
}

/** A file by its name, or with `static_urls` by its address. */
function parseFile(file: Toml): LockedFile {
  const filename = file.textOrNull("file") ?? filenameOf(file.text("url"), file.place);
  const hash = file.textOrNull("hash");
  return { filename, sha256: hash === null ? null : sha256Of(hash, file.place) };
}
