// SPDX-License-Identifier: Apache-2.0
// The update: root, timestamp, snapshot and the top-level targets.
import { type Draft, type Row, tufFile } from "./draft.ts";
import {
  AFTER_NOW,
  AT_NOW,
  listingOf,
  type ToyFile,
  type ToyRepository,
  toyKeys,
  toyRepository,
  toyRole,
  toyRoot,
  toySnapshot,
  toyTargets,
  toyText,
  toyTimestamp,
} from "./toy-repository.ts";

export function updateVectors() {
  return tufFile(
    "A trusted root, a cache and a repository at a time: what the client asks for in order, and the versions that it ends with or the code that refuses.",
    [...ROOTS, ...ROTATIONS, ...TIMESTAMPS, ...SNAPSHOTS, ...TARGETS, ...OFFLINE],
  );
}

/** Adds the next root, changed. */
function nextRoot({ repo }: Draft, change: (root: ToyFile) => void = () => {}): ToyFile {
  const root = toyRoot(repo.roots.length + 1);
  change(root);
  repo.roots.push(root);
  return root;
}

function signedBy(...by: string[]) {
  return (file: ToyFile): void => {
    file.by = by;
  };
}

/** The client has everything of the repository as it was before: timestamp 3, snapshot 3, targets 1. */
function cacheEarlier(draft: Draft, change: (earlier: ToyRepository) => void = () => {}): void {
  const earlier = toyRepository();
  earlier.timestamp = toyTimestamp(3, { version: 3 });
  earlier.snapshot = toySnapshot(3, { targets: 1 });
  earlier.roles["targets"] = toyTargets(1, "g1");
  change(earlier);
  cache(draft, earlier);
}

/** The client has everything of the repository as it is. */
function cacheAll(draft: Draft): void {
  cache(draft, draft.repo);
}

function cache(draft: Draft, { timestamp, snapshot, roles }: ToyRepository): void {
  draft.cached = { ...draft.cached, timestamp, snapshot, ...roles };
}

const targetsOf = (draft: Draft): ToyFile => draft.repo.roles["targets"] as ToyFile; // always there

