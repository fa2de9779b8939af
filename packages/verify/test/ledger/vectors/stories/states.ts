// SPDX-License-Identifier: Apache-2.0
import type { Anchor, StateLeaf } from "@countermark/formats";
import { acceptedFile, digestOf, ToyLedger } from "../../toy-ledger.ts";
import { nextState, type Story, tries, upload, withFile } from "./tell.ts";

export const STATE_STORIES: readonly Story[] = [
  ["a state leaf says what follows from the entries before it", whatFollows],
  ["an anchor is a seal, and goes on", anchors],
  ["an anchor goes on as little as it may", anchorsAtTheirEnds],
  ["two state leaves need a newer anchor between them", adjacent],
  ["the second state leaf follows the first at once", secondAtOnce],
];

async function whatFollows(): Promise<ToyLedger> {
  const ledger = await withFile();
  await ledger.seal();
  await ledger.wait(1_000);
  await tries(ledger, upload(ledger, "second"));
  const states = ledger.state.states.last()?.index ?? 0;
  const wrong: readonly (() => Partial<StateLeaf>)[] = [
    () => ({ origin: "other.example" }),
    () => ({ index: ledger.leaves.length + 1 }),
    () => ({ index: ledger.leaves.length - 1 }),
    () => ({ prev: states - 1 }),
    () => ({ prev: 1 }),
    () => ({ prev: null }),
    () => ({ map: digestOf("map") }),
    () => ({ projects: 1 }),
    () => ({ projects: 3 }),
    () => ({ rules: 2 }),
    () => ({ rootVersion: 2 }),
    () => ({ targetsVersion: 2 }),
    () => ({ time: ledger.now - 10 - 121 }),
    () => ({ anchor: null }),
  ];
  for (const changes of wrong) await ledger.addLeaf(nextState(ledger, changes()));
  await ledger.addLeaf(nextState(ledger, { time: ledger.now - 10 - 120 }));
  return ledger;
}

/** The anchor that would come next, with changes. */
function anchored(ledger: ToyLedger, changes: Partial<Anchor>): Uint8Array {
  const anchor = ledger.anchorAt(ledger.now);
  if (anchor === null) throw new TypeError("There is no anchor");
  return nextState(ledger, { anchor: { ...anchor, ...changes } });
}

async function anchors(): Promise<ToyLedger> {
  const ledger = await withFile();
  await ledger.seal();
  await ledger.wait(1_000);
  await tries(ledger, upload(ledger, "second"));
  const last = ledger.state.anchors.last();
  if (last === null) throw new TypeError("There is no anchor");
  const sealed = ledger.anchorAt(0)?.size ?? 0;
  for (const changes of [
    { size: sealed - 1 },
    { size: sealed + 1 },
    { size: sealed + 9 },
    { size: 3 },
    { size: 2 },
    { size: last.size - 1 },
    { tLo: last.tLo - 1 },
    { tHi: last.tLo - 121 },
  ]) {
    await ledger.addLeaf(anchored(ledger, changes));
  }
  await ledger.addLeaf(anchored(ledger, {}));
  return ledger;
}

async function anchorsAtTheirEnds(): Promise<ToyLedger> {
  const ledger = await withFile();
  await ledger.seal();
  await ledger.wait(1_000);
  await tries(ledger, upload(ledger, "second"));
  const last = ledger.state.anchors.last();
  if (last === null) throw new TypeError("There is no anchor");
  await ledger.addLeaf(anchored(ledger, { size: last.size, tLo: last.tLo, tHi: last.tLo - 120 }));
  await tries(ledger, upload(ledger, "third"));
  await ledger.addLeaf(anchored(ledger, { tLo: last.tLo }));
  return ledger;
}

async function adjacent(): Promise<ToyLedger> {
  const ledger = await withFile();
  await ledger.seal();
  await ledger.seal();
  const last = ledger.state.anchors.last();
  if (last === null) throw new TypeError("There is no anchor");
  await ledger.addLeaf(anchored(ledger, { size: last.size }));
  await ledger.seal();
  await ledger.addLeaf(anchored(ledger, { size: last.size }));
  const newest = ledger.state.anchors.last();
  await ledger.addLeaf(anchored(ledger, { size: newest?.size ?? 0 }));
  await tries(ledger, upload(ledger, "between"));
  await ledger.addLeaf(anchored(ledger, { size: newest?.size ?? 0 }));
  return ledger;
}

async function secondAtOnce(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  await ledger.addLeaf(nextState(ledger));
  await tries(ledger, acceptedFile(ledger.now));
  await ledger.seal();
  return ledger;
}
