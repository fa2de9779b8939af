// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { TUF_DELEGATIONS_MAX, TUF_NAME_CHARS_MAX, TUF_TARGETS_BYTES_MAX } from "../limits.ts";
import { quote } from "../text/hex.ts";
import type { JsonObject, JsonValue } from "../text/json.ts";
import { parseTufFile, type TufFile, type TufHeader, tufMembers } from "./envelope.ts";
import { parseTufKeys, parseTufRole, type TufKey, type TufRole } from "./key.ts";
import { parseTufHashes, parseTufLength, type TufHash } from "./meta-file.ts";
import { TUF_TOP_ROLES } from "./root.ts";

export type TufTargets = TufHeader & {
  readonly targets: ReadonlyMap<string, TufTarget>;
  readonly delegations: TufDelegations | null;
};

/** A file that a targets role vouches for. `custom` is the application's; null when absent. */
export type TufTarget = {
  readonly length: number;
  readonly hashes: readonly TufHash[];
  readonly custom: JsonValue;
};

/** To whom a targets role delegates: a list in order of precedence, or the bins of one hash function. */
export type TufDelegations = { readonly keys: ReadonlyMap<string, TufKey> } & (
  | { readonly kind: "listed"; readonly roles: readonly TufDelegatedRole[] }
  | { readonly kind: "succinct"; readonly bins: TufSuccinctRoles }
);

export type TufDelegatedRole = TufRole & {
  readonly name: string;
  /** Whether the search ends with this role and its delegates. */
  readonly terminating: boolean;
} & (
    | { readonly kind: "paths"; readonly patterns: readonly string[] }
    | { readonly kind: "path-hash-prefixes"; readonly prefixes: readonly string[] }
  );

/** 2^bitLength roles named `namePrefix-<bin>`. @spec github.com/theupdateframework/taps/blob/master/tap15.md */
export type TufSuccinctRoles = TufRole & { readonly bitLength: number; readonly namePrefix: string };

const TOP_ROLES: readonly string[] = TUF_TOP_ROLES;
const BIT_LENGTH_MAX = 32;
const HASH_PREFIX = /^[0-9a-f]{1,64}$/;

/**
 * Reads the file of the top-level targets role or of one that it delegates to, in time linear in its size.
 *
 * @throws ParseError of the JSON reader, `unsupported`
 * @spec theupdateframework/specification#4.5
 */
export function parseTufTargets(bytes: Uint8Array): TufFile<TufTargets> {
  return parseTufFile(bytes, { type: "targets", bytesMax: TUF_TARGETS_BYTES_MAX, read });
}

function read(signed: JsonObject): Omit<TufTargets, keyof TufHeader> {
  const targets = new Map<string, TufTarget>();
  for (const [path, target] of tufMembers(signed, "targets")) targets.set(path, parseTarget(target));
  const delegations = signed.has("delegations") ? parseDelegations(signed.object("delegations")) : null;
  return { targets, delegations };
}

function parseTarget(body: JsonObject): TufTarget {
  const target = {
    length: parseTufLength(body),
    hashes: parseTufHashes(body),
    custom: body.has("custom") ? parseCustom(body) : null,
  };
  body.ignoreRest();
  return target;
}

/** An object, whatever is in it. */
function parseCustom(body: JsonObject): JsonValue {
  body.object("custom").ignoreRest();
  return body.value("custom");
}

function parseDelegations(body: JsonObject): TufDelegations {
  const keys = parseTufKeys(body);
  if (body.has("roles") === body.has("succinct_roles")) {
    throw new ParseError("malformed", `Cannot read ${body.path}: wanted either "roles" or "succinct_roles"`);
  }
  if (body.has("succinct_roles")) {
    return { keys, kind: "succinct", bins: parseSuccinctRoles(body.object("succinct_roles")) };
  }
  const roles = body.objects("roles", { itemsMax: TUF_DELEGATIONS_MAX }).map(parseDelegatedRole);
  requireDistinctNames(roles, body.path);
  return { keys, kind: "listed", roles };
}

function parseDelegatedRole(body: JsonObject): TufDelegatedRole {
  const name = body.text("name", { charsMax: TUF_NAME_CHARS_MAX });
  if (TOP_ROLES.includes(name)) {
    throw new ParseError(
      "malformed",
      `Cannot read ${body.path}: ${quote(name)} is the name of a top-level role`,
    );
  }
  const role = { ...parseTufRole(body), name, terminating: body.boolean("terminating") };
  if (body.has("paths") === body.has("path_hash_prefixes")) {
    throw new ParseError(
      "malformed",
      `Cannot read ${body.path}: wanted either "paths" or "path_hash_prefixes"`,
    );
  }
  const limits = { itemsMax: TUF_DELEGATIONS_MAX, charsMax: TUF_NAME_CHARS_MAX };
  if (body.has("paths"))
    return { ...role, kind: "paths", patterns: body.texts("paths", limits).map(pathPattern) };
  const prefixes = body.texts("path_hash_prefixes", limits);
  return { ...role, kind: "path-hash-prefixes", prefixes: prefixes.map(hashPrefix) };
}

function parseSuccinctRoles(body: JsonObject): TufSuccinctRoles {
  return {
    ...parseTufRole(body),
    bitLength: body.integer("bit_length", { min: 1, max: BIT_LENGTH_MAX }),
    namePrefix: body.text("name_prefix", { charsMax: TUF_NAME_CHARS_MAX }),
  };
}

/** Bracket expressions and escapes are read differently by every implementation: whoever needs them gets no answer here. */
function pathPattern(pattern: string): string {
  if (/[[\]\\]/.test(pattern)) {
    throw new ParseError(
      "unsupported",
      `Cannot read path pattern ${quote(pattern)}: "*" and "?" are the only special characters`,
    );
  }
  return pattern;
}

function hashPrefix(prefix: string): string {
  if (!HASH_PREFIX.test(prefix)) {
    throw new ParseError("not-hex", `Cannot read path hash prefix ${quote(prefix)}: wanted 1 to 64 digits`);
  }
  return prefix;
}

function requireDistinctNames(roles: readonly TufDelegatedRole[], path: string): void {
  const names = new Set<string>();
  for (const { name } of roles) {
    if (names.has(name)) {
      throw new ParseError("malformed", `Cannot read ${path}: the role ${quote(name)} is there twice`);
    }
    names.add(name);
  }
}