const ROOTS: readonly Row[] = [
  ["a client without a cache fetches everything", null, () => {}],
  [
    "root: a member that nobody knows is signed and ignored",
    null,
    (d) => {
      const { signed } = d.repo.roots[0] as ToyFile; // always there
      signed["x-\u{1F511}\ue000"] = { b: [1, true, null, 'quoted "\\"'], a: {} };
    },
  ],
  [
    "root: a number with a fraction cannot be signed",
    "unsupported",
    (d) => {
      const text = toyText(toyRoot(2));
      d.served["2.root.json"] = text.replace('"version":2', '"version":2,"x":1.5');
    },
  ],
  [
    "root: the trusted one is not signed by its own threshold",
    "tuf-threshold",
    (d) => signedBy("r1")(d.repo.roots[0] as ToyFile),
  ],
  [
    "root: a signature by the key of another role counts for nothing",
    "tuf-threshold",
    (d) => signedBy("r1", "t1")(d.repo.roots[0] as ToyFile),
  ],
  [
    "root: one key id signs twice",
    "tuf-signature-repeated",
    (d) => signedBy("r1", "r2", "r2")(d.repo.roots[0] as ToyFile),
  ],
  [
    "root: the first key id signs once more at the end",
    "tuf-signature-repeated",
    (d) => signedBy("r2", "r1", "r2")(d.repo.roots[0] as ToyFile),
  ],
  [
    "root: a key id that is not known signs twice",
    "tuf-signature-repeated",
    (d) => signedBy("r1", "r2", "x", "x")(d.repo.roots[0] as ToyFile),
  ],
  [
    "root: the trusted one has expired, the next one has not",
    null,
    (d) => {
      (d.repo.roots[0] as ToyFile).signed.expires = AT_NOW;
      nextRoot(d);
    },
  ],
  [
    "root: expires at this second",
    "tuf-expired",
    (d) => {
      (d.repo.roots[0] as ToyFile).signed.expires = AT_NOW;
    },
  ],
  [
    "root: expires in the next second",
    null,
    (d) => {
      (d.repo.roots[0] as ToyFile).signed.expires = AFTER_NOW;
    },
  ],
  [
    "root: the newest has expired, and is kept all the same",
    "tuf-expired",
    (d) => {
      nextRoot(d, (root) => {
        root.signed.expires = AT_NOW;
      });
    },
  ],
  [
    "root: one in between has expired",
    null,
    (d) => {
      nextRoot(d, (root) => {
        root.signed.expires = AT_NOW;
      });
      nextRoot(d);
    },
  ],
  [
    "root: two of the old keys and two new ones sign",
    null,
    (d) => {
      nextRoot(d, (root) => {
        root.signed.keys = { ...root.signed.keys, ...toyKeys("r4", "r5", "r6") };
        root.signed.roles.root = toyRole(["r4", "r5", "r6"], 2);
        root.by = ["r2", "r3", "r5", "r6"];
      });
      nextRoot(d, (root) => {
        root.signed.keys = { ...root.signed.keys, ...toyKeys("r4", "r5", "r6") };
        root.signed.roles.root = toyRole(["r4", "r5", "r6"], 2);
        root.by = ["r4", "r5"];
      });
    },
  ],
  [
    "root: too few of the old keys sign",
    "tuf-root-succession",
    (d) => {
      nextRoot(d, (root) => {
        root.signed.keys = { ...root.signed.keys, ...toyKeys("r4", "r5") };
        root.signed.roles.root = toyRole(["r4", "r5"], 2);
        root.by = ["r1", "r4", "r5"];
      });
    },
  ],
  [
    "root: too few of its own keys sign",
    "tuf-threshold",
    (d) => {
      nextRoot(d, (root) => {
        root.signed.keys = { ...root.signed.keys, ...toyKeys("r4", "r5") };
        root.signed.roles.root = toyRole(["r4", "r5"], 2);
        root.by = ["r1", "r2", "r4"];
      });
    },
  ],
  [
    "root: a lower threshold needs the old one once more",
    "tuf-root-succession",
    (d) => {
      nextRoot(d, (root) => {
        root.signed.roles.root.threshold = 1;
        root.by = ["r1"];
      });
    },
  ],
  [
    "root: a key that is no longer listed does not vouch for the one after",
    "tuf-root-succession",
    (d) => {
      nextRoot(d, (root) => {
        root.signed.roles.root = toyRole(["r2", "r3"], 2);
        root.by = ["r1", "r2", "r3"];
      });
      nextRoot(d, signedBy("r1", "r2"));
    },
  ],
  [
    "root: a version is left out",
    "tuf-root-version",
    (d) => {
      nextRoot(d, (root) => {
        root.signed.version = 3;
      });
    },
  ],
  [
    "root: the trusted version again",
    "tuf-root-version",
    (d) => {
      nextRoot(d, (root) => {
        root.signed.version = 1;
      });
    },
  ],
  [
    "root: as many as may be fetched, and no more",
    null,
    (d) => {
      d.rootUpdatesMax = 2;
      nextRoot(d);
      nextRoot(d);
      nextRoot(d);
    },
  ],
  [
    "root: not a root",
    "unsupported",
    (d) => {
      nextRoot(d, (root) => {
        root.signed._type = "targets";
      });
    },
  ],
  [
    "root: of another major version of the specification",
    "unsupported",
    (d) => {
      nextRoot(d, (root) => {
        root.signed.spec_version = "2.0.0";
      });
    },
  ],
  [
    "root: cached versions come before fetched ones",
    null,
    (d) => {
      nextRoot(d);
      nextRoot(d);
      d.cached["2.root"] = d.repo.roots[1] as ToyFile;
    },
  ],
  [
    "root: a cached version that is not signed is fetched again",
    null,
    (d) => {
      d.cached["2.root"] = { ...nextRoot(d), by: ["r1"] };
    },
  ],
  [
    "root: a cached version that is torn is fetched again",
    null,
    (d) => {
      nextRoot(d);
      d.cached["2.root"] = '{"signatures":[';
    },
  ],
];

