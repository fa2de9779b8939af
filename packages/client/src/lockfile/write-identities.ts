// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import { parse, type TomlTable } from "smol-toml";
import { badLock, type RecordedIdentity } from "./lock-file.ts";

type Document = TomlTable;

const MEMBER = "attestation-identities";
const PACKAGE_LINE = /^[ \t]*\[\[[ \t]*packages[ \t]*\]\][ \t]*(?:#.*)?$/;
const HEADER_LINE = /^[ \t]*\[/;
/** What stands at the top of an entry, one line each: the new member goes below the last of them. */
const LEADING_LINE = /^[ \t]*(?:name|version)[ \t]*=/;

/**
 * A `pylock.toml` with `attestation-identities` for the packages that have none; everything else stays as it is, byte for byte.
 *
 * Lines are put in by their looks, and then it is proved: read again, the document is the one before with these members and
 * nothing else.
 *
 * @param identities what to record for the package at this place in the file, or an empty list.
 * @throws ClientError `bad-lock-file` when a file cannot be edited in this way
 */
export function writeIdentities(
  text: string,
  identities: (place: number) => readonly RecordedIdentity[],
  file: string,
): string {
  const before = parse(text);
  const added = packagesOf(before).map((item, i) => (Object.hasOwn(item, MEMBER) ? [] : identities(i)));
  const lines = text.split(/(?<=\n)/);
  const starts = lines.flatMap((line, i) => (PACKAGE_LINE.test(withoutEnd(line)) ? [i] : []));
  if (starts.length !== added.length) throw badLock(file, "its packages are not tables of their own");
  // From the end, so that places before stay what they are.
  for (let i = added.length - 1; i >= 0; i--) {
    const [start, members] = [starts[i] ?? 0, added[i] ?? []];
    if (members.length > 0)
      lines.splice(placeIn(lines, start), 0, ...memberLines(members, lines[start] ?? ""));
  }
  const after = lines.join("");
  requireOnlyAdded(after, { before, added, file });
  return after;
}

function placeIn(lines: readonly string[], start: number): number {
  let place = start + 1;
  for (let i = start + 1; i < lines.length && !HEADER_LINE.test(lines[i] ?? ""); i++) {
    if (LEADING_LINE.test(lines[i] ?? "")) place = i + 1;
  }
  return place;
}

function memberLines(identities: readonly RecordedIdentity[], like: string): readonly string[] {
  const end = like.endsWith("\r\n") ? "\r\n" : "\n";
  const tables = identities.map(
    (identity) =>
      `    { ${[...identity].map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(", ")} },`,
  );
  return [`${MEMBER} = [`, ...tables, "]"].map((line) => line + end);
}

type Change = {
  readonly before: Document;
  readonly added: readonly (readonly RecordedIdentity[])[];
  readonly file: string;
};

function requireOnlyAdded(after: string, { before, added, file }: Change): void {
  const packages = packagesOf(before).map((item, i) => {
    const identities = (added[i] ?? []).map((identity) => table(Object.fromEntries(identity)));
    return identities.length === 0 ? item : table({ ...item, [MEMBER]: identities });
  });
  const wanted = table({ ...before, ...(packages.length === 0 ? {} : { packages }) });
  if (isDeepStrictEqual(readAgain(after, file), wanted)) return;
  throw badLock(file, "attestation-identities cannot be written into it without changing something else");
}

/** As the parser makes them: without a prototype. */
function table(members: Document): Document {
  return Object.assign(Object.create(null), members);
}

function readAgain(text: string, file: string): Document {
  try {
    return parse(text);
  } catch (cause) {
    throw badLock(file, "attestation-identities cannot be written into it", cause);
  }
}

function packagesOf(document: Document): readonly Document[] {
  const packages = document["packages"] ?? [];
  // Read before as a lock, so it is a list of tables.
  return Array.isArray(packages) ? (packages as readonly Document[]) : [];
}

function withoutEnd(line: string): string {
  return line.replace(/\r?\n$/, "");
}
