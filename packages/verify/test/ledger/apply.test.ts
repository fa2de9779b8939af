// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { findProject } from "@countermark/verify";
import { acceptedFile, K, outcomeOf, ToyLedger } from "./toy-ledger.ts";

test("apply: a file by a registered publisher is legal", async () => {
  const ledger = await ToyLedger.withProject();
  assert.equal(outcomeOf(await ledger.add(acceptedFile(ledger.now))), "legal");
  assert.equal(outcomeOf(await ledger.seal()), "state");
  assert.equal(findProject(ledger.state, K)?.header.firstFile, 3);
  assert.equal(ledger.state.projects.count, 2);
});
