// SPDX-License-Identifier: Apache-2.0
import {
  badLock,
  filenameOf,
  indexOf,
  LOCK_FILE_LIMITS,
  type LockedFile,
  type LockedPackage,
  type LockedSource,
  type LockFile,
  lockedName,
  type OtherSource,
  sha256Of,
} from "./lock-file.ts";
import { readToml, type Toml } from "./toml.ts";

/** Member of a `source` table -> what it is. `registry` is an index, or a folder. */
const OTHER_SOURCES: readonly (readonly [member: string, kind: OtherSource])[] = [
  ["git", "git"],
  ["url", "url"],
  ["path", "path"],
  ["directory", "path"],
  ["editable", "editable"],
  ["virtual", "this-project"],
];

/** Reads a `uv.lock` of version 1, whatever its revision. @throws ClientError `bad-lock-file` */
export function parseUvLock(bytes: Uint8Array, file: string): LockFile {
  const lock = readToml(bytes, file);
  requireVersion(lock);
  const packages = lock
    .tables("package", LOCK_FILE_LIMITS.packagesMax)
    .map((entry) => parsePackage(entry, file));
  return { format: "uv.lock", packages, remarks: [] };
}

function requireVersion(lock: Toml): void {
  const version = lock.integer("version");
  if (version !== 1) throw badLock(lock.place, `it is of version ${version}, wanted 1`);
}

function parsePackage(table: Toml, file: string): LockedPackage {
  const name = lockedName(table.text("name"), table.place);
  const version = table.textOrNull("version");
  const entry = table.at(`${file}, ${name} ${version ?? "without a version"}`);
  const source = parseSource(entry.table("source"));
  const sdist = entry.tableOrNull("sdist");
  const wheels = entry.tables("wheels", LOCK_FILE_LIMITS.filesMax);
  const files = [...(sdist === null ? [] : [sdist]), ...wheels].map(parseFile);
  return { name, version, source, files, identities: null };
}

function parseSource(source: Toml): LockedSource {
  const registry = source.textOrNull("registry");
  if (registry !== null) {
    const index = indexOf(registry);
    return index === null ? { kind: "path", place: registry } : { kind: "index", indexes: [index] };
  }
  for (const [member, kind] of OTHER_SOURCES) {
    const place = source.textOrNull(member);
    // `.` is the project whose lock this is, installed as it stands.
    if (place !== null) return { kind: kind === "editable" && place === "." ? "this-project" : kind, place };
  }
  throw badLock(source.place, "the source is of no known kind");
}

function parseFile(file: Toml): LockedFile {
  const location = file.textOrNull("url") ?? file.textOrNull("path");
  const filename =
    file.textOrNull("filename") ?? (location === null ? null : filenameOf(location, file.place));
  if (filename === null) throw badLock(file.place, "the file has neither a URL nor a name");
  const hash = file.textOrNull("hash");
  return { filename, sha256: hash === null ? null : sha256Of(hash, file.place) };
}
