// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { FILENAME_CHARS_MAX } from "../limits.ts";
import { quote } from "../text/hex.ts";
import { normalizeProjectName } from "./project-name.ts";
import { canonicalVersion, parseVersion } from "./version.ts";

/** What a distribution's filename says; `name` is normalized and `version` canonical. */
export type Distribution =
  | { readonly kind: "sdist"; readonly filename: string; readonly name: string; readonly version: string }
  | {
      readonly kind: "wheel";
      readonly filename: string;
      readonly name: string;
      readonly version: string;
      readonly build: string | null;
      readonly pythonTags: readonly string[];
      readonly abiTags: readonly string[];
      readonly platformTags: readonly string[];
    };

const WHEEL_SUFFIX = ".whl";
const SDIST_SUFFIX = ".tar.gz";

/**
 * Reads the filename of a wheel or of a source distribution. The name part holds no `-`, so there is one way to split it.
 *
 * @throws ParseError `too-large`; `malformed`; `unsupported` for any other kind of file
 * @spec packaging.python.org binary-distribution-format (PEP 427), source-distribution-format (PEP 625)
 */
export function parseDistributionFilename(filename: string): Distribution {
  if (filename.length > FILENAME_CHARS_MAX) {
    throw new ParseError("too-large", `Cannot read a filename: ${filename.length} characters`);
  }
  if (filename.endsWith(WHEEL_SUFFIX)) return parseWheel(filename, filename.slice(0, -WHEEL_SUFFIX.length));
  if (filename.endsWith(SDIST_SUFFIX)) return parseSdist(filename, filename.slice(0, -SDIST_SUFFIX.length));
  throw new ParseError("unsupported", `Cannot read ${quote(filename)}: neither a wheel nor a .tar.gz`);
}

function parseSdist(filename: string, stem: string): Distribution {
  const [name, version, ...rest] = stem.split("-");
  if (name === undefined || version === undefined || rest.length > 0) throw malformed(filename);
  return { kind: "sdist", filename, name: readName(name, filename), version: readVersion(version) };
}

function parseWheel(filename: string, stem: string): Distribution {
  const parts = stem.split("-");
  const [name, version] = parts;
  const [pythonTag, abiTag, platformTag] = parts.slice(-3);
  const build = parts.length === 6 ? parts[2] : null;
  if (name === undefined || version === undefined || build === undefined) throw malformed(filename);
  if (parts.length < 5 || parts.length > 6) throw malformed(filename);
  if (build !== null && !/^[0-9][A-Za-z0-9_.]*$/.test(build)) throw malformed(filename);
  return {
    kind: "wheel",
    filename,
    name: readName(name, filename),
    version: readVersion(version),
    build,
    pythonTags: readTags(pythonTag, filename),
    abiTags: readTags(abiTag, filename),
    platformTags: readTags(platformTag, filename),
  };
}

function readName(part: string, filename: string): string {
  // Runs of separators are one "_" in an escaped name.
  if (/__/.test(part)) throw malformed(filename);
  return normalizeProjectName(part);
}

/** In filenames `-` of a version is spelled `_`, which PEP 440 reads as the same separator. */
function readVersion(part: string): string {
  const version = canonicalVersion(parseVersion(part));
  // What is read can be written: a canonical form may be longer than what it was made of, and a detail holds it.
  parseVersion(version);
  return version;
}

function readTags(part: string | undefined, filename: string): readonly string[] {
  if (part === undefined || !/^[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*$/.test(part)) throw malformed(filename);
  return part.split(".");
}

function malformed(filename: string): ParseError {
  return new ParseError("malformed", `Cannot read ${quote(filename)}: not the form of PEP 427 or PEP 625`);
}
