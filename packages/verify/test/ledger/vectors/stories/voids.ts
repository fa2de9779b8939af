// SPDX-License-Identifier: Apache-2.0
import {
  acceptedFile,
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  F,
  GUARDED,
  I,
  K,
  ROOTS,
  rootSigned,
  strikeLast,
  ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import {
  CANCEL,
  configure,
  OTHER,
  policy,
  type Story,
  TAKE,
  tries,
  upload,
  voidOf,
  withFile,
} from "./tell.ts";

export const VOID_STORIES: readonly Story[] = [
  ["which entries can be voided", voidable],
  ["a void of a name, of a project, and of its changes", ofProjects],
  ["a void of what was asked for", ofAsks],
  ["a void of a file burns its name, once", ofFiles],
  ["a void of a file that was cancelled", ofCancelled],
  ["only root keys strike an anchor", ofStates],
  ["a delay is measured by what anchors are left", struckDelay],
];

const ASK = configure("ask", "account", OTHER);

async function voidable(): Promise<ToyLedger> {
  const ledger = await withFile();
  const yank: Draft = { kind: "yanked", files: [F], reason: "owner" };
  await tries(
    ledger,
    yank,
    { kind: "unyanked", files: [F], reason: "owner" },
    { kind: "status", status: "deprecated" },
  );
  await tries(ledger, yank, acceptedFile(ledger.now), { kind: "withdrawn", files: [F], reason: "owner" });
  for (let at = 4; at <= 9; at++) await tries(ledger, voidOf(ledger, at));
  await tries(ledger, { ...voidOf(ledger, 3), target: 2 }, { ...voidOf(ledger, 3), target: 4 });
  await tries(
    ledger,
    { ...voidOf(ledger, 3), statement: digestOf("other") },
    { ...voidOf(ledger, 3), project: I, seq: 1 },
  );
  await tries(ledger, voidOf(ledger, 1), { ...voidOf(ledger, 1, I), project: K, seq: 8 });
  await tries(ledger, voidOf(ledger, 0, I), { ...voidOf(ledger, 3), target: ledger.leaves.length + 3 });
  const upTo = ledger.leaves.length;
  await tries(ledger, { ...voidOf(ledger, 3), target: upTo });
  await tries(ledger, voidOf(ledger, 3));
  await tries(ledger, voidOf(ledger, ledger.leaves.length - 1));
  await ledger.seal();
  return ledger;
}

async function ofProjects(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  await tries(ledger, { kind: "project-reserved" });
  await tries(ledger, voidOf(ledger, 2));
  await tries(ledger, { kind: "project-created", config: CONFIG });
  await tries(ledger, voidOf(ledger, 2), upload(ledger, "still open"));
  await tries(ledger, configure("change", "account", policy({ closeDays: 3 })));
  await tries(ledger, voidOf(ledger, 7), upload(ledger, "closed by the void of a change"));
  await tries(ledger, { kind: "status", status: "active" }, upload(ledger, "open again"));
  await tries(ledger, voidOf(ledger, 4), upload(ledger, "closed by the void of the creation"));
  await ledger.seal();
  return ledger;
}

async function ofAsks(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, ASK);
  await tries(ledger, voidOf(ledger, 4));
  await tries(ledger, voidOf(ledger, 4), ASK, CANCEL);
  await tries(ledger, voidOf(ledger, 7), ASK);
  const asked = ledger.leaves.length - 1;
  await tries(ledger, voidOf(ledger, 7), voidOf(ledger, 4), voidOf(ledger, 8), {
    kind: "status",
    status: "active",
  });
  await ledger.wait(7 * DAY + 10);
  await tries(ledger, TAKE);
  const again = ledger.leaves.length;
  await tries(ledger, configure("ask", "account", CONFIG));
  await tries(ledger, voidOf(ledger, 7));
  await tries(ledger, voidOf(ledger, asked));
  await tries(ledger, { kind: "status", status: "active" });
  await tries(ledger, voidOf(ledger, again));
  await tries(ledger, voidOf(ledger, again));
  await tries(ledger, voidOf(ledger, again - 1));
  await ledger.seal();
  return ledger;
}

