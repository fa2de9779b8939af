// SPDX-License-Identifier: Apache-2.0
import {
  canonicalVersion,
  METADATA_BYTES_MAX,
  normalizeProjectName,
  ParseError,
  PROJECT_NAME_CHARS_MAX,
  parseDistributionFilename,
  parseVersion,
  quote,
  VERSION_CHARS_MAX,
} from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import { REQUIRES_PYTHON_CHARS_MAX } from "../limits.ts";
import type { ReceivedContent, ReceivedUpload } from "./receive.ts";

/** What the form says about its file, read strictly. Agreement with the file itself is checked by `verifyUpload`. */
export interface UploadForm {
  readonly content: ReceivedContent;
  /** As written in the form. */
  readonly name: string;
  readonly normalizedName: string;
  readonly version: string;
  readonly canonicalVersion: string;
  readonly kind: "wheel" | "sdist";
  readonly requiresPython: string | null;
  /** Text of the field `attestations`, or null when the upload has none. */
  readonly attestations: string | null;
}

type Fields = ReceivedUpload["fields"];

const METADATA_VERSIONS = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];
const RETIRED_ACTIONS = ["submit", "submit_pkg_info", "doc_upload"];
const DIGEST_FIELDS = [
  ["md5_digest", "md5", 32],
  ["sha256_digest", "sha256", 64],
  ["blake2_256_digest", "blake2b256", 64],
] as const;

/**
 * Reads the form of an upload in the order in which Warehouse checks it.
 *
 * @throws IndexRefusal `upload-action-retired`, `protocol-unsupported`, `field-missing`, `field-malformed`,
 * `content-missing`, `filename-malformed`, `filename-mismatch`, `filename-not-normal`, `digest-missing`, `digest-mismatch`
 */
export function parseUploadForm(upload: ReceivedUpload): UploadForm {
  const { fields } = upload;
  parseAction(fields);
  parseMetadataVersion(fields);
  const { name, normalizedName } = parseName(fields);
  const version = parseFormVersion(fields);
  const kind = parseFiletype(fields);
  const content = upload.content;
  if (content === null) throw new IndexRefusal("content-missing", "Upload payload does not have a file.");
  const canonical = canonicalVersion(parseVersion(version));
  const wanted = { normalizedName, canonicalVersion: canonical, kind };
  matchFilename(content.filename, wanted);
  requireNormalFilename(content.filename, wanted);
  matchDigests(fields, content);
  return {
    content,
    name,
    normalizedName,
    version,
    canonicalVersion: canonical,
    kind,
    requiresPython: parseRequiresPython(fields),
    attestations: single(fields, "attestations"),
  };
}

/** The value of a field that may be given once. Empty and `UNKNOWN` mean absent, as old clients write it. */
function single(fields: Fields, name: string): string | null {
  const values = fields.get(name) ?? [];
  if (values.length > 1) {
    throw new IndexRefusal("field-malformed", `${name}: given ${values.length} times, wanted once.`);
  }
  const value = values[0]?.trim() ?? "";
  return value === "" || value === "UNKNOWN" ? null : value;
}

function required(fields: Fields, name: string): string {
  const value = single(fields, name);
  if (value === null) throw new IndexRefusal("field-missing", `${name}: This field is required.`);
  return value;
}

function parseAction(fields: Fields): void {
  const action = single(fields, ":action");
  if (action !== null && RETIRED_ACTIONS.includes(action)) {
    throw new IndexRefusal("upload-action-retired", `The action ${action} is retired; use file_upload.`);
  }
  if (action !== "file_upload") {
    throw new IndexRefusal("field-malformed", `:action: found ${quote(action ?? "")}, wanted "file_upload".`);
  }
  const protocol = single(fields, "protocol_version") ?? "1";
  if (protocol !== "1") {
    throw new IndexRefusal(
      "protocol-unsupported",
      `Unknown protocol version ${quote(protocol)}, wanted "1".`,
    );
  }
}

function parseMetadataVersion(fields: Fields): void {
  const version = required(fields, "metadata_version");
  if (!METADATA_VERSIONS.includes(version)) {
    throw new IndexRefusal(
      "field-malformed",
      `metadata_version: ${quote(version)} is not one of ${METADATA_VERSIONS.join(", ")}.`,
    );
  }
}

function parseName(fields: Fields): { name: string; normalizedName: string } {
  const name = required(fields, "name");
  return {
    name,
    normalizedName: refuseMalformed("name", name, PROJECT_NAME_CHARS_MAX, () => normalizeProjectName(name)),
  };
}

