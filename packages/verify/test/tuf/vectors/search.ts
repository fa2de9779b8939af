// SPDX-License-Identifier: Apache-2.0
// The search for a target through delegations, and the target's bytes.
import { type Change, type Draft, type Row, tufFile } from "./draft.ts";
import {
  AT_NOW,
  delegate,
  type toyDelegation as ToyDelegation,
  type ToyFile,
  toyDelegation,
  toyKeys,
  toyRole,
  toyTarget,
  toyTargets,
} from "./toy-repository.ts";

export function searchVectors() {
  return tufFile(
    "As update.json, and then a search for each of `targets`: the role that vouches for it and where its bytes are.",
    [...TOP, ...GRAPHS, ...PATTERNS, ...PREFIXES, ...BINS, ...ROLES],
  );
}

type Delegation = ReturnType<typeof ToyDelegation>;

const role = ({ repo }: Draft, name: string): ToyFile => repo.roles[name] as ToyFile; // made by `add` or always there

/** Adds roles of version 1, each signed by the key of its name. */
function add(draft: Draft, ...names: string[]): void {
  for (const name of names) {
    draft.repo.roles[name] = toyTargets(1, name);
    draft.repo.snapshot.signed.meta[`${name}.json`] = { version: 1 };
  }
}

/** Delegators and whom they delegate to, in order; every role is there. */
function graph(edges: Readonly<Record<string, readonly Delegation[]>>, targets: readonly string[]): Change {
  return (d) => {
    add(d, ...new Set(Object.values(edges).flatMap((list) => list.map(({ name }) => name))));
    for (const [from, to] of Object.entries(edges)) delegate(role(d, from), ...to);
    d.targets = [...targets];
  };
}

/** `name` vouches for `path`. */
function vouch(draft: Draft, name: string, path: string): void {
  role(draft, name).signed.targets[path] = toyTarget(path);
}

const to = toyDelegation;
const last = (name: string): Delegation => to(name, { paths: ["*"], terminating: true });
const only = (name: string, ...paths: string[]): Delegation => to(name, { paths });

const TOP: readonly Row[] = [
  [
    "target: of the top-level role",
    null,
    (d) => {
      d.targets = ["a.txt"];
      d.served[`targets/${toyTarget("a").hashes.sha256}.a.txt`] = "a";
    },
  ],
  [
    "target: without consistent snapshots, by its plain name",
    null,
    (d) => {
      for (const { signed } of d.repo.roots) signed.consistent_snapshot = false;
      d.served = {
        "snapshot.json": d.repo.snapshot,
        "targets.json": role(d, "targets"),
        "targets/a.txt": "a",
      };
      d.targets = ["a.txt"];
    },
  ],
  [
    "target: nobody vouches for it",
    "tuf-target-unknown",
    (d) => {
      d.targets = ["a.txt", "b.txt"];
    },
  ],
  [
    "target: a byte longer than listed",
    "tuf-length-mismatch",
    (d) => {
      d.targets = ["a.txt"];
      d.served[`targets/${toyTarget("a").hashes.sha256}.a.txt`] = "ab";
    },
  ],
  [
    "target: other bytes than listed",
    "tuf-hash-mismatch",
    (d) => {
      d.targets = ["a.txt"];
      d.served[`targets/${toyTarget("a").hashes.sha256}.a.txt`] = "b";
    },
  ],
  [
    "target: in a folder, with characters that a URL would misread",
    null,
    (d) => {
      vouch(d, "targets", "x/y?#%/é (1)!.txt");
      d.targets = ["x/y?#%/é (1)!.txt"];
    },
  ],
  [
    "target: a path out of the folder",
    "tuf-target-path",
    (d) => {
      vouch(d, "targets", "../a.txt");
      d.targets = ["../a.txt"];
    },
  ],
  [
    "target: a path with a dot for a folder",
    "tuf-target-path",
    (d) => {
      vouch(d, "targets", "x/./a.txt");
      d.targets = ["x/./a.txt"];
    },
  ],
  [
    "target: listed with a hash that nobody here can check",
    "tuf-hash-unknown",
    (d) => {
      role(d, "targets").signed.targets["a.txt"].hashes = { md5: "0c" };
      d.targets = ["a.txt"];
      d.served["targets/0c.a.txt"] = "a";
    },
  ],
];

