// SPDX-License-Identifier: Apache-2.0
import { quote } from "@countermark/formats";
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
  type RecordedIdentity,
  sha256Of,
} from "./lock-file.ts";
import { readToml, type Toml } from "./toml.ts";

/** Publishers recorded for one package. */
const IDENTITIES_MAX = 64;

/** Reads a `pylock.toml` of version 1. @throws ClientError `bad-lock-file` @spec pylock-toml */
export function parsePylock(bytes: Uint8Array, file: string): LockFile {
  const lock = readToml(bytes, file);
  const version = lock.text("lock-version");
  if (!/^1\.\d+$/.test(version)) throw badLock(file, `it is of version ${quote(version)}, wanted 1`);
  const packages = lock
    .tables("packages", LOCK_FILE_LIMITS.packagesMax)
    .map((entry) => parsePackage(entry, file));
  return { format: "pylock.toml", packages, remarks: [] };
}

function parsePackage(table: Toml, file: string): LockedPackage {
  const name = lockedName(table.text("name"), table.place);
  const version = table.textOrNull("version");
  const entry = table.at(`${file}, ${name} ${version ?? "without a version"}`);
  const { source, files } = parseSource(entry);
  const listed = entry.tables("attestation-identities", IDENTITIES_MAX);
  const identities = entry.has("attestation-identities") ? listed.map(parseIdentity) : null;
  return { name, version, source, files, identities };
}

/** A package has one of these, and only files of an index are several. */
function parseSource(entry: Toml): { readonly source: LockedSource; readonly files: readonly LockedFile[] } {
  const [vcs, directory, archive, sdist] = [
    entry.tableOrNull("vcs"),
    entry.tableOrNull("directory"),
    entry.tableOrNull("archive"),
    entry.tableOrNull("sdist"),
  ];
  const wheels = entry.tables("wheels", LOCK_FILE_LIMITS.filesMax);
  const isOnIndex = sdist !== null || wheels.length > 0;
  if ([vcs, directory, archive].filter((other) => other !== null).length + (isOnIndex ? 1 : 0) > 1) {
    throw badLock(entry.place, "it has more than one source");
  }
  if (vcs !== null) {
    const place = `${vcs.textOrNull("url") ?? vcs.text("path")}@${vcs.text("commit-id")}`;
    return { source: { kind: "git", place }, files: [] };
  }
  if (directory !== null) {
    const kind = directory.flag("editable") ? "editable" : "path";
    return { source: { kind, place: directory.text("path") }, files: [] };
  }
  if (archive !== null) return parseArchive(archive);
  return {
    source: indexSource(entry),
    files: [...(sdist === null ? [] : [sdist]), ...wheels].map(parseFile),
  };
}

function parseArchive(archive: Toml): {
  readonly source: LockedSource;
  readonly files: readonly LockedFile[];
} {
  const url = archive.textOrNull("url");
  const place = url ?? archive.text("path");
  return { source: { kind: url === null ? "path" : "url", place }, files: [parseFile(archive)] };
}

function indexSource(entry: Toml): LockedSource {
  const named = entry.textOrNull("index");
  if (named === null) return { kind: "index", indexes: [] };
  const index = indexOf(named);
  return index === null ? { kind: "path", place: named } : { kind: "index", indexes: [index] };
}

function parseFile(file: Toml): LockedFile {
  const location = file.textOrNull("url") ?? file.textOrNull("path");
  const filename = file.textOrNull("name") ?? (location === null ? null : filenameOf(location, file.place));
  if (filename === null) throw badLock(file.place, "the file has neither a URL nor a name");
  const digest = file.tableOrNull("hashes")?.textOrNull("sha256") ?? null;
  return { filename, sha256: digest === null ? null : sha256Of(`sha256:${digest}`, file.place) };
}

function parseIdentity(identity: Toml): RecordedIdentity {
  identity.text("kind");
  return identity.texts();
}