const ROTATIONS: readonly Row[] = [
  [
    "rotation: new timestamp keys, and what a stolen one wound forward is forgotten",
    null,
    (d) => {
      cacheEarlier(d, ({ timestamp, snapshot }) => {
        timestamp.signed.version = 99;
        timestamp.signed.meta["snapshot.json"].version = 98;
        snapshot.signed.version = 98;
      });
      rotate(d, "timestamp", "t2");
      d.repo.timestamp.by = ["t2"];
    },
  ],
  [
    "rotation: a key more is a rotation, though the old file would still hold",
    null,
    (d) => {
      cacheEarlier(d, ({ timestamp }) => {
        timestamp.signed.version = 99;
      });
      rotate(d, "timestamp", "t1", "t2");
    },
  ],
  [
    "rotation: new snapshot keys, and roles may be older or gone",
    null,
    (d) => {
      cacheEarlier(d, ({ snapshot }) => {
        snapshot.signed.meta["targets.json"].version = 99;
        snapshot.signed.meta["gone.json"] = { version: 7 };
      });
      rotate(d, "snapshot", "s1", "s2");
    },
  ],
  [
    "rotation: other keys of targets are none",
    "tuf-timestamp-rollback",
    (d) => {
      cacheEarlier(d, ({ timestamp }) => {
        timestamp.signed.version = 99;
      });
      rotate(d, "targets", "g1", "g2");
    },
  ],
  [
    "rotation: the same key under another id is none, and its older file still counts",
    "tuf-timestamp-rollback",
    (d) => {
      cacheEarlier(d, ({ timestamp }) => {
        timestamp.signed.version = 99;
      });
      nextRoot(d, ({ signed }) => {
        signed.keys["t1-again"] = signed.keys.t1;
        signed.roles.timestamp.keyids = ["t1-again", "t1", "not-there"];
      });
    },
  ],
  [
    "rotation: two keys in another order are none",
    "tuf-timestamp-rollback",
    (d) => {
      cacheEarlier(d, ({ timestamp }) => {
        timestamp.signed.version = 99;
      });
      const [root] = d.repo.roots;
      if (root !== undefined) {
        root.signed.keys = { ...root.signed.keys, ...toyKeys("t2") };
        root.signed.roles.timestamp = toyRole(["t1", "t2"]);
      }
      rotate(d, "timestamp", "t2", "t1");
    },
  ],
  [
    "rotation: one that a cached root made is not made again",
    "tuf-timestamp-rollback",
    (d) => {
      rotate(d, "timestamp", "t1", "t2");
      d.cached["2.root"] = d.repo.roots[1] as ToyFile;
      cacheEarlier(d, ({ timestamp }) => {
        timestamp.signed.version = 99;
      });
    },
  ],
];

function rotate(draft: Draft, role: string, ...keys: string[]): void {
  nextRoot(draft, ({ signed }) => {
    signed.keys = { ...signed.keys, ...toyKeys(...keys) };
    signed.roles[role] = toyRole(keys);
  });
}

