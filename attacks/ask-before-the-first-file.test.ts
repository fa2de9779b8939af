// SPDX-License-Identifier: Apache-2.0
// Before a project has a file, somebody with its account asks for his own repository as its publisher, and keeps quiet. Years
// later, when the project matters and has a passkey, he takes what he asked for, at once. But nothing can be asked for there.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConfigRecord } from "@countermark/formats";
import { findProject } from "@countermark/verify";
import {
  acceptedFile,
  CONFIG,
  DAY,
  type Draft,
  GUARDED,
  K,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  outcomeOf,
  PUBLISHER,
  START,
  ToyLedger,
} from "../packages/verify/test/ledger/toy-ledger.ts";

const THIEF: ConfigRecord = { ...GUARDED, publishers: [OTHER_PUBLISHER], principals: [OTHER_PRINCIPAL] };

test("an ask before the first file: is void, and there is nothing to take when it matters", async () => {
  const ledger = await ToyLedger.withProject(CONFIG);
  const outcome = async (draft: Draft): Promise<string> => outcomeOf(await ledger.add(draft));
  const none = { kind: "none" } as const;
  const configure = { kind: "project-configured", way: "account", consent: none } as const;
  assert.equal(await outcome({ ...configure, act: "ask", config: THIEF }), "no-files");
  assert.equal(await outcome({ ...configure, act: "change", way: "free", config: GUARDED }), "legal");
  assert.equal(await outcome(acceptedFile(START)), "legal");
  await ledger.wait(1_000 * DAY);
  assert.equal(await outcome({ ...configure, act: "take", way: "none", config: null }), "no-pending");
  assert.deepEqual(findProject(ledger.state, K)?.current.publishers, [PUBLISHER]);
});