const GRAPHS: readonly Row[] = [
  [
    "search: the first delegate comes before the second",
    null,
    (d) => {
      graph({ targets: [to("A"), to("B")] }, ["t"])(d);
      vouch(d, "A", "t");
      vouch(d, "B", "t");
    },
  ],
  [
    "search: the delegator comes before its delegates",
    null,
    (d) => {
      graph({ targets: [to("A")] }, ["a.txt"])(d);
      vouch(d, "A", "a.txt");
    },
  ],
  [
    "search: in depth before in breadth",
    "tuf-target-unknown",
    graph({ targets: [to("A"), to("B")], A: [to("C"), to("D")] }, ["t"]),
  ],
  [
    "search: in depth, three levels",
    "tuf-target-unknown",
    graph({ targets: [to("A"), to("B")], A: [to("C")], C: [to("D")] }, ["t"]),
  ],
  [
    "search: a terminating delegation ends it",
    "tuf-target-unknown",
    (d) => {
      graph({ targets: [to("A"), last("B"), to("C")] }, ["t"])(d);
      vouch(d, "C", "t");
    },
  ],
  [
    "search: a terminating delegation deeper down ends it for all",
    "tuf-target-unknown",
    (d) => {
      graph({ targets: [to("A"), to("B")], A: [last("C"), to("D")] }, ["t"])(d);
      vouch(d, "B", "t");
      vouch(d, "D", "t");
    },
  ],
  [
    "search: what a terminating delegate delegates is still asked",
    null,
    (d) => {
      graph({ targets: [last("A"), to("B")], A: [to("C")] }, ["t"])(d);
      vouch(d, "C", "t");
    },
  ],
  [
    "search: a terminating delegation of other paths ends nothing",
    null,
    (d) => {
      graph({ targets: [to("A", { paths: ["x"], terminating: true }), to("B")] }, ["t"])(d);
      vouch(d, "B", "t");
    },
  ],
  [
    "search: round in a circle",
    "tuf-target-unknown",
    graph({ targets: [to("A"), to("B")], B: [to("C")], C: [to("D")], D: [to("B")] }, ["t"]),
  ],
  [
    "search: a role that two delegate to is asked once",
    "tuf-target-unknown",
    graph({ targets: [to("A"), to("B")], A: [to("C")], B: [to("C")] }, ["t"]),
  ],
  [
    "search: a role that one of two delegates other paths to",
    null,
    (d) => {
      graph({ targets: [to("A"), to("B")], A: [only("C", "x")], B: [to("C")] }, ["t"])(d);
      vouch(d, "C", "t");
    },
  ],
  [
    "search: a path must be delegated all the way down",
    "tuf-target-unknown",
    (d) => {
      graph({ targets: [only("A", "x/*")], A: [to("B", { paths: ["x/*", "y/*"] })] }, ["y/t"])(d);
      vouch(d, "B", "y/t");
    },
  ],
  [
    "search: what a role says outside its paths is not asked for",
    "tuf-target-unknown",
    (d) => {
      graph({ targets: [only("A", "x")] }, ["t"])(d);
      vouch(d, "A", "t");
    },
  ],
  [
    "search: as many roles as may be asked",
    null,
    (d) => {
      graph({ targets: [to("A")], A: [to("B")] }, ["t"])(d);
      vouch(d, "B", "t");
      d.searchRolesMax = 3;
    },
  ],
  [
    "search: a role more than may be asked",
    "tuf-search-limit",
    (d) => {
      graph({ targets: [to("A")], A: [to("B")] }, ["t"])(d);
      vouch(d, "B", "t");
      d.searchRolesMax = 2;
    },
  ],
  [
    "search: a role is fetched once for two targets",
    null,
    (d) => {
      graph({ targets: [to("A")] }, ["t", "u"])(d);
      vouch(d, "A", "t");
      vouch(d, "A", "u");
    },
  ],
];

/** Whether `pattern` lets A speak about `path`. */
function pattern(text: string, path: string, isMatch: boolean): Row {
  const name = `pattern: ${JSON.stringify(text)} ${isMatch ? "covers" : "does not cover"} ${JSON.stringify(path)}`;
  return [
    name,
    isMatch ? null : "tuf-target-unknown",
    (d) => {
      graph({ targets: [only("A", "no match", text)] }, [path])(d);
      vouch(d, "A", path);
    },
  ];
}

