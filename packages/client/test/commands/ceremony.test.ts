// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { createWorld } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const path = (name: string): string => join(world.dir, name);
const keyFile = path("root.pem");
const sunset = (await world.manage("ceremony/draft", { kind: "sunset" })) as {
  statement: string;
  detail: null;
};
writeFileSync(path("draft.json"), JSON.stringify(sunset));
const trust = (await world.manage("ceremony/draft", {
  kind: "trust-changed",
  description: new TextDecoder().decode(world.trust),
  text: "as it was",
})) as { statement: string; detail: string };

test("ceremony key: makes a root key that its owner alone reads, and tells its id", async () => {
  const run = await world.countermark(["ceremony", "key", keyFile]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /^root key [0-9a-f]{64}$/m);
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);
});

test("ceremony show: says what a signature would do", async () => {
  const run = await world.countermark(["ceremony", "show", path("draft.json")]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /^sunset: the index takes nothing new any more, for ever$/m);
  assert.match(run.stdout, /log: index\.test\/ledger/);
});

test("ceremony sign: writes a signature beside the draft, and writes over none", async () => {
  const args = ["ceremony", "sign", path("draft.json"), "--key", keyFile, "--json"];
  const run = await world.countermark(args);
  assert.equal(run.status, 0, run.output);
  const { signature } = JSON.parse(run.stdout) as { signature: string }; // our own output
  const made = readFileSync(signature, "utf8");
  assert.match(made, /^\{"key":"02[0-9a-f]{64}","sig":"[0-9a-f]{128}"\}\n$/);
  assert.notEqual((await world.countermark(args)).status, 0);
  assert.equal(readFileSync(signature, "utf8"), made);
  const joined = await world.countermark([
    "ceremony",
    "join",
    path("draft.json"),
    signature,
    "--out",
    path("signed"),
  ]);
  assert.equal(joined.status, 0, joined.output);
  assert.equal(JSON.parse(readFileSync(path("signed"), "utf8")).statement, sunset.statement);
});

for (const [claim, draft, code] of [
  ["a detail that the statement does not commit to", { ...sunset, detail: "AAAA" }, "malformed"],
  ["a statement without its detail", { ...trust, detail: null }, "malformed"],
  ["a member too many", { ...sunset, more: 1 }, "unknown-field"],
  ["a statement that is not canonical", { ...sunset, statement: ` ${sunset.statement}` }, "not-canonical"],
  [
    "a kind that root keys do not sign",
    { ...sunset, statement: sunset.statement.replace("/sunset/", "/later-kind/") },
    "unsupported",
  ],
  [
    "new keys over another description than is named",
    { ...trust, statement: trust.statement.replace(/"trust":"../, '"trust":"00') },
    "malformed",
  ],
] as const) {
  test(`ceremony sign: ${claim} is not signed`, async () => {
    writeFileSync(path("bad.json"), JSON.stringify(draft));
    const run = await world.countermark(["ceremony", "sign", path("bad.json"), "--key", keyFile]);
    assert.equal(run.status, 4, run.output);
    assert.match(run.output, new RegExp(`\\[${code}\\]`));
  });
}

for (const [claim, args] of [
  ["no step", ["ceremony", "burn", path("draft.json")]],
  ["no file", ["ceremony", "show"]],
  ["no key", ["ceremony", "sign", path("draft.json")]],
] as const) {
  test(`ceremony: ${claim} is wrong usage`, async () => {
    const run = await world.countermark(args);
    assert.equal(run.status, 2, run.output);
  });
}

test("ceremony: opens no connection", async () => {
  for (const host of ["index.test", "authority.test", "oak.test", "ash.test", "elm.test"])
    world.network.detach(host);
  assert.equal((await world.countermark(["ceremony", "show", path("draft.json")])).status, 0);
  assert.equal(
    (
      await world.countermark([
        "ceremony",
        "sign",
        path("draft.json"),
        "--key",
        keyFile,
        "--out",
        path("a.sig"),
      ])
    ).status,
    0,
  );
});
