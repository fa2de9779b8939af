// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_LOCK } from "@countermark/formats";
import { type HeadKind, type Verdict, VerifyError } from "@countermark/verify";
import { finishRun } from "../../src/drive/finish.ts";
import type { DeliveredFile, Reconciliation } from "../../src/drive/reconcile.ts";
import type { OpenProxy } from "../../src/drive/with-proxy.ts";
import { ClientError } from "../../src/failure.ts";
import { createJournal, type Journal } from "../../src/proxy/journal.ts";
import { readSettings } from "../../src/settings.ts";
import { createOutput } from "../../src/show/output.ts";
import { fakeFetch, fakeWorld } from "../world.ts";

const head: HeadKind = "audited";
const file: DeliveredFile = {
  project: "a",
  version: "1.0",
  filename: "a-1.0.whl",
  sha256: "ab".repeat(32),
  record: null,
};
const verdict: Verdict = {
  filename: file.filename,
  logged: { origin: "o", index: 1, head },
  attested: null,
  locked: "first-use",
  yanked: false,
};
const good: Reconciliation = {
  what: "installed",
  coverage: { installed: 1, verified: 1, others: new Map() },
  unaccounted: [],
  delivered: [],
};

async function finish(
  change: (journal: Journal) => void,
  end: { status?: number; reconciliation?: Reconciliation | null } = {},
) {
  const world = fakeWorld(fakeFetch({}));
  const journal = createJournal();
  change(journal);
  let locks = 0;
  const open: OpenProxy = {
    proxy: { simpleUrl: "", secretUrl: "", refusingUrl: "", close: async () => undefined },
    journal,
    gatekeeper: { lock: () => EMPTY_LOCK, admitFile: async () => verdict },
    index: "https://index.example",
    scratch: "",
    enclose: (command) => command,
    saveLock: async () => {
      locks++;
      return true;
    },
    saveReport: async () => undefined,
  };
  const out = createOutput(world, false);
  const context = { world, settings: readSettings({}, {}), out };
  const status = await finishRun(context, open, { tool: "pip", status: 0, reconciliation: good, ...end });
  return { status, locks, text: world.text(), last: world.text().trimEnd().split("\n").at(-1) };
}

const deliver = (journal: Journal) => journal.deliver(file, verdict);

test("finishRun: a run in which all was verified writes the lock and ends with the coverage", async () => {
  const run = await finish(deliver);
  assert.deepEqual([run.status, run.locks, run.last], [0, 1, "1 installed: 1 verified"]);
  assert.match(run.text, /countermark\.lock: written/);
});

test("finishRun: a run of files that were locked before says as before", async () => {
  const run = await finish((journal) => journal.deliver(file, { ...verdict, locked: "same-file" }));
  assert.match(run.text, /countermark\.lock: as before/);
});

const unaccounted = {
  ...good,
  unaccounted: [{ name: "b", version: "2", why: "was installed, but did not come through the proxy" }],
};
const nothing: Reconciliation = {
  what: "installed",
  coverage: { installed: 0, verified: 0, others: new Map() },
  unaccounted: [],
  delivered: [],
};

for (const [claim, change, end, code] of [
  [
    "a refused file fails the run although the tool succeeded",
    (j: Journal) => j.refuse("x", new ClientError("file-mismatch", "other bytes")),
    {},
    "file-mismatch",
  ],
  [
    "a page that could not be verified fails it",
    (j: Journal) => j.fail(new VerifyError("quorum-not-met", "no quorum")),
    {},
    "quorum-not-met",
  ],
  ["a tool that failed fails it", deliver, { status: 7 }, "tool-failed"],
  [
    "something that did not come through the proxy fails it",
    deliver,
    { reconciliation: unaccounted },
    "not-recorded",
  ],
  ["nothing verified fails it", () => undefined, { reconciliation: nothing }, "nothing-verified"],
  [
    "nothing delivered fails it where the environment is not known",
    () => undefined,
    { reconciliation: null },
    "nothing-verified",
  ],
] as const) {
  test(`finishRun: ${claim}, and the lock stays as it was`, async () => {
    const run = await finish(change, end);
    assert.deepEqual([run.status, run.locks], [1, 0]);
    assert.match(run.text, new RegExp(`\\[${code}\\]`));
  });
}

test("finishRun: an index that could not be reached gives status 3", async () => {
  assert.equal((await finish((journal) => journal.fail(new ClientError("unreachable", "gone")))).status, 3);
});

test("finishRun: an environment that is not known is said to be, on the last line too", async () => {
  const run = await finish(deliver, { reconciliation: null });
  assert.equal(run.last, "1 delivered: 1 verified; what the tool installed of it is not known");
});

test("finishRun: what was built here from a verified source is enough, and so is a lock", async () => {
  const built = { installed: 1, verified: 0, others: new Map([["built here from a verified source", 1]]) };
  const run = await finish(deliver, { reconciliation: { ...good, coverage: built } });
  assert.deepEqual(
    [run.status, run.last],
    [0, "1 installed: 0 verified, 1 built here from a verified source"],
  );
  const locked = await finish(() => undefined, { reconciliation: { ...good, what: "locked" } });
  assert.deepEqual([locked.status, locked.last], [0, "1 locked: 1 verified"]);
});