const PATTERNS: readonly Row[] = [
  pattern("targets/*.tgz", "targets/foo.tgz", true),
  pattern("targets/*.tgz", "targets/foo.txt", false),
  pattern("targets/*.tgz", "foo.tgz", false),
  pattern("foo-version-?.tgz", "foo-version-2.tgz", true),
  pattern("foo-version-?.tgz", "foo-version-alpha.tgz", false),
  pattern("foo-version-?.tgz", "foo-version-.tgz", false),
  pattern("foo-version-?.tgz", "foo-version-\u{1F511}.tgz", true),
  pattern("*.tgz", "targets/foo.tgz", false),
  pattern("*.tgz", ".tgz", true),
  pattern("*", ".hidden", true),
  pattern("?", "/", false),
  pattern("a/?/b", "a///b", false),
  pattern("foo.tgz", "foo.tgz", true),
  pattern("foo.tgz", "foo.tgz.exe", false),
  pattern("foo.tgz", "foo.tg", false),
  pattern("FOO.tgz", "foo.tgz", false),
  pattern("foo.tgz", "fooxtgz", false),
  pattern("a*b*c", "abbc", true),
  pattern("a*b*c", "axbxbxc", true),
  pattern("a*bc", "abcbc", true),
  pattern("a*b?d", "abxbcd", true),
  pattern("a*bc", "abcb", false),
  pattern("**", "ab", true),
  pattern("a**", "a", true),
  pattern("a*?", "a", false),
  pattern("**", "a/b", false),
  pattern("a/*/c", "a/b/c", true),
  pattern("a/*/c", "a/b/d", false),
  pattern("b/*/c", "a/b/c", false),
  pattern("a/b", "a", false),
  pattern("a", "a/b", false),
  pattern("a?c", "a/c", false),
  pattern("*a", "*a", true),
  pattern("", "", true),
  [
    "pattern: with a bracket it is not read at all",
    "unsupported",
    graph({ targets: [only("A", "[ab]")] }, ["a"]),
  ],
  [
    "pattern: with a backslash it is not read at all",
    "unsupported",
    graph({ targets: [only("A", "\\*")] }, ["a"]),
  ],
];

// SHA-256 of "t" begins with e3b98a4d.
const PREFIXES: readonly Row[] = [
  [
    "prefix: the hash of the path begins with the second",
    null,
    (d) => {
      graph({ targets: [to("A", { path_hash_prefixes: ["0", "e3b"] })] }, ["t"])(d);
      vouch(d, "A", "t");
    },
  ],
  [
    "prefix: the hash of the path begins with none",
    "tuf-target-unknown",
    (d) => {
      graph({ targets: [to("A", { path_hash_prefixes: ["0", "e3c"] })] }, ["t"])(d);
      vouch(d, "A", "t");
    },
  ],
  [
    "prefix: the hash of the path only contains it",
    "tuf-target-unknown",
    (d) => {
      graph({ targets: [to("A", { path_hash_prefixes: ["3b9"] })] }, ["t"])(d);
      vouch(d, "A", "t");
    },
  ],
  [
    "prefix: beside paths",
    "malformed",
    graph({ targets: [to("A", { paths: ["*"], path_hash_prefixes: ["e3"] })] }, ["t"]),
  ],
  ["prefix: neither it nor paths", "malformed", graph({ targets: [to("A", {})] }, ["t"])],
];

/** `bits` of the hash of "t" name the bin. */
function bin(bits: number, name: string): Row {
  return [
    `bins: ${bits} bits`,
    null,
    (d) => {
      succinct(d, bits, name);
      vouch(d, name, "t");
    },
  ];
}

/** The top-level role delegates to 2^bits bins, of which `name` is there. */
function succinct(draft: Draft, bits: number, name: string): void {
  draft.repo.roles[name] = toyTargets(1, "bins");
  draft.repo.snapshot.signed.meta[`${name}.json`] = { version: 1 };
  role(draft, "targets").signed.delegations = {
    keys: toyKeys("bins"),
    succinct_roles: { ...toyRole(["bins"]), bit_length: bits, name_prefix: "bin" },
  };
  draft.targets = ["t"];
}

