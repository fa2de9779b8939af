// SPDX-License-Identifier: Apache-2.0
import { rootKeyId } from "@countermark/formats";
import {
  digestOf,
  genesisStatement,
  K,
  L,
  leafOf,
  ROOTS,
  rootSignatures,
  sha256,
  ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import { forged, ROOT_P256_RECORD, type Story, signedByP256, tries } from "./tell.ts";

type Changes = Parameters<typeof genesisStatement>[0];

const [A, , C] = ROOTS;
const STRANGER = toyKey("stranger");

/** A log that begins with this leaf and goes on with a name and a seal. */
function beginning(leaf: Uint8Array): () => Promise<ToyLedger> {
  return async () => {
    const ledger = new ToyLedger();
    await ledger.addLeaf(leaf);
    await tries(ledger, { kind: "project-reserved", role: "index" });
    return ledger;
  };
}

function genesis(changes: Changes, signers = ROOTS.slice(0, 2), key = toyKey("countersign")) {
  return beginning(leafOf(genesisStatement(changes, signers), key));
}

/** One of the root signatures of the genesis is over something else. */
function withWrongSignature(at: number) {
  const good = genesisStatement();
  const other = genesisStatement({ ecosystem: "npm" });
  const root = good.root.map((signature, i) => (i === at ? (other.root[i] ?? signature) : signature));
  return genesis({ root });
}

/** Two root keys, one of them on P-256. */
function withP256(isForged: boolean) {
  const rootKeys = [ROOT_P256_RECORD, ...rootRecords()].map((record) => rootKeyId(sha256, record)).sort();
  const unsigned = genesisStatement({ rootKeys, root: [] });
  const p256 = signedByP256(isForged ? { ...unsigned, ecosystem: "npm" } : unsigned);
  return genesis({ rootKeys, root: [p256, ...rootSignatures(unsigned, ROOTS.slice(0, 1))] });
}

function rootRecords(): Uint8Array[] {
  return ROOTS.slice(0, 1).map(({ key }) => new Uint8Array([1, 2, ...key]));
}

export const GENESIS_STORIES: readonly Story[] = [
  ["a genesis signed by all root keys", genesis({}, ROOTS)],
  [
    "a genesis signed by other two of three root keys",
    genesis(
      {},
      [A, C].flatMap((key) => key ?? []),
    ),
  ],
  ["a genesis signed by a root key on P-256", withP256(false)],
  ["a genesis with a wrong signature by a root key on P-256", withP256(true)],
  [
    "a genesis of two countersigning keys, signed by the second",
    genesis({ countersign: twoKeys() }, undefined, toyKey("second")),
  ],
  ["a genesis about another log", genesis({ log: digestOf("other") })],
  ["a genesis of another project", genesis({ project: K })],
  ["a genesis by a key that it does not list", genesis({}, undefined, STRANGER)],
  ["a genesis with another signature", beginning(forged(leafOf(genesisStatement())))],
  ["a genesis that is not the first", genesis({ seq: 1 })],
  ["a genesis signed by fewer root keys than the threshold", genesis({}, ROOTS.slice(0, 1))],
  ["a genesis signed by no root key", genesis({}, [])],
  ["a genesis whose first root signature is wrong", withWrongSignature(0)],
  ["a genesis whose last root signature is wrong", withWrongSignature(1)],
  ["a genesis signed by a stranger too", genesis({}, [...ROOTS.slice(0, 2), STRANGER])],
  ["a genesis signed by strangers", genesis({}, [STRANGER, toyKey("another stranger")])],
  ["a genesis that continues a log", genesis({ previous: { map: L, origin: "old", root: L, size: 1 } })],
  ["a genesis of rules 0, of which none is kept", genesis({ rules: 0 })],
  [
    "a genesis of rules that are not known: nothing is said of it, nor of what comes after",
    genesis({ rules: 2 }),
  ],
  ["a genesis of rules that are not known, about another log", genesis({ rules: 2, log: digestOf("other") })],
  [
    "a genesis whose root signatures are over another time: they do not cover it",
    genesis({ root: genesisStatement({ time: 1 }).root }),
  ],
  [
    "a first entry that is no genesis",
    beginning(leafOf({ ...genesisStatement(), kind: "project-reserved" })),
  ],
  ["a first leaf that is a state", stateFirst],
  ["a genesis after a void one", genesisAfterVoid],
];

function twoKeys(): readonly string[] {
  const keys = [toyKey("countersign"), toyKey("second")].map(({ key }) => Buffer.from(key).toString("hex"));
  return keys.sort();
}

async function stateFirst(): Promise<ToyLedger> {
  const ledger = new ToyLedger();
  const other = await ToyLedger.create();
  await ledger.addLeaf(other.leaves[1] ?? new Uint8Array());
  return ledger;
}

async function genesisAfterVoid(): Promise<ToyLedger> {
  const ledger = new ToyLedger();
  const good = await ToyLedger.create();
  await ledger.addLeaf(leafOf(genesisStatement({ rules: 0 })));
  for (const leaf of good.leaves) await ledger.addLeaf(leaf);
  await tries(ledger, { kind: "project-reserved", origin: "other.example" }, { kind: "project-reserved" });
  return ledger;
}