const TIMESTAMPS: readonly Row[] = [
  [
    "timestamp: not served",
    "tuf-file-absent",
    (d) => {
      d.served["timestamp.json"] = null;
    },
  ],
  ["timestamp: not signed", "tuf-threshold", (d) => signedBy()(d.repo.timestamp)],
  ["timestamp: signed by the key of another role", "tuf-threshold", (d) => signedBy("s1")(d.repo.timestamp)],
  [
    "timestamp: not a timestamp, though signed",
    "unsupported",
    (d) => {
      d.repo.timestamp.signed._type = "snapshot";
    },
  ],
  [
    "timestamp: lists another file",
    "unknown-field",
    (d) => {
      d.repo.timestamp.signed.meta["targets.json"] = { version: 2 };
    },
  ],
  [
    "timestamp: expires at this second, and is not kept",
    "tuf-expired",
    (d) => {
      d.repo.timestamp.signed.expires = AT_NOW;
    },
  ],
  [
    "timestamp: expires in the next second",
    null,
    (d) => {
      d.repo.timestamp.signed.expires = AFTER_NOW;
    },
  ],
  ["timestamp: a newer one", null, (d) => cacheEarlier(d)],
  [
    "timestamp: an older one",
    "tuf-timestamp-rollback",
    (d) => {
      cacheAll(d);
      d.repo = toyRepository();
      d.repo.timestamp.signed.version = 3;
    },
  ],
  ["timestamp: the same one", null, cacheAll],
  [
    "timestamp: another one of the same version is not kept",
    null,
    (d) => {
      cacheAll(d);
      d.repo = toyRepository();
      d.repo.timestamp.signed.meta["snapshot.json"].version = 5;
    },
  ],
  [
    "timestamp: another one of the same version, not signed",
    "tuf-threshold",
    (d) => {
      cacheAll(d);
      d.repo = toyRepository();
      d.repo.timestamp.by = [];
    },
  ],
  [
    "timestamp: the same one, which expires at this second",
    "tuf-expired",
    (d) => {
      d.repo.timestamp.signed.expires = AT_NOW;
      cacheAll(d);
    },
  ],
  [
    "timestamp: a newer one after one that has expired",
    null,
    (d) =>
      cacheEarlier(d, ({ timestamp }) => {
        timestamp.signed.expires = AT_NOW;
      }),
  ],
  [
    "timestamp: a newer one that lists an older snapshot",
    "tuf-snapshot-rollback",
    (d) =>
      cacheEarlier(d, ({ timestamp }) => {
        timestamp.signed.meta["snapshot.json"].version = 5;
      }),
  ],
  [
    "timestamp: a newer one that lists the same snapshot",
    null,
    (d) => {
      cacheAll(d);
      d.repo = { ...toyRepository(), timestamp: toyTimestamp(5, { version: 4 }) };
    },
  ],
  [
    "timestamp: a cached one that is not signed is as if it were not there",
    null,
    (d) =>
      cacheEarlier(d, ({ timestamp }) => {
        timestamp.signed.version = 99;
        timestamp.by = ["s1"];
      }),
  ],
  [
    "timestamp: a cached one that is torn is as if it were not there",
    null,
    (d) => {
      d.cached["timestamp"] = '{"signatures":[';
    },
  ],
];

