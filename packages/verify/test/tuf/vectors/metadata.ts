// SPDX-License-Identifier: Apache-2.0
// The files themselves: what they say, what their signatures cover, and what is no such file.
import assert from "node:assert/strict";
import { TUF_HASHES_MAX, TUF_ROLE_KEYS_MAX, TUF_SIGNATURES_MAX, type TufType } from "@countermark/formats";
import { show } from "../../vectors/case.ts";
import { readMetadata } from "../../vectors/tuf/metadata.ts";
import { SIGNED } from "./signed-once.ts";
import {
  delegate,
  listingOf,
  type ToyFile,
  toyDelegation,
  toyKeys,
  toyRole,
  toyRoot,
  toySnapshot,
  toyTarget,
  toyTargets,
  toyText,
  toyTimestamp,
} from "./toy-repository.ts";

type Row = readonly [name: string, refused: string | null, type: TufType, text: string];

export function metadataVectors() {
  const cases = ROWS.map(([name, refused, type, text]) => {
    const found = answerTo(type, text);
    assert.equal(found.refused, refused, name);
    return refused === null
      ? { name, type, text, wanted: JSON.parse(show(found.value)) }
      : { name, type, text, refused };
  });
  return {
    about:
      "Each text is read as a file of its type: what it says, and the text that its signatures cover (signedText); or the code that refuses it.",
    cases,
  };
}

function answerTo(type: TufType, text: string): { readonly refused: string | null; readonly value: unknown } {
  try {
    return { refused: null, value: readMetadata(type, text) };
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error, String(error));
    return { refused: String(error.code), value: null };
  }
}

const FILES: Readonly<Record<TufType, () => ToyFile>> = {
  root: () => toyRoot(1),
  timestamp: () => toyTimestamp(4, { version: 4 }),
  snapshot: () => toySnapshot(4, { targets: 2, other: 1 }),
  targets: () => toyTargets(2, "g1", { "a.txt": toyTarget("a") }),
};

/** A good file with one thing changed before it is signed. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the cases change
function changed(name: string, refused: string | null, type: TufType, change: (signed: any) => void): Row {
  const file = FILES[type]();
  change(file.signed);
  return [`${type}: ${name}`, refused, type, toyText(file)];
}

/** A good file with one thing changed in its text. */
function rewritten(name: string, refused: string | null, type: TufType, from: string, to: string): Row {
  const text = toyText(FILES[type]());
  assert.ok(text.includes(from), name);
  return [`${type}: ${name}`, refused, type, text.replace(from, to)];
}

/** A member of `signed` that says `text`; its canonical form is what the case is about. */
function signing(name: string, refused: string | null, text: string): Row {
  return rewritten(name, refused, "timestamp", '"version":4,', `"version":4,"x":${text},`);
}

const hashes = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`hash-${i}`, "00"]));
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `k${i}`);

const CANONICAL: readonly Row[] = [
  signing(
    "strings escape two characters, and no others",
    null,
    '"\\" \\\\ \\u0001\\n\\t\\u007f\\u00e9 /\\/"',
  ),
  signing("members are sorted", null, '{"b":1,"a":2,"":3,"ab":4,"abc":5,"B":6}'),
  signing("members with one beginning are sorted by their length", null, '{"abc":1,"ab":2,"a":3}'),
  signing(
    "members are sorted by code point, not by UTF-16",
    null,
    '{"\\uffff":1,"\\ud83d\\udd11":2,"\\ue000":3,"\\ud800\\udc00":4,"\\ud7ff":5,"\\udbff\\udfff":6,"\\ud800\\udfff":7,"\\ud800\\udffe":8}',
  ),
  signing("values of every kind", null, '[1,-7,0,true,false,null,"",[],{}]'),
  signing("a negative zero is zero", null, "-0"),
  signing("white space is not signed", null, "[ 1 ,\n {\t} ]"),
  signing("the greatest integer", null, "9007199254740991"),
  signing("an integer that no double holds", "unsupported", "9007199254740993"),
  signing("a fraction", "unsupported", "0.5"),
  signing("one member twice", "duplicate-key", '{"a":1,"a":2}'),
  signing("half a character", "not-json", '"\\ud800"'),
];

