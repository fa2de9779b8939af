// SPDX-License-Identifier: Apache-2.0
// What offline root keys give back, and which details are erased.
import {
  acceptedFile,
  CONFIG,
  type Draft,
  digestOf,
  F,
  GUARDED,
  I,
  K,
  OTHER_PASSKEY,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  PRINCIPAL,
  PUBLISHER,
  ROOTS,
  rootSigned,
  ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import {
  CANCEL,
  configure,
  OTHER,
  OTHER_GUARDED,
  policy,
  type Story,
  tries,
  upload,
  voidOf,
  withFile,
} from "./tell.ts";

export const AMENDMENT_STORIES: readonly Story[] = [
  ["root keys give back what was taken away, and nobody else", amended],
  ["which files an amendment gives back", ranges],
  ["what an amendment gives back can be taken away again", takenAgain],
  ["the details that open who is configured are not erased", openingsKept],
  ["an opening lasts as long as somebody is named", openingsFollow],
  ["who is named in what was, what is and what is asked for stays open", openingsOfAll],
  ["an id that came without a detail has no opening", openingsMissing],
  ["the opening of who is imported", openingsImported],
];

type Amended = Extract<Draft, { kind: "amended" }>;

function amend(ledger: ToyLedger, from: number, to: number, signers = ROOTS.slice(0, 2)): Amended {
  return rootSigned(ledger, { kind: "amended", from, to, root: [], detail: digestOf("amended") }, signers);
}

async function amended(): Promise<ToyLedger> {
  const ledger = await withFile();
  const [first = toyKey("")] = ROOTS;
  await tries(ledger, { kind: "withdrawn", files: [F], reason: "malware", detail: digestOf("a lie") });
  await tries(
    ledger,
    { ...amend(ledger, 4, 4), root: [] },
    amend(ledger, 4, 4, [first]),
    amend(ledger, 4, 4, [first, toyKey("stranger")]),
    { ...amend(ledger, 4, 4), to: 5 },
    { ...amend(ledger, 4, 4), role: "gate" },
    rootSigned(ledger, { ...amend(ledger, 4, 4), project: I, seq: 1 }),
  );
  await tries(ledger, amend(ledger, 4, ledger.leaves.length), amend(ledger, 4, ledger.leaves.length + 1));
  await tries(ledger, amend(ledger, 4, ledger.leaves.length - 1));
  await tries(ledger, acceptedFile(ledger.now), voidOf(ledger, ledger.leaves.length - 1));
  await tries(ledger, amend(ledger, 4, 4));
  await ledger.seal();
  return ledger;
}

/** One file for each way in which something is taken away. */
async function ranges(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  const names = ["yanked", "withdrawn", "voided", "both", "again", "kept"];
  for (const name of names) await tries(ledger, upload(ledger, name));
  const take = (kind: "yanked" | "withdrawn", name: string): Draft => ({
    kind,
    files: [digestOf(name)],
    reason: "legal",
  });
  const from = ledger.leaves.length; // 9
  await tries(ledger, take("yanked", "yanked"), take("withdrawn", "withdrawn"), voidOf(ledger, 5));
  await tries(ledger, take("yanked", "both"), take("withdrawn", "both"), take("yanked", "again"));
  await tries(ledger, { kind: "unyanked", files: [digestOf("again")], reason: "owner" });
  const to = ledger.leaves.length;
  await tries(ledger, take("withdrawn", "again"));
  await tries(ledger, amend(ledger, from + 1, from + 1));
  await tries(ledger, amend(ledger, from - 2, from));
  await tries(ledger, amend(ledger, from, to - 1));
  await tries(ledger, amend(ledger, 0, ledger.leaves.length - 1));
  await ledger.seal();
  return ledger;
}

async function takenAgain(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(policy({ release: "staged" }));
  const file = digestOf("a");
  await tries(ledger, upload(ledger, "a", { show: "staged" }));
  await tries(ledger, voidOf(ledger, 3));
  await tries(ledger, amend(ledger, 4, 4));
  const show: Draft = {
    kind: "release-published",
    release: acceptedFile(0).release,
    files: [file],
    consent: { kind: "none" },
  };
  await tries(ledger, show, { kind: "yanked", files: [file], reason: "owner" });
  await tries(ledger, voidOf(ledger, 3));
  await tries(ledger, amend(ledger, 8, 8));
  await tries(ledger, { kind: "unyanked", files: [file], reason: "owner" });
  await tries(ledger, voidOf(ledger, 5), voidOf(ledger, 6), voidOf(ledger, 3));
  await ledger.seal();
  return ledger;
}

function erase(...names: readonly string[]): Extract<Draft, { kind: "detail-erased" }> {
  return { kind: "detail-erased", details: names.map(digestOf).sort(), ground: "person" };
}

async function openingsKept(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  await tries(ledger, { kind: "project-reserved", detail: digestOf("reserved") });
  await tries(ledger, { kind: "project-created", config: GUARDED, detail: digestOf("created") });
  await tries(ledger, acceptedFile(ledger.now, { detail: digestOf("file") }));
  await tries(ledger, erase("created"), erase("file", "created"), erase("reserved"), erase("file"));
  await tries(ledger, erase("of no entry"), { ...erase("file"), detail: digestOf("why") });
  await tries(ledger, { ...erase("file"), project: I, seq: 1 }, voidOf(ledger, 7));
  await tries(ledger, { kind: "status", status: "quarantined" }, erase("created"));
  await tries(ledger, { kind: "status", status: "active" }, erase("created"));
  await ledger.seal();
  return ledger;
}

async function openingsFollow(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  await tries(ledger, { kind: "project-created", config: GUARDED, detail: digestOf("first") });
  await tries(ledger, acceptedFile(ledger.now, { detail: digestOf("file") }));
  const named = { ...GUARDED, principals: [OTHER_PRINCIPAL, PRINCIPAL].sort() };
  const change = (config: typeof GUARDED, detail: string): Draft => ({
    ...configure("change", "passkey", config, ledger.consent("change", config)),
    detail: digestOf(detail),
  });
  await tries(ledger, change(named, "second"), erase("first"), erase("second"));
  await tries(ledger, change(GUARDED, "third"), erase("third"), erase("second"), erase("first"));
  await tries(ledger, { ...configure("ask", "account", OTHER), detail: digestOf("not asked") });
  const ask = configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED));
  await tries(ledger, { ...ask, detail: digestOf("asked") }, erase("asked"), CANCEL, erase("asked"));
  const other = { ...GUARDED, publishers: [PUBLISHER, OTHER_PUBLISHER].sort() };
  await tries(ledger, { ...change(other, "fourth"), detail: null });
  await tries(ledger, change({ ...other, policy: { ...other.policy, closeDays: 9 } }, "fifth"));
  await tries(ledger, erase("fifth"));
  await tries(ledger, change(GUARDED, "sixth"), erase("fifth"));
  await ledger.wait(15 * 86_400);
  await tries(ledger, change(policy({ closeDays: 8 }, GUARDED), "seventh"));
  await tries(ledger, erase("fifth"), erase("seventh"), erase("first"));
  await ledger.seal();
  return ledger;
}