const SNAPSHOTS: readonly Row[] = [
  [
    "snapshot: not served",
    "tuf-file-absent",
    (d) => {
      d.served["4.snapshot.json"] = null;
    },
  ],
  [
    "snapshot: without consistent snapshots, by its plain name",
    null,
    (d) => {
      for (const { signed } of d.repo.roots) signed.consistent_snapshot = false;
      d.served["snapshot.json"] = d.repo.snapshot;
      d.served["targets.json"] = targetsOf(d);
    },
  ],
  [
    "snapshot: a root that does not say has no consistent snapshots",
    "tuf-file-absent",
    (d) => {
      for (const { signed } of d.repo.roots) delete signed.consistent_snapshot;
    },
  ],
  [
    "snapshot: length and three hashes",
    null,
    (d) => {
      d.repo.timestamp = toyTimestamp(4, listingOf(d.repo.snapshot, "sha256", "sha384", "sha512"));
    },
  ],
  [
    "snapshot: listed longer than any may be",
    "tuf-length-mismatch",
    (d) => {
      d.repo.timestamp = toyTimestamp(4, { version: 4, length: 1_000_000_000 });
    },
  ],
  [
    "snapshot: a byte shorter than listed",
    "tuf-length-mismatch",
    (d) => {
      const listing = listingOf(d.repo.snapshot);
      d.repo.timestamp = toyTimestamp(4, { version: 4, length: listing.length + 1 });
    },
  ],
  [
    "snapshot: a byte longer than listed",
    "tuf-length-mismatch",
    (d) => {
      const listing = listingOf(d.repo.snapshot);
      d.repo.timestamp = toyTimestamp(4, { version: 4, length: listing.length - 1 });
    },
  ],
  ...(["sha256", "sha384", "sha512"] as const).map(
    (algorithm): Row => [
      `snapshot: another ${algorithm} than listed`,
      "tuf-hash-mismatch",
      (d) => {
        const listed = listingOf(d.repo.snapshot, algorithm);
        const other = listingOf(toySnapshot(5, { targets: 2 }), algorithm);
        d.repo.timestamp = toyTimestamp(4, { ...listed, hashes: other.hashes });
      },
    ],
  ),
  [
    "snapshot: the first hash is right, the second is not",
    "tuf-hash-mismatch",
    (d) => {
      const listed = listingOf(d.repo.snapshot, "sha256");
      const other = listingOf(toySnapshot(5, { targets: 2 }), "sha512");
      d.repo.timestamp = toyTimestamp(4, { ...listed, hashes: { ...listed.hashes, ...other.hashes } });
    },
  ],
  [
    "snapshot: a right hash, and one that nobody here can check",
    "tuf-hash-unknown",
    (d) => {
      const listed = listingOf(d.repo.snapshot, "sha256");
      d.repo.timestamp = toyTimestamp(4, { ...listed, hashes: { ...listed.hashes, "blake3-512": "00" } });
    },
  ],
  [
    "snapshot: no hash in a list of hashes",
    "too-many",
    (d) => {
      d.repo.timestamp = toyTimestamp(4, { version: 4, hashes: {} });
    },
  ],
  ["snapshot: not signed", "tuf-threshold", (d) => signedBy()(d.repo.snapshot)],
  ["snapshot: one key too few signs", "tuf-threshold", (d) => needTwo(d, "s2", ["s1"])],
  ["snapshot: as many keys sign as must", null, (d) => needTwo(d, "s2", ["s1", "s2"])],
  [
    "snapshot: one key under two ids counts once",
    "tuf-threshold",
    (d) => {
      const [root] = d.repo.roots;
      if (root !== undefined) {
        root.signed.keys = { ...root.signed.keys, s1: toyKeys("s1")["s1"], "s1-again": toyKeys("s1")["s1"] };
        root.signed.roles.snapshot = toyRole(["s1", "s1-again"], 2);
      }
      d.repo.snapshot.by = ["s1"];
      d.served["4.snapshot.json"] = signatureAlsoBy("s1-again", d.repo.snapshot);
    },
  ],
  [
    "snapshot: a signature that does not hold beside one that does",
    null,
    (d) => {
      needTwo(d, "s2", ["s2", "s1"]);
      for (const { signed } of d.repo.roots) signed.roles.snapshot.threshold = 1;
      d.served["4.snapshot.json"] = withSignature("s2", "00".repeat(64), d.repo.snapshot);
    },
  ],
  [
    "snapshot: an empty signature beside one that holds",
    null,
    (d) => {
      needTwo(d, "s2", ["s2", "s1"]);
      for (const { signed } of d.repo.roots) signed.roles.snapshot.threshold = 1;
      d.served["4.snapshot.json"] = withSignature("s2", "", d.repo.snapshot);
    },
  ],
  [
    "snapshot: a signature that does not hold counts for nothing",
    "tuf-threshold",
    (d) => {
      needTwo(d, "s2", ["s1", "s2"]);
      d.served["4.snapshot.json"] = withSignature("s2", "00".repeat(64), d.repo.snapshot);
    },
  ],
  [
    "snapshot: a signature over other bytes",
    "tuf-threshold",
    (d) => {
      const other = structuredClone(d.repo.snapshot);
      other.signed.meta["targets.json"].version = 1;
      d.served["4.snapshot.json"] = JSON.stringify({
        signed: d.repo.snapshot.signed,
        signatures: JSON.parse(signatureAlsoBy(null, other)).signatures,
      });
    },
  ],
  [
    "snapshot: another version than listed",
    "tuf-version-mismatch",
    (d) => {
      d.served["4.snapshot.json"] = toySnapshot(5, { targets: 2 });
    },
  ],
  [
    "snapshot: an older version than listed",
    "tuf-version-mismatch",
    (d) => {
      d.served["4.snapshot.json"] = toySnapshot(3, { targets: 2 });
    },
  ],
  [
    "snapshot: expires at this second, and is not kept",
    "tuf-expired",
    (d) => {
      d.repo.snapshot.signed.expires = AT_NOW;
    },
  ],
  [
    "snapshot: expires in the next second",
    null,
    (d) => {
      d.repo.snapshot.signed.expires = AFTER_NOW;
    },
  ],
  [
    "snapshot: an older version of targets",
    "tuf-targets-rollback",
    (d) =>
      cacheEarlier(d, ({ snapshot }) => {
        snapshot.signed.meta["targets.json"].version = 3;
      }),
  ],
  [
    "snapshot: the same version of targets",
    null,
    (d) =>
      cacheEarlier(d, ({ snapshot }) => {
        snapshot.signed.meta["targets.json"].version = 2;
      }),
  ],
  [
    "snapshot: an older version of another role",
    "tuf-targets-rollback",
    (d) => {
      d.repo.snapshot = toySnapshot(4, { targets: 2, other: 6, "the last": 5 });
      cacheEarlier(d, (earlier) => {
        earlier.snapshot = toySnapshot(3, { targets: 1, other: 7, "the last": 5 });
      });
    },
  ],
  [
    "snapshot: a role is gone",
    "tuf-role-removed",
    (d) =>
      cacheEarlier(d, (earlier) => {
        earlier.snapshot = toySnapshot(3, { other: 1, targets: 1 });
      }),
  ],
  [
    "snapshot: the last role is gone",
    "tuf-role-removed",
    (d) =>
      cacheEarlier(d, (earlier) => {
        earlier.snapshot = toySnapshot(3, { targets: 1, "the last": 1 });
      }),
  ],
  [
    "snapshot: a role more",
    null,
    (d) => {
      d.repo.snapshot = toySnapshot(4, { targets: 2, other: 1 });
      cacheEarlier(d);
    },
  ],
  [
    "snapshot: one that has expired still says what must not go back",
    "tuf-targets-rollback",
    (d) =>
      cacheEarlier(d, ({ snapshot }) => {
        snapshot.signed.expires = AT_NOW;
        snapshot.signed.meta["targets.json"].version = 3;
      }),
  ],
  [
    "snapshot: a cached one that is not signed is as if it were not there",
    null,
    (d) =>
      cacheEarlier(d, ({ snapshot }) => {
        snapshot.signed.meta["targets.json"].version = 3;
        snapshot.by = ["t1"];
      }),
  ],
  [
    "snapshot: a cached one of the listed version and hash is not fetched",
    null,
    (d) => {
      d.repo.timestamp = toyTimestamp(5, listingOf(d.repo.snapshot, "sha256"));
      cacheAll(d);
    },
  ],
  [
    "snapshot: a cached one of the listed version and another hash is fetched",
    null,
    (d) => {
      d.cached["snapshot"] = toySnapshot(4, { targets: 1 });
      d.repo.timestamp = toyTimestamp(5, listingOf(d.repo.snapshot, "sha256"));
    },
  ],
  [
    "snapshot: a cached one of a later version than listed is not used",
    null,
    (d) => {
      d.cached["snapshot"] = toySnapshot(5, { targets: 2 });
    },
  ],
  [
    "snapshot: the cached one expires at this second",
    "tuf-expired",
    (d) => {
      d.repo.snapshot.signed.expires = AT_NOW;
      d.cached["snapshot"] = d.repo.snapshot;
    },
  ],
  [
    "snapshot: does not list targets",
    "missing-field",
    (d) => {
      d.repo.snapshot = toySnapshot(4, { other: 2 });
    },
  ],
];

