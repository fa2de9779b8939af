// SPDX-License-Identifier: Apache-2.0
import { encodeHex, encodeStatement, utf8 } from "@countermark/formats";
import { apply } from "@countermark/verify";
import {
  acceptedFile,
  CONFIG,
  crypto,
  digestOf,
  F,
  genesisStatement,
  I,
  K,
  L,
  leafOf,
  outcomeOf,
  ROOTS,
  rootSigned,
  START,
  strikeLast,
  ToyLedger,
  toyKey,
} from "../toy-ledger.ts";

import { ASK, busy, type Case, genesis, inProject } from "./build.ts";

/** What becomes of a void of the last state leaf with these root signatures. */
async function strike(sign: (ledger: ToyLedger) => ReturnType<typeof strikeLast>["root"]): Promise<string> {
  const ledger = await ToyLedger.withProject();
  await ledger.seal();
  return await ledger.outcome({ ...strikeLast(ledger), root: sign(ledger) });
}

export const COMMON_CASES: readonly Case[] = [
  [
    "malformed",
    "bytes that are no JSON",
    async () => outcomeOf(await (await ToyLedger.create()).addLeaf(utf8("{"))),
  ],
  [
    "malformed",
    "a leaf of 65,536 bytes",
    async () => outcomeOf(await (await ToyLedger.create()).addLeaf(new Uint8Array(65_536))),
  ],
  [
    "malformed",
    "a leaf that is neither",
    async () => outcomeOf(await (await ToyLedger.create()).addLeaf(utf8("x\n"))),
  ],
  ["malformed", "a genesis about another log", () => genesis({ log: digestOf("other") })],
  ["malformed", "a genesis of another project", () => genesis({ project: K })],
  ["wrong-log", "an entry for another origin", () => inProject({ ...ASK, origin: "other.example" })],
  [
    "no-genesis",
    "a first entry that is none",
    async () =>
      outcomeOf(
        await apply(
          new ToyLedger().state,
          leafOf({ ...genesisStatement(), kind: "project-reserved" }),
          crypto,
        ),
      ),
  ],
  [
    "no-genesis",
    "a second genesis",
    async () => outcomeOf(await (await ToyLedger.create()).addLeaf(leafOf(genesisStatement()))),
  ],
  [
    "no-genesis",
    "an entry after a genesis that was void",
    async () => {
      const ledger = new ToyLedger();
      await ledger.addLeaf(leafOf(genesisStatement({ rules: 0 })));
      return await ledger.outcome({ kind: "project-reserved" });
    },
  ],
  [
    "log-ended",
    "an entry after the log's end",
    async () => {
      const ledger = await ToyLedger.create();
      const { index } = ledger.state;
      if (index === null) throw new TypeError("There is no index");
      ledger.state = { ...ledger.state, index: { ...index, header: { ...index.header, end: "succeeded" } } };
      return await ledger.outcome({ kind: "project-reserved" });
    },
  ],
  [
    "unknown-kind",
    "a kind of later rules",
    async () => {
      const ledger = await ToyLedger.create();
      const text = new TextDecoder().decode(encodeStatement(ledger.statement({ kind: "project-reserved" })));
      const { kind: _kind, ...common } = ledger.statement({ kind: "project-reserved" });
      const predicate = JSON.parse(text.replace("project-reserved", "later-kind")).predicate;
      const leaf = leafOf({
        ...common,
        kind: "unknown",
        name: "later-kind",
        subject: { countermarkProject: K },
        predicate,
      });
      return outcomeOf(await ledger.addLeaf(leaf));
    },
  ],
  [
    "key-not-in-force",
    "a key that does not countersign",
    async () => (await ToyLedger.create()).outcome({ kind: "project-reserved" }, toyKey("stranger")),
  ],
  [
    "key-not-in-force",
    "a genesis by a key that it does not list",
    () => genesis({}, undefined, toyKey("stranger")),
  ],
  [
    "bad-signature",
    "a signature over something else",
    async () => {
      const ledger = await ToyLedger.create();
      const text = new TextDecoder().decode(ledger.leaf({ kind: "project-reserved" }));
      return outcomeOf(await ledger.addLeaf(utf8(text.replace(/"sig":"..../, '"sig":"AAAA'))));
    },
  ],
  [
    "bad-signature",
    "a genesis with a signature over something else",
    async () => {
      const text = new TextDecoder().decode(leafOf(genesisStatement()));
      return outcomeOf(await new ToyLedger().addLeaf(utf8(text.replace(/"sig":"..../, '"sig":"AAAA'))));
    },
  ],
  [
    "wrong-role",
    "another role than the index's",
    async () => (await ToyLedger.create()).outcome({ kind: "project-reserved", role: "gate" }),
  ],
  [
    "wrong-role",
    "an observer that makes a project",
    async () => {
      const ledger = await ToyLedger.create({ role: "observer" });
      return await ledger.outcome({ kind: "project-reserved", role: "observer" });
    },
  ],
  [
    "unknown-project",
    "a file of a project that there is not",
    async () => (await ToyLedger.create()).outcome(acceptedFile(START)),
  ],
  [
    "unknown-project",
    "a file of a project that there is not, at a place that it has not",
    async () => (await ToyLedger.create()).outcome(acceptedFile(START, { seq: 3 })),
  ],
  [
    "unknown-project",
    "a file of the index itself",
    async () => (await ToyLedger.create()).outcome(acceptedFile(START, { project: I })),
  ],
  ["wrong-seq", "an entry made for a later place", () => inProject({ ...ASK, seq: 2 })],
  ["wrong-seq", "an entry made for an earlier place", () => inProject({ ...ASK, seq: 0 })],
  ["wrong-seq", "a genesis that is not the first", () => genesis({ seq: 1 })],
  [
    "time-before-log",
    "an entry older than log time",
    async () => {
      const ledger = await ToyLedger.withProject();
      await ledger.wait(1_000);
      return await ledger.outcome({ ...ASK, time: ledger.now - 10 - 121 });
    },
  ],
  ["bad-root", "a genesis signed by fewer than the threshold", () => genesis({}, ROOTS.slice(0, 1))],
  [
    "bad-root",
    "a genesis signed by a key that it does not list",
    () => genesis({}, [...ROOTS.slice(0, 2), toyKey("stranger")]),
  ],
  [
    "bad-root",
    "a genesis signed over something else",
    () => genesis({ root: genesisStatement({ ecosystem: "npm" }).root }),
  ],
  ["bad-root", "a void of a state leaf without root signatures", () => strike(() => null)],
  [
    "bad-root",
    "a void of a state leaf signed by fewer than the threshold",
    () => strike((ledger) => rootSigned(ledger, strikeLast(ledger), ROOTS.slice(0, 1)).root),
  ],
  [
    "bad-root",
    "a void of a state leaf signed for another",
    () => strike((ledger) => rootSigned(ledger, { ...strikeLast(ledger), target: 1 }).root),
  ],
  [
    "bad-root",
    "a void of a file with root signatures that do not verify",
    async () => {
      const ledger = await busy();
      const statement = ledger.state.projects.get(K)?.entries.last()?.statement ?? "";
      const draft = { kind: "void", target: 3, statement, root: null } as const;
      return await ledger.outcome(rootSigned(ledger, draft, [toyKey("stranger"), ROOTS[0] ?? toyKey("")]));
    },
  ],
  [
    "wrong-previous",
    "a genesis that continues a log",
    () => genesis({ previous: { map: L, origin: "old", root: L, size: 1 } }),
  ],
  ["rules-version", "a genesis of rules of which none is kept", () => genesis({ rules: 0 })],
  ["project-exists", "a name that is reserved already", () => inProject({ kind: "project-reserved" })],
  [
    "project-exists",
    "a project that was created already",
    () => inProject({ kind: "project-created", config: CONFIG }),
  ],
  [
    "project-exists",
    "a project in place of the index",
    async () => (await ToyLedger.create()).outcome({ kind: "project-created", config: CONFIG, project: I }),
  ],
  ["same-status", "a status that it has", () => inProject({ kind: "status", status: "active" })],
  [
    "same-status",
    "a status for a reserved name",
    async () => {
      const ledger = await ToyLedger.create();
      await ledger.add({ kind: "project-reserved" });
      return await ledger.outcome({ kind: "status", status: "active" });
    },
  ],
  [
    "no-target",
    "a void of an entry to come",
    () => inProject({ kind: "void", target: 9, statement: digestOf("x"), root: null }),
  ],
  [
    "no-target",
    "a void with another digest",
    () => inProject({ kind: "void", target: 2, statement: digestOf("x"), root: null }),
  ],
  [
    "no-target",
    "a void of an entry of another project",
    async () => {
      const ledger = await ToyLedger.withProject();
      const statement = ledger.state.projects.get(K)?.entries.last()?.statement ?? "";
      return await ledger.outcome({ kind: "void", target: 2, statement, root: null, project: I });
    },
  ],
  [
    "no-target",
    "a void of a void leaf",
    async () => {
      const ledger = await busy();
      await ledger.add(acceptedFile(START));
      const statement = encodeHex(crypto.sha256(encodeStatement(ledger.statement(acceptedFile(START)))));
      return await ledger.outcome({ kind: "void", target: 4, statement, root: null });
    },
  ],
  [
    "not-voidable",
    "a void of a yank",
    async () => {
      const ledger = await busy();
      await ledger.add({ kind: "yanked", files: [F], reason: "owner" });
      const statement = ledger.state.projects.get(K)?.entries.last()?.statement ?? "";
      return await ledger.outcome({ kind: "void", target: 4, statement, root: null });
    },
  ],
  [
    "not-voidable",
    "a void of the genesis",
    async () => {
      const ledger = await ToyLedger.create();
      const statement = ledger.state.index?.entries.last()?.statement ?? "";
      return await ledger.outcome({ kind: "void", target: 0, statement, root: null, project: I });
    },
  ],
];