function parseFormVersion(fields: Fields): string {
  const version = required(fields, "version");
  const canonical = refuseMalformed("version", version, VERSION_CHARS_MAX, () =>
    canonicalVersion(parseVersion(version)),
  );
  if (canonical.includes("+")) {
    throw new IndexRefusal(
      "field-malformed",
      `version: ${quote(version)} has a local part; not allowed here.`,
    );
  }
  return version;
}

function parseFiletype(fields: Fields): "wheel" | "sdist" {
  const filetype = required(fields, "filetype");
  const python = single(fields, "pyversion");
  if (filetype === "bdist_wheel") {
    if (python === null) throw new IndexRefusal("field-missing", "pyversion: required for wheels.");
    return "wheel";
  }
  if (filetype !== "sdist") {
    throw new IndexRefusal("field-malformed", `filetype: ${quote(filetype)} is not sdist or bdist_wheel.`);
  }
  if (python !== null && python !== "source") {
    throw new IndexRefusal(
      "field-malformed",
      `pyversion: found ${quote(python)}, wanted "source" for an sdist.`,
    );
  }
  return "sdist";
}

/** Installers drop a file, or a whole page, over a specifier that they cannot read. @spec version-specifiers (PEP 440) */
function parseRequiresPython(fields: Fields): string | null {
  const text = single(fields, "requires_python");
  if (text === null) return null;
  const isSpecifier = text
    .split(",")
    .every(
      (clause) => /^ *(?:~=|===?|!=|<=?|>=?) *[A-Za-z0-9.*+!_-]+ *$/.test(clause) || clause.trim() === "",
    );
  if (text.length > REQUIRES_PYTHON_CHARS_MAX || !isSpecifier) {
    throw new IndexRefusal("field-malformed", `requires_python: ${quote(text)} is not a version specifier.`);
  }
  return text;
}

interface WantedFilename {
  readonly normalizedName: string;
  readonly canonicalVersion: string;
  readonly kind: "wheel" | "sdist";
}

function matchFilename(filename: string, form: WantedFilename): void {
  const parsed = parseFilename(filename);
  const found = `${parsed.name} ${parsed.version} (${parsed.kind})`;
  const wanted = `${form.normalizedName} ${form.canonicalVersion} (${form.kind})`;
  if (found !== wanted) {
    throw new IndexRefusal(
      "filename-mismatch",
      `Filename ${quote(filename)} says ${found}, the form says ${wanted}.`,
    );
  }
}

/**
 * One distribution has one filename: two spellings of it would be two files, of which each installer takes another.
 *
 * A wheel's name may keep its capitals, and nothing else: the specification has installers accept them, and there are too many
 * projects whose wheels carry them (`PyYAML-6.0.2-cp311-cp311-linux_x86_64.whl`) to refuse them all.
 *
 * @spec source-distribution-format (PEP 625); binary-distribution-format#escaping-and-unicode (PEP 427)
 */
function requireNormalFilename(filename: string, form: WantedFilename): void {
  const stem = `${form.normalizedName.replaceAll("-", "_")}-${form.canonicalVersion}`;
  const [name = ""] = filename.split("-", 1);
  const [found, wanted] =
    form.kind === "sdist"
      ? [filename, `${stem}.tar.gz`]
      : [name.toLowerCase() + filename.slice(name.length, stem.length + 1), `${stem}-`];
  if (found === wanted) return;
  const where = form.kind === "sdist" ? "" : " at its beginning";
  throw new IndexRefusal(
    "filename-not-normal",
    `Filename ${quote(filename)} is not in normal form, wanted ${quote(wanted)}${where}.`,
  );
}

function parseFilename(filename: string): ReturnType<typeof parseDistributionFilename> {
  try {
    return parseDistributionFilename(filename);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new IndexRefusal("filename-malformed", `Invalid distribution filename: ${cause.message}`, {
      cause,
    });
  }
}

function matchDigests(fields: Fields, content: ReceivedContent): void {
  let stated = 0;
  for (const [field, digest, length] of DIGEST_FIELDS) {
    const value = single(fields, field)?.toLowerCase();
    if (value === undefined) continue;
    stated++;
    if (value.length !== length || value !== content[digest]) {
      throw new IndexRefusal(
        "digest-mismatch",
        `The digest supplied does not match the digest calculated from the uploaded file: ${field} is ${quote(value)}, calculated ${content[digest]}.`,
      );
    }
  }
  if (stated === 0) throw new IndexRefusal("digest-missing", "Include at least one message digest.");
}

function refuseMalformed<T>(field: string, value: string, charsMax: number, parse: () => T): T {
  if (value.length > Math.min(charsMax, METADATA_BYTES_MAX)) {
    throw new IndexRefusal("field-malformed", `${field}: longer than ${charsMax} characters.`);
  }
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new IndexRefusal("field-malformed", `${field}: ${cause.message}`, { cause });
  }
}