/** The snapshot role has two keys and needs both; `by` sign. */
function needTwo({ repo }: Draft, second: string, by: string[]): void {
  for (const { signed } of repo.roots) {
    signed.keys = { ...signed.keys, ...toyKeys(second) };
    signed.roles.snapshot = toyRole(["s1", second], 2);
  }
  repo.snapshot.by = by;
}

const TARGETS: readonly Row[] = [
  [
    "targets: not served",
    "tuf-file-absent",
    (d) => {
      d.served["2.targets.json"] = null;
    },
  ],
  [
    "targets: length and hash",
    null,
    (d) => {
      d.repo.snapshot.signed.meta["targets.json"] = listingOf(targetsOf(d), "sha256");
    },
  ],
  [
    "targets: another hash than listed",
    "tuf-hash-mismatch",
    (d) => {
      d.repo.snapshot.signed.meta["targets.json"] = {
        ...listingOf(toyTargets(1, "g1"), "sha256"),
        length: listingOf(targetsOf(d)).length,
        version: 2,
      };
    },
  ],
  ["targets: not signed by the targets role", "tuf-threshold", (d) => signedBy("s1")(targetsOf(d))],
  [
    "targets: another version than listed",
    "tuf-version-mismatch",
    (d) => {
      d.served["2.targets.json"] = toyTargets(1, "g1");
    },
  ],
  [
    "targets: expires at this second, and is not kept",
    "tuf-expired",
    (d) => {
      targetsOf(d).signed.expires = AT_NOW;
    },
  ],
  [
    "targets: expires in the next second",
    null,
    (d) => {
      targetsOf(d).signed.expires = AFTER_NOW;
    },
  ],
  [
    "targets: the cached one expires at this second",
    "tuf-expired",
    (d) => {
      targetsOf(d).signed.expires = AT_NOW;
      cacheAll(d);
    },
  ],
  [
    "targets: a cached one of the listed version is not fetched",
    null,
    (d) => {
      d.cached["targets"] = targetsOf(d);
    },
  ],
];