async function openingsOfAll(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  await tries(ledger, { kind: "project-created", config: GUARDED, detail: digestOf("first") });
  await tries(ledger, acceptedFile(ledger.now, { detail: null }));
  const second = { ...OTHER_GUARDED, publishers: OTHER.publishers };
  const change = configure("change", "passkey", second, ledger.consent("change", second));
  await tries(ledger, { ...change, detail: digestOf("second") });
  await tries(ledger, erase("first"), erase("second"));
  const third = { ...second, publishers: [digestOf("third publisher")], principals: [PRINCIPAL] };
  const ask = configure("ask", "passkey", third, ledger.consent("ask", third, { key: OTHER_PASSKEY }));
  await tries(ledger, { ...ask, detail: digestOf("third") });
  await tries(ledger, erase("first"), erase("second"), erase("third"));
  await ledger.wait(15 * 86_400);
  await tries(ledger, configure("take", "none", null), erase("first"), erase("second"), erase("third"));
  await ledger.seal();
  return ledger;
}

async function openingsMissing(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create();
  await tries(ledger, { kind: "project-created", config: GUARDED });
  await tries(ledger, acceptedFile(ledger.now, { detail: digestOf("file") }), erase("file"));
  await tries(ledger, configure("ask", "passkey", CONFIG, ledger.consent("ask", CONFIG)));
  await tries(ledger, { ...CANCEL, detail: digestOf("cancel") }, erase("cancel"));
  const tighter = policy({ closeDays: 9 }, GUARDED);
  await tries(ledger, { ...configure("change", "account", tighter), detail: digestOf("late") });
  await tries(ledger, erase("late"));
  await ledger.seal();
  return ledger;
}

async function openingsImported(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ import: "open" });
  const item = {
    file: F,
    metadata: null,
    open: true,
    release: acceptedFile(0).release,
    sha256: digestOf("file bytes"),
    size: 9,
    state: "published",
  } as const;
  const detail = digestOf("imported");
  await tries(ledger, { kind: "imported", project: K, config: GUARDED, items: [item], detail });
  await tries(ledger, erase("imported"));
  const more = { ...item, file: digestOf("more") };
  await tries(ledger, { kind: "imported", config: null, items: [more], detail: digestOf("more imported") });
  await tries(ledger, erase("more imported"), erase("imported"));
  await ledger.seal();
  return ledger;
}
