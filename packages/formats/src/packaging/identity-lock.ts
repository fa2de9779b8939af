// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { encodePublisher, type PublisherRecord, parsePublisher } from "../identity/publisher.ts";
import { FILENAME_CHARS_MAX, JSON_DEPTH_MAX, LOCK_BYTES_MAX, PUBLISHER_BYTES_MAX } from "../limits.ts";
import { type Bytes, utf8 } from "../text/bytes.ts";
import type { JsonInput } from "../text/canonical-json.ts";
import { quote } from "../text/hex.ts";
import { type JsonObject, jsonInput, parseJson, parseJsonObject } from "../text/json.ts";
import { normalizeProjectName } from "./project-name.ts";

/** What was accepted of one project. */
export type LockedProject = {
  /** Origin of the ledger that the project's files are recorded in. */
  readonly index: string;
  /** Who published it; null: it was unattested when locked. */
  readonly identity: PublisherRecord | null;
  /** Filename -> SHA-256 in hexadecimal, of every file accepted so far. */
  readonly files: ReadonlyMap<string, string>;
};

/** The content of `countermark.lock`: normalised project name -> what was accepted. @spec specs/identity-lock.md */
export type IdentityLock = { readonly projects: ReadonlyMap<string, LockedProject> };

export const EMPTY_LOCK: IdentityLock = { projects: new Map() };

/** How the file says that a project was unattested when it was locked: absence would be ambiguous. */
const UNATTESTED = "unattested";
const ORIGIN = { charsMax: 128, pattern: /^[\x21-\x7e]{1,128}$/ } as const;

/**
 * Reads a lock. Strict: a field that is not known, a name that is not normalised or a digest in another spelling is refused.
 *
 * @throws ParseError
 * @spec specs/identity-lock.md#form
 */
export function parseIdentityLock(bytes: Uint8Array): IdentityLock {
  const limits = { bytesMax: LOCK_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
  const body = parseJsonObject(bytes, limits, "identity lock");
  body.integer("version", { min: 1, max: 1 });
  const list = body.object("projects");
  const projects = new Map<string, LockedProject>();
  for (const name of list.names()) {
    if (normalizeProjectName(name) !== name) {
      throw new ParseError(
        "not-canonical",
        `Cannot read identity lock: ${quote(name)} is not a normalised name`,
      );
    }
    projects.set(name, parseProject(list.object(name)));
  }
  list.end();
  body.end();
  return { projects };
}

function parseProject(project: JsonObject): LockedProject {
  const listed = project.object("files");
  const files = new Map<string, string>();
  for (const filename of listed.names()) {
    if (!/^[\x21-\x7e]+$/.test(filename) || filename.length > FILENAME_CHARS_MAX || filename.includes("/")) {
      throw new ParseError("malformed", `Cannot read identity lock: ${quote(filename)} is not a filename`);
    }
    files.set(filename, listed.text(filename, { charsMax: 64, pattern: /^[0-9a-f]{64}$/ }));
  }
  listed.end();
  const parsed = { index: project.text("index", ORIGIN), identity: parseIdentity(project), files };
  project.end();
  return parsed;
}

function parseIdentity(project: JsonObject): PublisherRecord | null {
  if (typeof project.value("identity") !== "string") return parsePublisher(project.object("identity"));
  project.choice("identity", [UNATTESTED]);
  return null;
}

/** The lock as it is written: names sorted, two spaces, a newline at the end, so that a change is a small difference in review. */
export function encodeIdentityLock(lock: IdentityLock): Bytes {
  const value: JsonInput = {
    projects: sorted(lock.projects, (project) => ({
      files: sorted(project.files, (sha256) => sha256),
      identity: project.identity === null ? UNATTESTED : identityJson(project.identity),
      index: project.index,
    })),
    version: 1,
  };
  return utf8(`${JSON.stringify(value, null, 2)}\n`);
}

function identityJson(identity: PublisherRecord): JsonInput {
  const limits = { bytesMax: PUBLISHER_BYTES_MAX, depthMax: 2 };
  return jsonInput(parseJson(encodePublisher(identity), limits, "publisher record"));
}

function sorted<T>(map: ReadonlyMap<string, T>, json: (value: T) => JsonInput): JsonInput {
  const names = [...map.keys()].sort();
  // A prototype-less object: a project called "__proto__" stays a member.
  const object: Record<string, JsonInput> = Object.create(null);
  for (const [name, value] of names.map((name) => [name, map.get(name)] as const)) {
    if (value !== undefined) object[name] = json(value);
  }
  return object;
}
