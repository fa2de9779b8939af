// SPDX-License-Identifier: Apache-2.0
import {
  type Anchor,
  detailCommitment,
  detailsByCommitment,
  encodeDetailsFile,
  type KnownStatement,
  type LedgerStatement,
  looksLikeStateLeaf,
  parseDetailsFile,
  parseEntry,
  type StatementCommon,
} from "@countermark/formats";
import { type Composed, type Composer, type FrozenBatch, nodeCrypto } from "@countermark/log";
import {
  apply,
  composeStateLeaf,
  emptyState,
  isNextAnchor,
  type LedgerState,
  nextSeq,
  VOID_CODES,
} from "@countermark/verify";
import { IndexRefusal, LedgerRefusal } from "../failure.ts";
import type { Countersigner } from "./countersign.ts";
import type { LedgerRequest } from "./request.ts";

/** An entry that is in the ledger for good, with its detail. */
export interface SealedStatement {
  /** Ledger index. */
  readonly entry: number;
  readonly statement: LedgerStatement;
  /** Null where it has none. */
  readonly detail: Uint8Array | null;
}

export interface ComposerOptions {
  readonly origin: string;
  /** In rising order of preference: the last that is in force signs. */
  readonly countersigners: readonly Countersigner[];
  /** The newest released head, as the next state leaf names it; null before the first. */
  anchor(): Anchor | null;
  /** Writes what must be found again of a sealed batch; durable when it resolves, and harmless when repeated. */
  keepSealed(statements: readonly SealedStatement[]): Promise<void>;
}

/** Makes the batches of the ledger, and holds the state after the newest sealed one. */
export interface LedgerComposer extends Composer<LedgerRequest> {
  state(): LedgerState;
  /** Takes one more leaf of a ledger that is being read back. */
  replay(leaf: Uint8Array): Promise<LedgerState>;
}

export function createLedgerComposer(options: ComposerOptions): LedgerComposer {
  let sealed = emptyState(nodeCrypto.sha256);
  return {
    state: () => sealed,
    async replay(leaf) {
      sealed = (await apply(sealed, leaf, nodeCrypto)).state;
      return sealed;
    },
    async compose(items, at) {
      if (sealed.size !== at.size) {
        throw new TypeError(`Cannot compose at size ${at.size}: the state is of size ${sealed.size}`);
      }
      return await composeBatch(items, sealed, at.time, options);
    },
    async committed(batch) {
      // A batch recovered at the start comes before the tiles are replayed: then the replay takes its leaves.
      if (batch.firstIndex === sealed.size) {
        for (const leaf of batch.leaves) sealed = (await apply(sealed, leaf, nodeCrypto)).state;
      }
      await options.keepSealed(readSealed(batch));
    },
  };
}

interface Draft {
  readonly state: LedgerState;
  readonly leaves: readonly Uint8Array[];
  readonly details: readonly Uint8Array[];
  readonly results: Composed["results"];
}

async function composeBatch(
  items: readonly LedgerRequest[],
  sealed: LedgerState,
  time: number,
  options: ComposerOptions,
): Promise<Composed> {
  const anchor = options.anchor();
  const last = sealed.anchors.last();
  // Every state leaf but the first names a released head: until the genesis is released, nothing more is sealed.
  const isWaiting = sealed.size > 0 && anchor === null;
  let draft: Draft = { state: sealed, leaves: [], details: [], results: [] };
  for (const item of items) {
    draft = isWaiting ? refuse(draft, genesisWaits()) : await composeItem(draft, item, time, options);
  }
  // A head that a cosigner with a late clock made look older than the anchor before it is no anchor. The next one may be.
  const hasAdvanced =
    anchor !== null && (last === null || anchor.size > last.size) && isNextAnchor(draft.state, anchor);
  // A batch of refusals leaves nothing behind; only a seal that was asked for by itself states the time alone.
  const isTimeOnly = items.length === 0 && sealed.size > 0 && hasAdvanced;
  const isEmpty = isWaiting || (draft.leaves.length === 0 && !isTimeOnly);
  if (isEmpty) return { leaves: [], sidecar: new Uint8Array(), results: draft.results };
  const stateLeaf = composeStateLeaf(
    draft.state,
    { time, anchor: hasAdvanced ? anchor : last },
    nodeCrypto.sha256,
  );
  const closed = await apply(draft.state, stateLeaf, nodeCrypto);
  if (closed.kind !== "state") throw new TypeError("Cannot seal: the rules refuse our own state leaf");
  return {
    leaves: [...draft.leaves, stateLeaf],
    sidecar: encodeDetailsFile(draft.details),
    results: draft.results,
  };
}