async function ofFiles(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, upload(ledger, "second"));
  await tries(ledger, { ...voidOf(ledger, 3), detail: digestOf("why") });
  await tries(ledger, { ...voidOf(ledger, 3), detail: digestOf("why again") });
  await tries(ledger, { kind: "yanked", files: [digestOf("second")], reason: "owner" });
  await tries(ledger, voidOf(ledger, 4), acceptedFile(ledger.now));
  await tries(ledger, upload(ledger, "third"));
  await tries(ledger, { kind: "withdrawn", files: [digestOf("third")], reason: "malware" });
  const gap = ledger.leaves.length - 2;
  await tries(ledger, { ...voidOf(ledger, gap), target: gap - 1 });
  await tries(ledger, voidOf(ledger, gap));
  const at = ledger.leaves.length;
  await tries(ledger, upload(ledger, "fourth"));
  const draft = voidOf(ledger, at);
  const [first = toyKey("")] = ROOTS;
  await tries(ledger, rootSigned(ledger, draft, [first]));
  await tries(ledger, rootSigned(ledger, draft, [first, toyKey("stranger")]));
  await tries(ledger, { ...draft, root: rootSigned(ledger, { ...draft, target: 3 }).root });
  await tries(ledger, rootSigned(ledger, draft));
  await ledger.seal();
  return ledger;
}

async function ofCancelled(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(policy({ release: "staged" }));
  const staged = acceptedFile(ledger.now, { show: "staged" });
  const cancel: Draft = { kind: "withdrawn", files: [F], reason: "canceled" };
  await tries(ledger, staged, cancel);
  await tries(ledger, voidOf(ledger, 3), staged);
  await tries(ledger, voidOf(ledger, 3));
  await tries(ledger, voidOf(ledger, 6));
  await ledger.seal();
  return ledger;
}

async function ofStates(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(GUARDED);
  await ledger.wait(1_000);
  const strike = strikeLast(ledger);
  const [first = toyKey("")] = ROOTS;
  const sign = (draft: typeof strike, signers = ROOTS.slice(0, 2)) => rootSigned(ledger, draft, signers);
  await tries(
    ledger,
    strike,
    { ...strike, root: [] },
    sign(strike, [first]),
    sign(strike, [first, toyKey("stranger")]),
    sign(strike, [...ROOTS, toyKey("stranger")]),
    { ...strike, root: sign({ ...strike, target: 1 }).root },
    { ...sign({ ...strike, statement: digestOf("other") }) },
    { ...sign({ ...strike, target: strike.target - 1 }) },
    { ...sign({ ...strike, target: strike.target + 1 }) },
    { ...sign({ ...strike, project: K, seq: 1 }) },
    { ...strike, project: K, seq: 1 },
  );
  const old = (name: string): Draft =>
    upload(ledger, name, { time: ledger.now - 900, received: ledger.now - 900, attestations: [] });
  await tries(ledger, old("too old for log time"));
  await tries(ledger, sign(strike));
  await tries(ledger, old("not too old for what is left of it"));
  await tries(ledger, sign(strikeLast(ledger)));
  await ledger.seal();
  await tries(ledger, rootSigned(ledger, voidOf(ledger, 1, I)));
  await ledger.seal();
  return ledger;
}

/** The anchor that first covered the ask is struck: the clock starts at the next one. */
async function struckDelay(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, ASK);
  await ledger.seal();
  await ledger.seal();
  const covering = ledger.state.states.last()?.index ?? 0;
  ledger.now += DAY;
  await ledger.seal();
  ledger.now += 6 * DAY + 100;
  await ledger.seal();
  await tries(ledger, rootSigned(ledger, voidOf(ledger, covering, I)));
  await tries(ledger, TAKE);
  ledger.now += DAY;
  await ledger.seal();
  await tries(ledger, TAKE);
  await ledger.seal();
  return ledger;
}
