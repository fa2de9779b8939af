// SPDX-License-Identifier: Apache-2.0
// What no leaf may do to a ledger, as the model of theft asks it of each.
import assert from "node:assert/strict";
import { type Applied, findProject, type IndexState, type LedgerState } from "@countermark/verify";
import { I, K } from "../../../packages/verify/test/ledger/toy-ledger.ts";

/** What holds of every leaf, whoever made it. @throws AssertionError */
export function requireLawful(before: LedgerState, applied: Applied): void {
  if (applied.kind === "void") {
    requireUntouched(before, applied.state);
    return;
  }
  requireInOrder(before, applied.state);
  requireOnlyItsOwn(before, applied);
  requireBurnt(before, applied.state);
}

/** A void leaf only takes its place. */
function requireUntouched(before: LedgerState, after: LedgerState): void {
  assert.equal(after.size, before.size + 1);
  assert.equal(after.projects.commitment(), before.projects.commitment());
  assert.equal(after.anchors.length, before.anchors.length);
}

function requireInOrder(before: LedgerState, after: LedgerState): void {
  const [old, next] = [findProject(before, K), findProject(after, K)];
  assert.ok(old !== null && next !== null);
  assert.ok(next.header.serial >= old.header.serial && next.entries.length >= old.entries.length);
  // Without offline root keys nothing about the index itself changes but the time it is.
  const [was, is] = [indexOf(before).header, indexOf(after).header];
  const { countersign, rootKeys, threshold, role, rules, nextRules, webOrigin, rpIdHash, trust } = was;
  const fixed = { countersign, rootKeys, threshold, role, rules, nextRules, webOrigin, rpIdHash, trust };
  for (const [name, value] of Object.entries(fixed)) {
    assert.deepEqual(
      is[name as keyof typeof fixed],
      value,
      `${name} of the index changes by its root keys only`,
    );
  }
  assert.equal(is.end, was.end);
}

/** Only acts on a configuration touch it. */
function requireOnlyItsOwn(before: LedgerState, applied: Applied): void {
  const [old, next] = [findProject(before, K), findProject(applied.state, K)];
  const kind = applied.kind === "legal" ? applied.entry.statement.kind : "state";
  const { current, base, pending, frozen } = next?.header ?? {};
  const was = old?.header;
  if (kind === "project-configured" || kind === "project-recovered") return;
  assert.deepEqual(
    [current, base, frozen],
    [was?.current, was?.base, was?.frozen],
    `${kind} leaves the configuration`,
  );
  if (kind !== "void") assert.equal(pending, was?.pending, `${kind} leaves what is pending`);
}

/** A name that was burnt is never given back without root keys. */
function requireBurnt(before: LedgerState, after: LedgerState): void {
  const [old, next] = [findProject(before, K), findProject(after, K)];
  if (old === null || next === null || old.files === next.files) return;
  for (const [id, record] of old.files.entries()) {
    if (record.kind !== "file" || record.state !== "withdrawn") continue;
    const now = next.files.get(id);
    assert.ok(
      now?.kind === "file" && now.state === "withdrawn" && now.sha256 === record.sha256,
      "burnt stays burnt",
    );
  }
}

function indexOf(state: LedgerState): IndexState {
  const index = state.projects.get(I);
  assert.ok(index?.kind === "index");
  return index;
}
