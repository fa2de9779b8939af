// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { POLICY_BYTES_MAX, POLICY_ITEMS_MAX } from "../limits.ts";
import type { Sha256 } from "../text/bytes.ts";
import { encodeHex, quote } from "../text/hex.ts";
import { parseDecimal } from "./decimal.ts";
import { parseVkey, type Vkey } from "./vkey.ts";

/** Which logs are known, who may cosign, and which cosigners together are enough. @spec c2sp.org/tlog-policy */
export interface Policy {
  readonly logs: readonly PolicyKey[];
  /** By the policy's own names, which need not be the keys' names. */
  readonly witnesses: ReadonlyMap<string, PolicyKey>;
  readonly groups: ReadonlyMap<string, PolicyGroup>;
  /** A witness, a group, or `"none"`: no cosigner is asked for. */
  readonly quorum: string;
}

export interface PolicyKey {
  readonly vkey: Vkey;
  readonly url?: string;
}

export interface PolicyGroup {
  /** Members that must have cosigned, 1..members.length. */
  readonly threshold: number;
  readonly members: readonly string[];
}

interface Draft {
  readonly logs: PolicyKey[];
  readonly witnesses: Map<string, PolicyKey>;
  readonly groups: Map<string, PolicyGroup>;
  /** Members of some group so far: each name may be one once. */
  readonly grouped: Set<string>;
  quorum: string | null;
}

/**
 * Reads a tlog-policy file. Every line, the last too, ends in a newline.
 *
 * @throws ParseError `too-large`, `too-many`, `malformed`, `duplicate-key`, `unsupported`, and those of parseVkey
 * @spec c2sp.org/tlog-policy#policy-file-syntax-and-structure
 */
export function parsePolicy(text: string, sha256: Sha256): Policy {
  if (text.length > POLICY_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read policy: ${text.length} characters`);
  }
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) throw malformed("it has a control character");
  const lines = text.split("\n");
  if (lines.pop() !== "") throw malformed("the last line does not end in a newline");
  const draft: Draft = {
    logs: [],
    witnesses: new Map(),
    groups: new Map(),
    grouped: new Set(),
    quorum: null,
  };
  for (const line of lines) {
    // Space and tab only: other Unicode spaces are bytes of a name.
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    const [keyword, ...rest] = words;
    if (keyword === undefined || keyword.startsWith("#")) continue;
    readLine(draft, keyword, rest, sha256);
  }
  if (draft.quorum === null) throw malformed("it has no quorum line");
  return { logs: draft.logs, witnesses: draft.witnesses, groups: draft.groups, quorum: draft.quorum };
}

function readLine(draft: Draft, keyword: string, words: readonly string[], sha256: Sha256): void {
  switch (keyword) {
    case "log":
      readLog(draft, words, sha256);
      return;
    case "witness":
      readWitness(draft, words, sha256);
      return;
    case "group":
      readGroup(draft, words);
      return;
    case "quorum":
      readQuorum(draft, words);
      return;
    default:
      throw malformed(`unknown keyword ${quote(keyword)}`);
  }
}

function readLog(draft: Draft, words: readonly string[], sha256: Sha256): void {
  const [text, url] = words;
  if (text === undefined || words.length > 2) throw malformed("a log line is `log <vkey> [<url>]`");
  const vkey = parseVkey(text, sha256);
  requireNewKey(
    draft.logs.map((log) => log.vkey),
    vkey,
  );
  requireRoom(draft.logs.length, "logs");
  draft.logs.push(url === undefined ? { vkey } : { vkey, url });
}

function readWitness(draft: Draft, words: readonly string[], sha256: Sha256): void {
  const [name, text, url] = words;
  if (name === undefined || text === undefined || words.length > 3) {
    throw malformed("a witness line is `witness <name> <vkey> [<url>]`");
  }
  requireNewName(draft, name);
  const vkey = parseVkey(text, sha256);
  if (vkey.algorithm !== 4 && vkey.algorithm !== 6) {
    throw new ParseError("unsupported", `Cannot read policy: the key of ${quote(name)} is no cosigner's`);
  }
  requireNewKey(
    [...draft.witnesses.values()].map((witness) => witness.vkey),
    vkey,
  );
  requireRoom(draft.witnesses.size, "witnesses");
  draft.witnesses.set(name, url === undefined ? { vkey } : { vkey, url });
}

function readGroup(draft: Draft, words: readonly string[]): void {
  const [name, wanted, ...members] = words;
  if (name === undefined || wanted === undefined || members.length === 0) {
    throw malformed("a group line is `group <name> all|any|<k> <member>...`");
  }
  requireNewName(draft, name);
  requireRoom(draft.groups.size, "groups");
  for (const member of members) {
    requireKnownName(draft, member);
    if (draft.grouped.has(member)) throw malformed(`${quote(member)} is a member twice`);
    draft.grouped.add(member);
  }
  draft.groups.set(name, { threshold: parseThreshold(wanted, members.length), members });
}

function parseThreshold(text: string, members: number): number {
  if (text === "all") return members;
  if (text === "any") return 1;
  const threshold = parseDecimal(text, "group threshold");
  if (threshold < 1 || threshold > members) {
    throw malformed(`a threshold of ${threshold} in a group of ${members}`);
  }
  return threshold;
}

function readQuorum(draft: Draft, words: readonly string[]): void {
  const [name] = words;
  if (name === undefined || words.length !== 1) throw malformed("a quorum line is `quorum <name>|none`");
  if (draft.quorum !== null) throw malformed("it has two quorum lines");
  if (name !== "none") requireKnownName(draft, name);
  draft.quorum = name;
}

function requireNewName(draft: Draft, name: string): void {
  if (name === "none" || draft.witnesses.has(name) || draft.groups.has(name)) {
    throw new ParseError("duplicate-key", `Cannot read policy: the name ${quote(name)} is taken`);
  }
}

function requireKnownName(draft: Draft, name: string): void {
  if (!draft.witnesses.has(name) && !draft.groups.has(name)) {
    throw malformed(`the name ${quote(name)} is not defined on a line before`);
  }
}

/** Two vkeys are the same key whatever their names, ids and types. */
function requireNewKey(known: readonly Vkey[], vkey: Vkey): void {
  const key = encodeHex(vkey.key);
  if (known.some((other) => encodeHex(other.key) === key)) {
    throw new ParseError(
      "duplicate-key",
      `Cannot read policy: the key of ${quote(vkey.name)} is listed twice`,
    );
  }
}

function requireRoom(count: number, what: string): void {
  if (count >= POLICY_ITEMS_MAX) {
    throw new ParseError("too-many", `Cannot read policy: more than ${POLICY_ITEMS_MAX} ${what}`);
  }
}

function malformed(why: string): ParseError {
  return new ParseError("malformed", `Cannot read policy: ${why}`);
}
