// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DelegationDraft } from "@countermark/testkit";
import { createToyClient, type ToyClient } from "./toy-client.ts";

type Edge = readonly [from: string, to: string, more?: Partial<DelegationDraft>];

/** A repository with these delegations, of which the client knows only the root. */
async function delegating(
  edges: readonly Edge[],
  prepare: (client: ToyClient) => void = () => {},
): Promise<ToyClient> {
  const client = createToyClient();
  await client.init();
  for (const [from, to, more] of edges) client.repo.delegate(from, to, more);
  prepare(client);
  const roles = new Set(edges.map(([, to]) => to));
  client.repo.publish(...roles, "targets", "snapshot", "timestamp");
  return client;
}

/** The roles that were asked for after the top-level ones. */
const visited = (client: ToyClient): string => client.repo.requests.slice(4).join(" ").replaceAll(" 1", "");

const PY = { paths: ["*.py"] };
const LAST = { terminating: true };

for (const [claim, edges, order] of [
  ["one delegate", [["targets", "A"]], "A"],
  [
    "two delegates, in order",
    [
      ["targets", "A"],
      ["targets", "B"],
    ],
    "A B",
  ],
  [
    "two levels",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["B", "C"],
    ],
    "A B C",
  ],
  [
    "two levels in depth first",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["A", "C"],
      ["A", "D"],
    ],
    "A C D B",
  ],
  [
    "three levels in depth first",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["A", "C"],
      ["C", "D"],
    ],
    "A C D B",
  ],
  [
    "a terminating delegation on the second level",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["A", "C", LAST],
      ["A", "D"],
    ],
    "A C",
  ],
  [
    "what a terminating delegate delegates",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["A", "C", LAST],
      ["C", "D"],
    ],
    "A C D",
  ],
  [
    "a branch of other paths",
    [
      ["targets", "A", PY],
      ["targets", "B"],
      ["A", "C"],
    ],
    "B",
  ],
  [
    "a branch of other paths deeper down",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["A", "C", PY],
      ["C", "D"],
    ],
    "A B",
  ],
  [
    "a circle",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["B", "C"],
      ["C", "D"],
      ["D", "B"],
    ],
    "A B C D",
  ],
  [
    "two that delegate to a third",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["B", "C"],
      ["A", "C"],
    ],
    "A C B",
  ],
  [
    "two that delegate other paths to a third",
    [
      ["targets", "A"],
      ["targets", "B"],
      ["B", "C"],
      ["A", "C", PY],
    ],
    "A B C",
  ],
] as readonly (readonly [string, readonly Edge[], string])[]) {
  test(`search: ${claim}`, async () => {
    const client = await delegating(edges);
    assert.equal(await client.download("missing"), "tuf-target-unknown");
    assert.equal(visited(client), order);
  });
}

const TREE: readonly Edge[] = [
  ["targets", "A", { paths: ["*.doc", "*.md", "foo-?.tgz"] }],
  ["targets", "B", { paths: ["releases/*/*"] }],
  ["B", "C", { paths: ["releases/x/*"] }],
  ["B", "D", { paths: ["releases/y/*.zip"] }],
];

const TARGETS = [
  ["targets", "top"],
  ["A", "README.md"],
  ["A", "releases/README.md"],
  ["A", "foo-1.tgz"],
  ["A", "foo-alpha.tgz"],
  ["C", "releases/x/x_v1"],
  ["D", "releases/y/y_v1.zip"],
  ["D", "releases/z/z_v1.zip"],
] as const;

for (const [claim, path, isFound, order] of [
  ["without a delegation", "top", true, ""],
  ["by a star", "README.md", true, "A"],
  ["by stars in two folders, first delegate", "releases/x/x_v1", true, "B C"],
  ["by stars in two folders, second delegate", "releases/y/y_v1.zip", true, "B D"],
  ["not through a delegation that does not cover it", "releases/z/z_v1.zip", false, "B"],
  ["not by a star across a slash", "releases/README.md", false, ""],
  ["by a question mark", "foo-1.tgz", true, "A"],
  ["not by a question mark for more than one character", "foo-alpha.tgz", false, ""],
  ["not in another case", "README.MD", false, ""],
] as const) {
  test(`search: a target is found ${claim}`, async () => {
    const client = await delegating(TREE, ({ repo }) => {
      for (const [role, target] of TARGETS) repo.addTarget(role, target, `${target} by ${role}`);
    });
    assert.equal(await client.download(path), isFound ? "ok" : "tuf-target-unknown");
    assert.equal(visited(client), order);
    assert.equal((await client.stored()).length, isFound ? 1 : 0);
  });
}

test("search: a cached role has no authority beyond the delegator that its signature suffices for", async () => {
  const edges: readonly Edge[] = [
    ["targets", "parent-a", { paths: ["team-a/*"] }],
    ["targets", "parent-b", { paths: ["team-b/*"] }],
    ["parent-a", "release", { paths: ["team-a/*"] }],
    ["parent-b", "release", { paths: ["team-b/*"] }],
  ];
  const client = await delegating(edges, ({ repo }) => {
    const [ofB = ""] = repo.role("parent-b").delegations?.roles?.[0]?.keyids ?? [];
    repo.signers.get("release")?.delete(ofB);
    repo.addTarget("release", "team-a/root.json", "trusted");
    repo.addTarget("release", "team-b/root.json", "malicious");
  });
  assert.equal(await client.download("team-a/root.json", "team-b/root.json"), "tuf-threshold");
  assert.deepEqual(await client.stored(), ["trusted"]);
});

test("search: a delegate that the snapshot does not list is not asked for", async () => {
  const client = await delegating([["targets", "delegated", { paths: ["delegatedpath/*"] }]]);
  const { repo } = client;
  delete repo.snapshot.meta["delegated.json"];
  repo.publish("snapshot", "timestamp");
  assert.equal(await client.refresh(), "ok");
  repo.requests.length = 0;
  assert.equal(await client.download("delegatedpath/foo"), "tuf-role-unlisted");
  assert.equal(await client.version("delegated"), null);
  assert.deepEqual(repo.requests, ["root 2", "timestamp"]);
});
