// SPDX-License-Identifier: Apache-2.0
import { type Anchor, encodeHex, encodeProjectStateFile, projectValue } from "@countermark/formats";
import {
  composeStateLeaf,
  findFile,
  findRelease,
  projectCommitments,
  projectStateFile,
} from "@countermark/verify";
import {
  CONFIG,
  DAY,
  digestOf,
  GUARDED,
  I,
  K,
  rootSigned,
  sha256,
  strikeLast,
  ToyLedger,
} from "../toy-ledger.ts";
import { RULES, SUCCEEDED } from "./stories/index-kinds.ts";
import { CANCEL, configure, OTHER, policy, TAKE, tries, upload, withFile } from "./stories/tell.ts";

const ASK = configure("ask", "account", OTHER);

async function withAsks(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, ASK, CANCEL, ASK);
  await ledger.wait(7 * DAY + 10);
  await tries(ledger, TAKE, configure("ask", "account", CONFIG));
  await tries(ledger, CANCEL, configure("ask", "account", GUARDED));
  await ledger.wait(7 * DAY + 10);
  await tries(
    ledger,
    TAKE,
    upload(ledger, "second", { attestations: [], uploader: "token", publisher: null }),
  );
  return ledger;
}

async function pending(): Promise<ToyLedger> {
  const ledger = await withFile();
  return await tries(ledger, upload(ledger, "second"), ASK);
}

/** A change that can no longer be undone when the next one comes. */
async function settled(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, configure("change", "account", policy({ closeDays: 90 })));
  await ledger.wait(14 * DAY + 10);
  return await tries(ledger, configure("change", "account", policy({ closeDays: 30 })));
}

async function struck(): Promise<ToyLedger> {
  const ledger = await withFile();
  await ledger.seal();
  await ledger.wait(1_000);
  await tries(ledger, rootSigned(ledger, strikeLast(ledger)));
  return ledger;
}

/** What became of each ask: the entries of `withAsks` are told by their places. */
const ASKS = { 4: "dropped", 6: "taken", 11: "dropped", 13: "taken", 5: "dropped", 99: "dropped" };

/** vectors/ledger/states.json */
export async function stateVectors() {
  const asks = await withAsks();
  const waiting = await pending();
  const strike = await struck();
  const first = await ToyLedger.create();
  return {
    states: [
      describe("a project whose configurations were taken and cancelled", asks, K, ASKS),
      describe("a project with something pending", waiting, K, { 5: "pending", 3: "dropped" }),
      describe("a project whose change before the last is final", await settled(), K, {}),
      describe("the index itself, after a void", strike, I, {}),
      describe("the first state leaf is no anchor", first, I, {}),
    ],
    composed: [...(await composed())],
  };
}

function describe(claim: string, ledger: ToyLedger, key: string, asks: Readonly<Record<string, string>>) {
  const { state, leaves } = ledger;
  const project = state.projects.get(key);
  if (project === null) throw new TypeError("There is no project");
  const keys = [...project.files.entries()].map(([id]) => id);
  const isOf = (find: typeof findFile | typeof findRelease, id: string): boolean =>
    project.kind === "project" && find(project, id) !== null;
  return {
    claim,
    leaves: leaves.map(encodeHex),
    project: key,
    value: projectValue(sha256, projectCommitments(project, sha256)),
    stateFile: encodeHex(encodeProjectStateFile(projectStateFile(project, sha256))),
    entries: [...project.entries].map((entry) => entry.index),
    asks,
    files: keys.filter((id) => isOf(findFile, id)),
    releases: keys.filter((id) => isOf(findRelease, id)),
    anchors: [...state.anchors],
  };
}

async function composed() {
  const ledger = await withFile();
  const { now, leaves } = ledger;
  const anchor = ledger.anchorAt(now);
  const first = new ToyLedger();
  const genesis = leaves.slice(0, 1).map(encodeHex);
  await first.addLeaf(leaves[0] ?? new Uint8Array());
  const vector = (
    claim: string,
    at: { readonly time: number; readonly anchor: Anchor | null },
    on = ledger,
  ) => ({
    claim,
    leaves: on.leaves.map(encodeHex),
    ...at,
    text: new TextDecoder().decode(composeStateLeaf(on.state, at, sha256)),
  });
  const none = (
    claim: string,
    at: { readonly time: number; readonly anchor: Anchor | null },
    before?: readonly string[],
  ) => ({
    claim,
    leaves: before ?? leaves.map(encodeHex),
    ...at,
    text: null,
  });
  const ended = await withFile();
  await ended.add(rootSigned(ended, SUCCEEDED));
  await ended.seal();
  const closed = ended.leaves.map(encodeHex);
  const turned = await withFile();
  await turned.add(rootSigned(turned, RULES));
  await turned.wait(15 * DAY);
  await turned.seal();
  const unjudged = turned.leaves.map(encodeHex);
  return [
    none(
      "no state leaf after the one that closes a log",
      { time: ended.now, anchor: ended.anchorAt(ended.now) },
      closed,
    ),
    none(
      "no state leaf by unknown rules",
      { time: turned.now, anchor: turned.anchorAt(turned.now) },
      unjudged,
    ),
    vector("the first state leaf", { time: now, anchor: null }, first),
    vector("the next state leaf", { time: now, anchor }),
    none("no state leaf before the genesis", { time: now, anchor: null }, []),
    none("no first state leaf with an anchor", { time: now, anchor }, genesis),
    none("no next state leaf without an anchor", { time: now, anchor: null }),
    none("no state leaf with an anchor that is no seal", {
      time: now,
      anchor: anchor === null ? null : { ...anchor, size: 3, note: digestOf("note") },
    }),
  ];
}