const OFFLINE: readonly Row[] = [
  [
    "offline: nothing is cached",
    "tuf-not-cached",
    (d) => {
      d.mode = { kind: "offline", expiredSecondsMax: 0 };
    },
  ],
  [
    "offline: everything is cached, and nothing is fetched",
    null,
    (d) => {
      d.mode = { kind: "offline", expiredSecondsMax: 0 };
      nextRoot(d);
      nextRoot(d);
      d.cached["2.root"] = d.repo.roots[1] as ToyFile;
      cacheAll(d);
    },
  ],
  [
    "offline: the snapshot is not the one that is listed",
    "tuf-not-cached",
    (d) => {
      d.mode = { kind: "offline", expiredSecondsMax: 0 };
      cacheAll(d);
      d.cached["snapshot"] = toySnapshot(3, { targets: 2 });
    },
  ],
  [
    "offline: targets are not cached",
    "tuf-not-cached",
    (d) => {
      d.mode = { kind: "offline", expiredSecondsMax: 0 };
      d.cached = { timestamp: d.repo.timestamp, snapshot: d.repo.snapshot };
    },
  ],
  [
    "offline: a cached timestamp that is not signed",
    "tuf-not-cached",
    (d) => {
      d.mode = { kind: "offline", expiredSecondsMax: 0 };
      d.repo.timestamp.by = [];
      cacheAll(d);
    },
  ],
  [
    "offline: expired, and none of that is allowed",
    "tuf-expired",
    (d) => {
      d.mode = { kind: "offline", expiredSecondsMax: 0 };
      d.repo.timestamp.signed.expires = AT_NOW;
      cacheAll(d);
    },
  ],
  [
    "offline: expired by a second less than is allowed",
    null,
    (d) => {
      d.mode = { kind: "offline", expiredSecondsMax: 60 };
      d.time += 59;
      d.repo.timestamp.signed.expires = AT_NOW;
      cacheAll(d);
    },
  ],
  [
    "offline: expired by as much as is allowed",
    "tuf-expired",
    (d) => {
      d.mode = { kind: "offline", expiredSecondsMax: 60 };
      d.time += 60;
      d.repo.timestamp.signed.expires = AT_NOW;
      cacheAll(d);
    },
  ],
];

/** The text of `file`, with its first signature under another id as well. */
function signatureAlsoBy(keyid: string | null, file: ToyFile): string {
  const { signatures, signed } = JSON.parse(toyText(file));
  const more = keyid === null ? [] : [{ ...signatures[0], keyid }];
  return JSON.stringify({ signatures: [...signatures, ...more], signed });
}

function withSignature(keyid: string, sig: string, file: ToyFile): string {
  const { signatures, signed } = JSON.parse(toyText(file));
  const changed = signatures.map((item: { keyid: string }) => (item.keyid === keyid ? { keyid, sig } : item));
  return JSON.stringify({ signatures: changed, signed });
}