const HEADERS: readonly Row[] = [
  changed("a version of 0", "out-of-range", "timestamp", (s) => Object.assign(s, { version: 0 })),
  changed("a version that is text", "wrong-type", "timestamp", (s) => Object.assign(s, { version: "4" })),
  changed("without a version", "missing-field", "timestamp", (s) => delete s.version),
  changed("the specification's version in two numbers", null, "timestamp", (s) =>
    Object.assign(s, { spec_version: "1.0" }),
  ),
  changed("a later minor version", null, "timestamp", (s) => Object.assign(s, { spec_version: "1.23.4" })),
  changed("a later major version", "unsupported", "timestamp", (s) =>
    Object.assign(s, { spec_version: "2.0.0" }),
  ),
  changed("an earlier major version", "unsupported", "timestamp", (s) =>
    Object.assign(s, { spec_version: "0.9" }),
  ),
  changed("a major version that begins with 1", "unsupported", "timestamp", (s) =>
    Object.assign(s, { spec_version: "10.0.0" }),
  ),
  ...["1", "1.", "1.0.", "1.0.0.0", "1.0.0-rc.1", "v1.0", "1.x", " 1.0"].map((version) =>
    changed(`the specification's version "${version}"`, "malformed", "timestamp", (s) =>
      Object.assign(s, { spec_version: version }),
    ),
  ),
  changed("a leap day", null, "timestamp", (s) => Object.assign(s, { expires: "2028-02-29T23:59:59Z" })),
  changed("a day that no calendar has", "out-of-range", "timestamp", (s) =>
    Object.assign(s, { expires: "2027-02-29T00:00:00Z" }),
  ),
  ...["2030-01-01T00:00:00z", "2030-01-01 00:00:00Z", "2030-01-01T00:00Z", "30-01-01T00:00:00Z", ""].map(
    (time) =>
      changed(`expires at "${time}"`, "malformed", "timestamp", (s) => Object.assign(s, { expires: time })),
  ),
  ...["2030-01-01T00:00:00.0Z", "2030-01-01T00:00:00+00:00"].map((time) =>
    changed(`expires at "${time}"`, "too-large", "timestamp", (s) => Object.assign(s, { expires: time })),
  ),
];

const SIGNATURES: readonly Row[] = [
  rewritten(
    "members beside the specification's are ignored",
    null,
    "timestamp",
    '{"signatures":[{',
    '{"x":1,"signatures":[{"y":2,',
  ),
  rewritten("no signature", null, "timestamp", '"signatures":[', '"signatures":[],"was":['),
  rewritten("without signatures", "missing-field", "timestamp", '"signatures"', '"was"'),
  rewritten("without anything signed", "missing-field", "timestamp", '"signed"', '"was"'),
  rewritten("a signature without a key id", "missing-field", "timestamp", '"keyid"', '"was"'),
  rewritten("an empty signature", null, "timestamp", '"sig":"', '"sig":"","was":"'),
  rewritten("a signature in upper case", "not-hex", "timestamp", '"sig":"', '"sig":"AB","was":"'),
  rewritten("half a byte of a signature", "not-hex", "timestamp", '"sig":"', '"sig":"0'),
  rewritten("a signature that is no text", "wrong-type", "timestamp", '"sig":"', '"sig":0,"was":"'),
  rewritten("the longest signature", null, "timestamp", '"sig":"', `"sig":"${"0a".repeat(1_024)}","was":"`),
  rewritten(
    "a longer signature",
    "too-large",
    "timestamp",
    '"sig":"',
    `"sig":"${"0a".repeat(1_024)}0","was":"`,
  ),
  ...([TUF_SIGNATURES_MAX, TUF_SIGNATURES_MAX + 1] as const).map((count) =>
    rewritten(
      `${count} signatures`,
      count > TUF_SIGNATURES_MAX ? "too-many" : null,
      "timestamp",
      '"signatures":[',
      `"signatures":[${many(count).map((keyid) => JSON.stringify({ keyid, sig: "" }))}],"was":[`,
    ),
  ),
];

const KEYS_OF_ANOTHER_KIND = [
  ["P-384 under P-256", "ecdsa", "ecdsa-sha2-nistp256", "p384"],
  ["P-256 under P-384", "ecdsa", "ecdsa-sha2-nistp384", "p256"],
  ["RSA under ECDSA", "ecdsa", "ecdsa-sha2-nistp256", "rsa"],
  ["ECDSA under RSA", "rsa", "rsassa-pss-sha256", "p256"],
] as const;

