// SPDX-License-Identifier: Apache-2.0
import {
  type Anchor,
  encodeHex,
  encodeStateLeaf,
  leafHash,
  parseStateLeaf,
  type StateLeaf,
  treeRoot,
  utf8,
} from "@countermark/formats";
import { rootJson, SOUND_ROOT } from "../../../sigstore/vectors/world.ts";
import { createAdmitWorld, NOW } from "../../admit-world.ts";
import { type CosignTimes, cosignedNote } from "../../toy-head.ts";
import { digestOf, sha256 } from "../../toy-ledger.ts";
import { Bases, trustText } from "./worlds.ts";

const TIMES: CosignTimes = [NOW, NOW + 1, NOW + 2, null];

interface Change {
  readonly leaf?: Partial<StateLeaf>;
  readonly anchor?: Partial<Anchor>;
  /** The note that is served under the anchor's digest; null: none. */
  readonly note?: Uint8Array | null;
  readonly now?: number;
  readonly roots?: Readonly<Record<string, string>>;
}

/** vectors/admission/states.json */
export async function admittedStateVectors() {
  const bases = new Bases();
  const { ledger } = await createAdmitWorld();
  const leaves = ledger.leaves.slice(0, 2);
  const note = cosignedNote(leaves, TIMES);
  await ledger.seal(NOW);
  const sound = parseStateLeaf(ledger.leaves.at(-1) ?? new Uint8Array());
  const anchor = { size: 2, note: encodeHex(sha256(note)), tLo: NOW + 1, tHi: NOW + 1 };
  const rootOf = (size: number): string =>
    encodeHex(
      treeRoot(
        sha256,
        ledger.leaves.slice(0, size).map((leaf) => leafHash(sha256, leaf)),
      ),
    );
  const asked = (claim: string, change: Change = {}) => {
    const leaf = { ...sound, anchor: { ...anchor, ...change.anchor }, ...change.leaf };
    const bytes = change.note === undefined ? note : change.note;
    const evidence = new Map(bytes === null ? [] : [[leaf.anchor?.note ?? anchor.note, bytes]]);
    return {
      claim,
      stateLeaf: new TextDecoder().decode(encodeStateLeaf(leaf)),
      roots: change.roots ?? { 2: rootOf(2), 3: rootOf(3) },
      evidence: bases.served(evidence),
      metadata: null,
      now: change.now ?? NOW,
    };
  };
  const refused = (claim: string, code: string, change: Change) => ({ ...asked(claim, change), code });
  const other = cosignedNote([...leaves.slice(0, 1), utf8("another leaf")], TIMES);
  return {
    trust: trustText(),
    trustedRoot: rootJson(SOUND_ROOT),
    blobs: bases.blobs,
    accepted: [
      asked("an anchor is what its note says"),
      asked("a state leaf without an anchor", { leaf: { anchor: null }, note: null }),
      asked("a state leaf that is two minutes ahead", { now: NOW - 118 }),
    ],
    refused: [
      refused("a state leaf from the future", "entry-from-future", { leaf: { time: NOW + 121 } }),
      refused("a state leaf without an anchor from the future", "entry-from-future", {
        leaf: { anchor: null, time: NOW + 121 },
      }),
      refused("a note that is not served", "evidence-missing", { note: null }),
      refused("another tLo", "anchor-differs", { anchor: { tLo: NOW } }),
      refused("another tHi", "anchor-differs", { anchor: { tHi: NOW + 2 } }),
      refused("another size", "anchor-differs", {
        anchor: { size: 3 },
        roots: { 2: rootOf(2), 3: rootOf(2) },
      }),
      refused("a state leaf of another log", "anchor-differs", { leaf: { origin: "other.example" } }),
      refused("a note of another tree of that size", "anchor-differs", {
        anchor: { note: encodeHex(sha256(other)) },
        note: other,
      }),
      refused("another note than the one that is named", "anchor-differs", {
        anchor: { note: digestOf("note") },
      }),
      refused("a note by less than a quorum", "quorum-not-met", {
        note: cosignedNote(leaves, [NOW, null, null, null]),
      }),
    ],
  };
}