const BINS: readonly Row[] = [
  bin(1, "bin-1"),
  bin(4, "bin-e"),
  bin(5, "bin-1c"),
  bin(8, "bin-e3"),
  bin(14, "bin-38ee"),
  bin(32, "bin-e3b98a4d"),
  [
    "bins: leading zeros are written",
    null,
    (d) => {
      succinct(d, 16, "bin-0025");
      d.targets = ["p179"];
      vouch(d, "bin-0025", "p179");
    },
  ],
  [
    "bins: a zero before the only digit",
    null,
    (d) => {
      succinct(d, 5, "bin-00");
      d.targets = ["p179"];
      vouch(d, "bin-00", "p179");
    },
  ],
  ["bins: the bin does not list it", "tuf-target-unknown", (d) => succinct(d, 8, "bin-e3")],
  [
    "bins: the bin is not signed by the key of the bins",
    "tuf-threshold",
    (d) => {
      succinct(d, 8, "bin-e3");
      role(d, "bin-e3").by = ["g1"];
    },
  ],
  [
    "bins: they end no search",
    null,
    (d) => {
      graph({ targets: [to("A"), to("B")] }, ["t"])(d);
      const top = role(d, "targets").signed.delegations;
      succinct(d, 8, "bin-e3");
      role(d, "A").signed.delegations = role(d, "targets").signed.delegations;
      role(d, "targets").signed.delegations = top;
      vouch(d, "B", "t");
    },
  ],
  [
    "bins: beside listed roles",
    "malformed",
    (d) => {
      succinct(d, 8, "bin-e3");
      role(d, "targets").signed.delegations.roles = [];
    },
  ],
];

const ROLES: readonly Row[] = [
  [
    "role: delegated, and not in the snapshot",
    "tuf-role-unlisted",
    (d) => {
      graph({ targets: [to("A")] }, ["t"])(d);
      delete d.repo.snapshot.signed.meta["A.json"];
    },
  ],
  [
    "role: not served",
    "tuf-file-absent",
    (d) => {
      graph({ targets: [to("A"), to("B")] }, ["t"])(d);
      d.served["1.A.json"] = null;
      vouch(d, "B", "t");
    },
  ],
  [
    "role: not signed by the key that it is delegated to",
    "tuf-threshold",
    (d) => {
      graph({ targets: [to("A"), to("B")] }, ["t"])(d);
      role(d, "A").by = ["g1"];
      vouch(d, "B", "t");
    },
  ],
  [
    "role: another version than listed",
    "tuf-version-mismatch",
    (d) => {
      graph({ targets: [to("A")] }, ["t"])(d);
      d.served["1.A.json"] = toyTargets(2, "A", { t: toyTarget("t") });
    },
  ],
  [
    "role: expires at this second",
    "tuf-expired",
    (d) => {
      graph({ targets: [to("A")] }, ["t"])(d);
      role(d, "A").signed.expires = AT_NOW;
    },
  ],
  [
    "role: its name is a stranger's text",
    null,
    (d) => {
      graph({ targets: [to("../a?b#c/d")] }, ["t"])(d);
      vouch(d, "../a?b#c/d", "t");
    },
  ],
  ["role: named like a top-level one", "malformed", graph({ targets: [to("snapshot")] }, ["t"])],
  ["role: delegated to twice by one role", "malformed", graph({ targets: [to("A"), to("A")] }, ["t"])],
  [
    "role: cached, and signed by the keys of one of two delegators",
    "tuf-threshold",
    (d) => {
      diamond(d);
      d.targets = ["a/t", "b/t"];
    },
  ],
  [
    "role: cached, and used for the delegator whose key signed it",
    null,
    (d) => {
      diamond(d);
      d.targets = ["a/t", "a/u"];
      vouch(d, "R", "a/u");
    },
  ],
];

/** A and B delegate to R, each for paths of its own and with a key of its own; R is signed with A's. */
function diamond(draft: Draft): void {
  add(draft, "A", "B", "R");
  delegate(role(draft, "targets"), only("A", "a/*"), only("B", "b/*"));
  delegate(role(draft, "A"), only("R", "a/*"));
  delegate(role(draft, "B"), { ...only("R", "b/*"), ...toyRole(["R2"]) });
  vouch(draft, "R", "a/t");
  vouch(draft, "R", "b/t");
}