const ROOTS: readonly Row[] = [
  changed("consistent snapshots are not said", null, "root", (s) => delete s.consistent_snapshot),
  changed("consistent snapshots as text", "wrong-type", "root", (s) =>
    Object.assign(s, { consistent_snapshot: "true" }),
  ),
  ...["root", "timestamp", "snapshot", "targets"].map((role) =>
    changed(`without the role ${role}`, "missing-field", "root", (s) => delete s.roles[role]),
  ),
  changed("a role more", null, "root", (s) => Object.assign(s.roles, { mirrors: toyRole([]), other: 7 })),
  changed("without keys", "missing-field", "root", (s) => delete s.keys),
  changed("a threshold of 0", "out-of-range", "root", (s) => Object.assign(s.roles.root, { threshold: 0 })),
  changed("a threshold above the number of keys", null, "root", (s) =>
    Object.assign(s.roles.root, { threshold: 9 }),
  ),
  changed("a key id twice in a role", null, "root", (s) =>
    Object.assign(s.roles.root, { keyids: ["r1", "r1"] }),
  ),
  changed("a key id that no key has", null, "root", (s) =>
    Object.assign(s.roles.root, { keyids: ["nobody"] }),
  ),
  changed("as many keys of a role as may be", null, "root", (s) =>
    Object.assign(s.roles.root, { keyids: many(TUF_ROLE_KEYS_MAX) }),
  ),
  changed("a key of a role too many", "too-many", "root", (s) =>
    Object.assign(s.roles.root, { keyids: many(TUF_ROLE_KEYS_MAX + 1) }),
  ),
  changed("a key that is no object", "wrong-type", "root", (s) => Object.assign(s.keys, { r1: "key" })),
  ...KEYS_OF_ANOTHER_KIND.map(([name, keytype, scheme, signed]) =>
    changed(`a key that is ${name} is not usable`, null, "root", (s) => {
      s.keys.r1 = { keytype, scheme, keyval: { public: SIGNED[signed].public } };
    }),
  ),
  changed("a key without its value", "missing-field", "root", (s) => delete s.keys.r1.keyval),
];

const LISTS: readonly Row[] = [
  changed("length and hashes of the snapshot", null, "timestamp", (s) =>
    Object.assign(s.meta, { "snapshot.json": listingOf(toySnapshot(4, { targets: 2 }), "sha256", "sha512") }),
  ),
  changed("nothing about the snapshot", "missing-field", "timestamp", (s) => Object.assign(s, { meta: {} })),
  changed("of another file too", "unknown-field", "timestamp", (s) =>
    Object.assign(s.meta, { "other.json": { version: 1 } }),
  ),
  changed("members beside version, length and hashes are ignored", null, "snapshot", (s) =>
    Object.assign(s.meta["other.json"], { x: 1 }),
  ),
  changed("a length below 0", "out-of-range", "snapshot", (s) =>
    Object.assign(s.meta["other.json"], { length: -1 }),
  ),
  changed("a length of 0", null, "snapshot", (s) => Object.assign(s.meta["other.json"], { length: 0 })),
  changed("a listed version of 0", "out-of-range", "snapshot", (s) =>
    Object.assign(s.meta["other.json"], { version: 0 }),
  ),
  changed("a listed version is absent", "missing-field", "snapshot", (s) =>
    Object.assign(s.meta, { "other.json": {} }),
  ),
  changed("as many hashes as may be", null, "snapshot", (s) =>
    Object.assign(s.meta["other.json"], { hashes: hashes(TUF_HASHES_MAX) }),
  ),
  changed("a hash too many", "too-many", "snapshot", (s) =>
    Object.assign(s.meta["other.json"], { hashes: hashes(TUF_HASHES_MAX + 1) }),
  ),
  changed("no hash in a list of hashes", "too-many", "snapshot", (s) =>
    Object.assign(s.meta["other.json"], { hashes: {} }),
  ),
  ...["", "0G", "AB", " 00"].map((sha256) =>
    changed(`a hash "${sha256}"`, "malformed", "snapshot", (s) =>
      Object.assign(s.meta["other.json"], { hashes: { sha256 } }),
    ),
  ),
  changed("a name that does not end with .json", "malformed", "snapshot", (s) =>
    Object.assign(s.meta, { other: { version: 1 } }),
  ),
  changed("targets are not listed", "missing-field", "snapshot", (s) => delete s.meta["targets.json"]),
  changed("a listing that is no object", "wrong-type", "snapshot", (s) =>
    Object.assign(s.meta, { "other.json": 1 }),
  ),
];

