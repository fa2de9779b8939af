// SPDX-License-Identifier: Apache-2.0
import { dirname, isAbsolute, join } from "node:path";
import { quote } from "@countermark/formats";
import type { Env } from "../settings.ts";
import { badLock, indexOf, LOCK_FILE_LIMITS, type LockedPackage, type LockFile } from "./lock-file.ts";
import { editableRequirement, parseRequirement } from "./requirement.ts";
import { type RequirementLine, requirementLines } from "./requirement-lines.ts";

/** What the files of one reading have in common. */
type Reading = {
  readonly env: Env;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly lines: { readonly line: RequirementLine; readonly isConstraint: boolean }[];
  readonly remarks: string[];
  /** The last `--index-url`, and every `--extra-index-url`: they hold for all lines of all files. */
  indexUrl: string | null;
  readonly extraIndexes: string[];
  files: number;
};

type Option = { readonly name: string; readonly value: string };

/** Option -> its other spellings. Whatever is in neither table is refused. */
const WITH_VALUE: ReadonlyMap<string, readonly string[]> = new Map([
  ["--requirement", ["-r"]],
  ["--constraint", ["-c"]],
  ["--editable", ["-e"]],
  ["--index-url", ["-i", "--pypi-url"]],
  ["--extra-index-url", []],
  ["--find-links", ["-f"]],
  ["--trusted-host", []],
  ["--no-binary", []],
  ["--only-binary", []],
  ["--use-feature", []],
]);
const WITHOUT_VALUE = ["--no-index", "--pre", "--prefer-binary", "--require-hashes"];

/**
 * Reads a requirements file with all that it names by `-r` and `-c`. Markers are not asked: what any machine would install is
 * read. Constraints add nothing, but may name places, which is refused.
 *
 * @throws ClientError `bad-lock-file`; what `readFile` throws
 * @spec pip.pypa.io/en/stable/reference/requirements-file-format
 */
export async function readRequirements(
  path: string,
  env: Env,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<LockFile> {
  const reading: Reading = {
    env,
    readFile,
    lines: [],
    remarks: [],
    indexUrl: null,
    extraIndexes: [],
    files: 0,
  };
  await collectLines(path, false, { depth: 0, reading });
  const { indexUrl, extraIndexes } = reading;
  // Pip's own default stands before the extra ones; null is for the user's to say.
  const indexes = indexUrl === null ? [] : [indexUrl, ...extraIndexes];
  if (indexUrl === null && extraIndexes.length > 0) {
    reading.remarks.push(`other indexes are named, and are not asked: ${extraIndexes.join(", ")}`);
  }
  const packages = reading.lines.flatMap((item) => readLine(item, indexes));
  if (packages.length > LOCK_FILE_LIMITS.packagesMax)
    throw badLock(path, `it has ${packages.length} requirements`);
  return { format: "requirements.txt", packages, remarks: reading.remarks };
}

async function collectLines(
  path: string,
  isConstraint: boolean,
  { depth, reading }: { readonly depth: number; readonly reading: Reading },
): Promise<void> {
  reading.files++;
  if (depth > LOCK_FILE_LIMITS.nestedDepthMax || reading.files > LOCK_FILE_LIMITS.nestedFilesMax) {
    throw badLock(path, "requirements files name one another too deeply, or too many of them");
  }
  for (const line of requirementLines(await reading.readFile(path), path, reading.env)) {
    if (!line.text.startsWith("-")) {
      reading.lines.push({ line, isConstraint });
      continue;
    }
    const { name, value } = readOption(line);
    switch (name) {
      case "--requirement":
      case "--constraint":
        await collectLines(nestedPath(value, path, line.place), isConstraint || name === "--constraint", {
          depth: depth + 1,
          reading,
        });
        break;
      case "--editable":
        reading.lines.push({ line, isConstraint });
        break;
      case "--index-url":
        reading.indexUrl = readIndex(value, line.place);
        break;
      case "--extra-index-url":
        reading.extraIndexes.push(readIndex(value, line.place));
        break;
      case "--find-links":
      case "--no-index":
      case "--trusted-host":
        reading.remarks.push(`${line.place}: ${[name, value].join(" ").trim()}`);
        break;
      default:
      // What is built or preferred changes no digest.
    }
  }
}

function readOption({ text, place }: RequirementLine): Option {
  const [, first = "", rest = ""] = /^(-[A-Za-z]|--[a-z-]+)(?:\s*=\s*|\s+)?(.*)$/s.exec(text) ?? [];
  const value = rest.trim().replace(/^(["'])(.*)\1$/, "$2");
  for (const [name, others] of WITH_VALUE) {
    if (name !== first && !others.includes(first)) continue;
    if (value === "") throw badLock(place, `${first} names nothing`);
    // pip splits the line as a shell does, and takes every option on it: more than one plain word is another line to it.
    if (/[\s"'\\]/.test(value)) throw badLock(place, `${first} is followed by more than one plain word`);
    return { name, value };
  }
  if (WITHOUT_VALUE.includes(first) && value === "") return { name: first, value };
  throw badLock(place, `the option ${quote(text.slice(0, 100))} is not known`);
}

function nestedPath(value: string, from: string, place: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(value))
    throw badLock(place, `${quote(value)} is not a file on this machine`);
  return isAbsolute(value) ? value : join(dirname(from), value);
}

function readIndex(value: string, place: string): string {
  const index = indexOf(value);
  if (index === null) throw badLock(place, `${quote(value)} is not the URL of an index`);
  return index;
}

function readLine(
  { line, isConstraint }: Reading["lines"][number],
  indexes: readonly string[],
): readonly LockedPackage[] {
  const isEditable = line.text.startsWith("-");
  const read = isEditable ? editableRequirement(readOption(line).value) : parseRequirement(line, indexes);
  if (!isConstraint) return [read];
  if (read.source.kind !== "index") throw badLock(line.place, "a constraint names a place to install from");
  return [];
}
