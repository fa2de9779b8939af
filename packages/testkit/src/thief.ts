// SPDX-License-Identifier: Apache-2.0
// Somebody with the index's online keys and its stores: he seals what he likes, as long as the log stays one tree.
import {
  encodeDetailsFile,
  encodeEntry,
  encodeHex,
  encodeStatement,
  type KnownStatement,
  paeOf,
  parseCheckpoint,
  parseNote,
  type StatementCommon,
} from "@countermark/formats";
import {
  type Composer,
  createLogReader,
  createNoteSigner,
  nodeCrypto,
  SEALED_PATH,
  Sequencer,
} from "@countermark/log";
import { apply, composeStateLeaf, emptyState, type LedgerState, nextSeq } from "@countermark/verify";
import { ORIGIN, type World } from "./world.ts";

/** A statement whose common members are filled in, unless he wants them otherwise. */
export type ThiefDraft<S extends KnownStatement = KnownStatement> = S extends KnownStatement
  ? Omit<S, keyof StatementCommon> & Partial<StatementCommon> & Pick<StatementCommon, "project">
  : never;

/**
 * Seals entries of the thief's making behind the index's back, each signed with the stolen keys, and opens the index again on what
 * is now in its storage. What the ledger's rules make of each: "legal", or the code with which it is void.
 */
export async function sealAsThief(world: World, drafts: readonly ThiefDraft[]): Promise<readonly string[]> {
  let state = await sealedState(world);
  const outcomes: string[] = [];
  const composer: Composer<ThiefDraft> = {
    async compose(items) {
      const leaves: Uint8Array[] = [];
      for (const draft of items) {
        const leaf = countersignAsThief(world, completed(draft, state, world.clock.now()));
        const applied = await apply(state, leaf, nodeCrypto);
        outcomes.push(applied.kind === "void" ? applied.code : "legal");
        state = applied.state;
        leaves.push(leaf);
      }
      const stateLeaf = composeStateLeaf(
        state,
        { time: world.clock.now(), anchor: state.anchors.last() },
        nodeCrypto.sha256,
      );
      state = (await apply(state, stateLeaf, nodeCrypto)).state;
      const results = items.map((_, index) => ({ kind: "leaf", index }) as const);
      return { leaves: [...leaves, stateLeaf], sidecar: encodeDetailsFile([]), results };
    },
    committed: async () => {},
  };
  const { storage, lock, clock } = world;
  const signer = createNoteSigner(ORIGIN, world.logKey);
  const sequencer = await Sequencer.open({
    origin: ORIGIN,
    signer,
    storage,
    lock,
    clock: clock.now,
    composer,
  });
  await Promise.all(drafts.map((draft) => sequencer.add(draft)));
  await sequencer.close();
  await world.crashIndex();
  return outcomes;
}

/** The leaf that holds `statement`, signed with the stolen countersigning key. */
export function countersignAsThief(world: World, statement: KnownStatement): Uint8Array {
  const key = world.countersignKey;
  const payload = encodeStatement(statement);
  const keyId = encodeHex(nodeCrypto.sha256(key.publicSpki));
  return encodeEntry(payload, { keyId, signature: key.sign(paeOf(payload)) });
}

function completed(draft: ThiefDraft, state: LedgerState, time: number): KnownStatement {
  const common = { origin: ORIGIN, role: "index", detail: null, time } as const;
  const statement = { ...common, seq: nextSeq(state, draft.project), ...draft };
  return statement as KnownStatement; // a draft and the common members are a statement
}

/** The state after the newest sealed head, as anybody with the stores computes it. */
export async function sealedState({ storage }: World): Promise<LedgerState> {
  const note = await storage.read(SEALED_PATH);
  if (note === null) throw new TypeError("nothing was sealed yet");
  const { size, root } = parseCheckpoint(parseNote(note).text);
  const reader = createLogReader(storage, { size, root }, nodeCrypto.sha256);
  let state = emptyState(nodeCrypto.sha256);
  for (const leaf of await reader.readEntries(0, size)) state = (await apply(state, leaf, nodeCrypto)).state;
  return state;
}