/** `targets` with a delegation that has `more`. */
function delegating(name: string, refused: string | null, more: object): Row {
  const file = FILES.targets();
  delegate(file, toyDelegation("A", more), toyDelegation("B"));
  return [`targets: ${name}`, refused, "targets", toyText(file)];
}

function succinct(name: string, refused: string | null, more: object): Row {
  return changed(name, refused, "targets", (signed) => {
    const roles = { ...toyRole(["b"]), bit_length: 8, name_prefix: "bin", ...more };
    signed.delegations = { keys: toyKeys("b"), succinct_roles: roles };
  });
}

const TARGETS: readonly Row[] = [
  changed("no target", null, "targets", (s) => Object.assign(s, { targets: {} })),
  changed("without targets", "missing-field", "targets", (s) => delete s.targets),
  changed("a target with data of the application", null, "targets", (s) =>
    Object.assign(s.targets["a.txt"], { custom: { a: [1] }, x: 1 }),
  ),
  changed("data of the application that is no object", "wrong-type", "targets", (s) =>
    Object.assign(s.targets["a.txt"], { custom: [] }),
  ),
  changed("a target without a hash", "missing-field", "targets", (s) => delete s.targets["a.txt"].hashes),
  changed("a target without a length", "missing-field", "targets", (s) => delete s.targets["a.txt"].length),
  delegating("delegations by paths", null, { paths: ["a/*", "b?"] }),
  delegating("delegations by path hash prefixes", null, { path_hash_prefixes: ["0", "f".repeat(64)] }),
  delegating("delegations by nothing", "malformed", {}),
  delegating("delegations by both", "malformed", { paths: [], path_hash_prefixes: [] }),
  ...["", "0G", "AB", "f".repeat(65), "0*"].map((prefix) =>
    delegating(`a path hash prefix "${prefix}"`, "not-hex", { path_hash_prefixes: [prefix] }),
  ),
  ...["a[b", "a]b", "a\\b"].map((pattern) =>
    delegating(`a path pattern "${pattern}"`, "unsupported", { paths: ["*", pattern] }),
  ),
  delegating("a delegation that does not say whether it terminates", "missing-field", {
    paths: [],
    terminating: undefined,
  }),
  delegating("a delegation with members that nobody knows", null, { paths: [], "x-owner": "@toy" }),
  delegating("two delegations to one role", "malformed", { paths: [], name: "B" }),
  ...["root", "timestamp", "snapshot", "targets"].map((name) =>
    delegating(`a delegation to a role named ${name}`, "malformed", { paths: [], name }),
  ),
  changed("delegations without keys", "missing-field", "targets", (s) =>
    Object.assign(s, { delegations: { roles: [] } }),
  ),
  changed("delegations to nobody", null, "targets", (s) =>
    Object.assign(s, { delegations: { keys: {}, roles: [] } }),
  ),
  changed("delegations of no kind", "malformed", "targets", (s) =>
    Object.assign(s, { delegations: { keys: {} } }),
  ),
  succinct("bins", null, {}),
  succinct("two bins", null, { bit_length: 1 }),
  succinct("as many bins as may be", null, { bit_length: 32 }),
  succinct("one bin", "out-of-range", { bit_length: 0 }),
  succinct("too many bins", "out-of-range", { bit_length: 33 }),
  succinct("bins without a name", "missing-field", { name_prefix: undefined }),
];

const ROWS: readonly Row[] = [
  ...(["root", "timestamp", "snapshot", "targets"] as const).map((type) =>
    changed("as it should be", null, type, () => {}),
  ),
  ...CANONICAL,
  ...HEADERS,
  ...SIGNATURES,
  ...ROOTS,
  ...LISTS,
  ...TARGETS,
];
