// SPDX-License-Identifier: Apache-2.0
import { quote } from "@countermark/formats";
import {
  badLock,
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

/** `type` of a `source` table -> what it is. A `legacy` source is an index; a package without a source is Poetry's default. */
const OTHER_SOURCES: ReadonlyMap<string, OtherSource> = new Map<string, OtherSource>([
  ["git", "git"],
  ["url", "url"],
  ["file", "path"],
  ["directory", "path"],
]);

/** Reads a `poetry.lock` of version 1 or 2. @throws ClientError `bad-lock-file` */
export function parsePoetryLock(bytes: Uint8Array, file: string): LockFile {
  const lock = readToml(bytes, file);
  const metadata = lock.table("metadata");
  const version = metadata.text("lock-version");
  if (!/^[12]\.\d+$/.test(version)) throw badLock(file, `it is of version ${quote(version)}, wanted 1 or 2`);
  // Before version 2 the files of all packages are in one table.
  const older = metadata.tableOrNull("files");
  const packages = lock
    .tables("package", LOCK_FILE_LIMITS.packagesMax)
    .map((entry) => parsePackage(entry, older, file));
  return { format: "poetry.lock", packages, remarks: [] };
}

function parsePackage(table: Toml, older: Toml | null, file: string): LockedPackage {
  const written = table.text("name");
  const name = lockedName(written, table.place);
  const version = table.text("version");
  const entry = table.at(`${file}, ${name} ${version}`);
  const listed =
    entry.has("files") || older === null
      ? entry.tables("files", LOCK_FILE_LIMITS.filesMax)
      : older.tables(written, LOCK_FILE_LIMITS.filesMax);
  const source = parseSource(entry.tableOrNull("source"), entry.flag("develop"));
  return { name, version, source, files: listed.map(parseFile), identities: null };
}

function parseSource(source: Toml | null, isEditable: boolean): LockedSource {
  if (source === null) return { kind: "index", indexes: [] };
  const [type, place] = [source.text("type"), source.text("url")];
  if (type === "legacy") {
    const index = indexOf(place);
    return index === null ? { kind: "path", place } : { kind: "index", indexes: [index] };
  }
  const kind = OTHER_SOURCES.get(type);
  if (kind === undefined) throw badLock(source.place, `a source of type ${quote(type)} is not known`);
  const commit = source.textOrNull("resolved_reference");
  return {
    kind: isEditable && kind === "path" ? "editable" : kind,
    place: commit === null ? place : `${place}@${commit}`,
  };
}

function parseFile(file: Toml): LockedFile {
  return { filename: file.text("file"), sha256: sha256Of(file.text("hash"), file.place) };
}