/** Adds one entry if the rules, asked exactly as everybody will ask them, take it. */
async function composeItem(
  draft: Draft,
  item: LedgerRequest,
  time: number,
  options: ComposerOptions,
): Promise<Draft> {
  const refusal = refusalOf(item, draft.state);
  if (refusal !== null) return refuse(draft, refusal);
  const common: Omit<StatementCommon, "project"> = {
    origin: options.origin,
    role: draft.state.index?.header.role ?? "index",
    seq: nextSeq(draft.state, item.statement.project),
    time,
    detail: item.detail === null ? null : detailCommitment(nodeCrypto.sha256, item.detail),
  };
  const statement: KnownStatement = { ...item.statement, ...common };
  const leaf = chooseCountersigner(options.countersigners, keysInForce(statement, draft.state)).countersign(
    statement,
  );
  const applied = await apply(draft.state, leaf, nodeCrypto);
  if (applied.kind === "unjudged" || applied.kind === "state") {
    throw new TypeError(`Cannot seal an entry that the rules take for "${applied.kind}"`);
  }
  if (applied.kind === "void") {
    return refuse(
      draft,
      new LedgerRefusal(
        applied.code,
        `The ledger's rules refuse this (${applied.code}): ${VOID_CODES[applied.code]}`,
      ),
    );
  }
  return {
    state: applied.state,
    leaves: [...draft.leaves, leaf],
    details: item.detail === null ? draft.details : [...draft.details, item.detail],
    results: [...draft.results, { kind: "leaf", index: draft.leaves.length }],
  };
}

/** A new key signs from the entry on at which the ledger has it in force, and the one before it up to there. */
function chooseCountersigner(
  countersigners: readonly Countersigner[],
  inForce: readonly string[],
): Countersigner {
  const chosen = countersigners.findLast(({ publicKey }) => inForce.includes(publicKey));
  if (chosen !== undefined) return chosen;
  throw new LedgerRefusal("key-not-in-force", "No key of this index countersigns its ledger any more.");
}

/** A genesis is judged by the keys that it brings itself. */
function keysInForce(statement: KnownStatement, { index }: LedgerState): readonly string[] {
  if (statement.kind === "log-genesis") return statement.countersign;
  return index === null ? [] : index.header.countersign;
}

/** What the request itself demands of the state, and does not find. */
function refusalOf(item: LedgerRequest, state: LedgerState): Error | null {
  try {
    item.require?.(state);
    return null;
  } catch (error) {
    if (error instanceof IndexRefusal) return error;
    throw error;
  }
}

function refuse(draft: Draft, error: Error): Draft {
  return { ...draft, results: [...draft.results, { kind: "refused", error }] };
}

function genesisWaits(): IndexRefusal {
  return new IndexRefusal(
    "not-released",
    "The ledger's first head waits for its cosigners. Try again later.",
  );
}

/** The statements of a batch, with the details of its sidecar where each belongs. */
function readSealed(batch: FrozenBatch): readonly SealedStatement[] {
  const bytes = batch.sidecar.length === 0 ? [] : parseDetailsFile(batch.sidecar);
  const details = detailsByCommitment(nodeCrypto.sha256, bytes);
  const sealed: SealedStatement[] = [];
  for (const [i, leaf] of batch.leaves.entries()) {
    if (looksLikeStateLeaf(leaf)) continue;
    const { statement } = parseEntry(leaf);
    const detail = statement.detail === null ? null : (details.get(statement.detail) ?? null);
    sealed.push({ entry: batch.firstIndex + i, statement, detail });
  }
  return sealed;
}
