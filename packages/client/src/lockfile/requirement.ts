// SPDX-License-Identifier: Apache-2.0
import { ParseError, parseVersion, quote } from "@countermark/formats";
import {
  badLock,
  type LockedFile,
  type LockedPackage,
  type LockedSource,
  lockedName,
  type OtherSource,
  sha256Of,
} from "./lock-file.ts";
import type { RequirementLine } from "./requirement-lines.ts";

const NAME = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?";
const EXTRAS = String.raw`(?:\s*\[[^\]]*\])?`;
/** `name[extra] == version ; marker`: no other operator names one version. */
const PINNED = new RegExp(`^(${NAME})${EXTRAS}\\s*===?\\s*([^\\s;,*()]+)\\s*(?:;.*)?$`);
const NAMED_ADDRESS = new RegExp(`^(${NAME})${EXTRAS}\\s*@\\s*(\\S+)\\s*(?:;.*)?$`);
const ANY_NAME = new RegExp(`^(${NAME})${EXTRAS}\\s*(?:[<>=!~;(].*)?$`);
const VERSION_CONTROL = /^(?:git|hg|svn|bzr)\+/;
const FILE_SUFFIX = /\.(?:whl|tar\.gz|tar\.bz2|tar\.xz|tgz|zip)$/i;
/** What may follow a requirement on its line. Only `--hash` says anything about which bytes. */
const OPTION =
  /^--(hash|config-settings?|global-option|install-option)(?:=|\s+)(?:"([^"]*)"|'([^']*)'|(\S+))\s*/;

/**
 * Reads one requirement with its digests. One that does not name a single version has no version, which is refused later with
 * all that is wrong; one that names no project and no place is malformed.
 *
 * @param indexes where pip would look for it, first things first
 * @throws ClientError `bad-lock-file`
 */
export function parseRequirement(line: RequirementLine, indexes: readonly string[]): LockedPackage {
  const { requirement, hashes } = splitOptions(line);
  const pinned = PINNED.exec(requirement);
  if (pinned !== null) {
    const [, name = "", version = ""] = pinned;
    requireVersion(version, line.place);
    return onIndex(lockedName(name, line.place), version, { hashes, indexes });
  }
  const [, addressed, address] = NAMED_ADDRESS.exec(requirement) ?? [];
  if (addressed !== undefined && address !== undefined) {
    return elsewhere(lockedName(addressed, line.place), placeOf(address), hashes);
  }
  const place = placeAlone(requirement);
  if (place !== null) return elsewhere(nameOfPlace(place), place, hashes);
  const [, name] = ANY_NAME.exec(requirement) ?? [];
  if (name === undefined) throw badLock(line.place, `${quote(requirement)} is not a requirement`);
  return onIndex(lockedName(name, line.place), null, { hashes, indexes });
}

/** A package that is installed as it stands in a folder, or from version control. */
export function editableRequirement(location: string): LockedPackage {
  const place = placeOf(location);
  const source: LockedSource = place.kind === "path" ? { kind: "editable", place: place.place } : place;
  return { name: nameOfPlace(source), version: null, source, files: [], identities: null };
}

function splitOptions({ text, place }: RequirementLine): {
  readonly requirement: string;
  readonly hashes: readonly LockedFile[];
} {
  const start = text.search(/\s--[a-z]/);
  const requirement = (start < 0 ? text : text.slice(0, start)).trim();
  let rest = start < 0 ? "" : text.slice(start).trim();
  const hashes: LockedFile[] = [];
  while (rest !== "") {
    const [whole = "", option, ...values] = OPTION.exec(rest) ?? [];
    if (whole === "") throw badLock(place, `${quote(rest.slice(0, 100))} is not an option of a requirement`);
    const value = values.find((found) => found !== undefined) ?? "";
    if (option === "hash") hashes.push({ filename: null, sha256: sha256Of(value, place) });
    rest = rest.slice(whole.length);
  }
  return { requirement, hashes };
}

function requireVersion(version: string, place: string): void {
  try {
    parseVersion(version);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw badLock(place, `${quote(version)} is not a version`, cause);
  }
}

function onIndex(
  name: string,
  version: string | null,
  { hashes, indexes }: { readonly hashes: readonly LockedFile[]; readonly indexes: readonly string[] },
): LockedPackage {
  return { name, version, source: { kind: "index", indexes }, files: hashes, identities: null };
}

type Place = { readonly kind: OtherSource; readonly place: string };

function elsewhere(name: string, source: Place, hashes: readonly LockedFile[]): LockedPackage {
  return { name, version: null, source, files: source.kind === "url" ? hashes : [], identities: null };
}

function placeOf(address: string): Place {
  if (VERSION_CONTROL.test(address)) return { kind: "git", place: address };
  if (/^https?:/i.test(address)) return { kind: "url", place: address };
  return { kind: "path", place: address };
}

/** A requirement that is an address or a path and nothing else, as pip tells it from a name. */
function placeAlone(requirement: string): Place | null {
  const [address = ""] = requirement.split(/\s+;|\s/);
  if (VERSION_CONTROL.test(address) || /^[a-z]+:\/\//i.test(address) || /^file:/i.test(address))
    return placeOf(address);
  const isPath = /[/\\]/.test(address) || address.startsWith(".") || FILE_SUFFIX.test(address);
  return isPath ? { kind: "path", place: address } : null;
}

/** Nothing says which project it is: its place stands for it in what is shown. */
function nameOfPlace({ place }: { readonly place: string }): string {
  return place;
}
