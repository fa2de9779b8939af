// SPDX-License-Identifier: Apache-2.0
import {
  encodeHex,
  isInRange,
  type LedgerTrust,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseStateLeaf,
  quote,
  type StateLeaf,
  type TrustDescription,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { type CosignedCheckpoint, verifyCosignedCheckpoint } from "../log/cosigned.ts";
import { verifyInclusion } from "../log/inclusion.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { EPSILON_SECONDS } from "./rules.ts";
import { findRules } from "./rulesets.ts";

/** How much the cosigners of a head say: everybody sees this, or also that the rules were kept. */
export type CosignedKind = "witnessed" | "audited";

/** A cosigned head of the ledger. */
export interface TrustedCheckpoint {
  readonly checkpoint: Verified<CosignedCheckpoint>;
  /** The range of the trust description that it was judged by. */
  readonly row: LedgerTrust;
  readonly kind: CosignedKind;
}

/** A head with the state that it ends in: good to be asked what the index holds. */
export interface LedgerHead extends TrustedCheckpoint {
  readonly state: StateLeaf;
  /** Seconds since the quorum last vouched for it. */
  readonly ageSeconds: number;
  /** Older than the trust description's Zwarn. */
  readonly isOld: boolean;
}

export interface TrustNow {
  readonly trust: TrustDescription;
  /** Unix seconds. */
  readonly now: number;
}

/**
 * Believes a checkpoint of the ledger under the keys and the policy of its range.
 *
 * @throws ParseError as parseNote and parseCheckpoint
 * @throws VerifyError those of verifyCosignedCheckpoint; `ledger-range`, `after-last-honest`, `known-head-differs`
 * @spec specs/trust-description.md
 *
 * Not checked here: its age; that it is consistent with a smaller head that is known (that takes a proof).
 */
export async function verifyLedgerCheckpoint(
  noteBytes: Uint8Array,
  { trust, now }: TrustNow,
  crypto: CryptoPort,
): Promise<TrustedCheckpoint> {
  // Read before it is believed, only to find the keys that it is judged by.
  const { origin, size } = parseCheckpoint(parseNote(noteBytes).text);
  const row = trust.ledger.find((range) => range.origin === origin && isInRange(range, size - 1));
  if (row === undefined) {
    throw new VerifyError(
      "ledger-range",
      `Cannot believe checkpoint of ${quote(origin)}: no keys are known for size ${size}`,
    );
  }
  const policy = { ...row.policy, logs: row.vkeys.map((vkey) => ({ vkey })) };
  const options = { policy, origin: row.origin, now, toleranceSeconds: EPSILON_SECONDS };
  const checkpoint = await verifyCosignedCheckpoint(noteBytes, options, crypto);
  verifyKnownHeads(checkpoint, row, trust);
  const isAudited = checkpoint.cosignatures.some(({ name }) =>
    row.auditors.some((auditor) => auditor === name),
  );
  return { checkpoint, row, kind: isAudited ? "audited" : "witnessed" };
}

/**
 * Believes a checkpoint together with the state leaf that it ends in.
 *
 * @throws VerifyError those of verifyLedgerCheckpoint and verifyInclusion; `below-floor`, `state-leaf-origin`,
 *   `state-leaf-place`, `rules-unknown`, `state-leaf-time`, `anchor-missing`, `anchor-place`, `anchor-ahead`, `anchor-stale`, `head-stale`. A head that fails is
 *   unusable and no fork: the last good one stays in use, and ages.
 * @spec specs/state-leaf.md#client
 */
export async function verifyHead(
  parts: {
    readonly checkpoint: Uint8Array;
    readonly stateLeaf: Uint8Array;
    readonly inclusion: readonly Uint8Array[];
  },
  trustNow: TrustNow,
  crypto: CryptoPort,
): Promise<LedgerHead> {
  const { trust, now } = trustNow;
  const trusted = await verifyLedgerCheckpoint(parts.checkpoint, trustNow, crypto);
  const { size, root, tLo } = trusted.checkpoint;
  verifyFloor(trusted, trust);
  const leaf = { leafHash: leafHash(crypto.sha256, parts.stateLeaf), index: size - 1, size };
  verifyInclusion({ ...leaf, root, proof: parts.inclusion }, crypto.sha256);
  const state = parseStateLeaf(parts.stateLeaf);
  verifyStatePlace(state, trusted);
  verifyAnchor(state, trusted, trust);
  const ageSeconds = Math.max(0, now - tLo);
  if (ageSeconds > trust.limits.Zrefuse) {
    throw new VerifyError(
      "head-stale",
      `Cannot use head ${size}: a quorum last vouched for it ${ageSeconds} s ago, at most ${trust.limits.Zrefuse}`,
    );
  }
  return { ...trusted, state, ageSeconds, isOld: ageSeconds > trust.limits.Zwarn };
}

function verifyKnownHeads(checkpoint: CosignedCheckpoint, row: LedgerTrust, trust: TrustDescription): void {
  const { size, origin } = checkpoint;
  const root = encodeHex(checkpoint.root);
  if (row.lastHonest !== null && size > row.lastHonest.size) {
    throw new VerifyError(
      "after-last-honest",
      `Cannot believe checkpoint ${size}: nothing after ${row.lastHonest.size} is believed under these keys`,
    );
  }
  const floor = trust.floor?.origin === origin ? trust.floor : null;
  for (const known of [row.lastHonest, floor]) {
    if (known !== null && known.size === size && known.root !== root) {
      throw new VerifyError(
        "known-head-differs",
        `Cannot believe checkpoint ${size}: another tree of that size is known`,
      );
    }
  }
}

function verifyFloor({ checkpoint }: TrustedCheckpoint, trust: TrustDescription): void {
  const { floor } = trust;
  if (floor !== null && floor.origin === checkpoint.origin && checkpoint.size < floor.size) {
    throw new VerifyError(
      "below-floor",
      `Cannot use head ${checkpoint.size}: at least ${floor.size} is known to exist`,
    );
  }
}

function verifyStatePlace(state: StateLeaf, { checkpoint }: TrustedCheckpoint): void {
  if (state.origin !== checkpoint.origin) {
    throw new VerifyError("state-leaf-origin", `Cannot use head: its state is of ${quote(state.origin)}`);
  }
  if (state.index !== checkpoint.size - 1 || (state.prev !== null && state.prev >= state.index)) {
    throw new VerifyError(
      "state-leaf-place",
      `Cannot use head ${checkpoint.size}: its state says index ${state.index}, previous ${state.prev ?? "none"}`,
    );
  }
  if (findRules(state.rules) === null) {
    throw new VerifyError(
      "rules-unknown",
      `Cannot use head ${checkpoint.size}: it is made by rules ${state.rules}, which this version does not know`,
    );
  }
}

/** Log time can neither run ahead of the cosigners' clocks nor stand still unseen, audited or not. */
function verifyAnchor(state: StateLeaf, { checkpoint }: TrustedCheckpoint, trust: TrustDescription): void {
  const { anchor, prev, time } = state;
  const latest = checkpoint.tHi + EPSILON_SECONDS;
  if (time > latest) {
    throw new VerifyError(
      "state-leaf-time",
      `Cannot use head: its state is of ${time}, which is ahead of its cosigners`,
    );
  }
  if (anchor === null) {
    if (prev === null) return;
    throw new VerifyError("anchor-missing", "Cannot use head: its state has no anchor and is not the first");
  }
  if (prev === null || anchor.size < 1 || anchor.size > prev + 1) {
    throw new VerifyError(
      "anchor-place",
      `Cannot use head: its anchor is of size ${anchor.size}, and the state before it is ${prev ?? "none"}`,
    );
  }
  if (anchor.tLo > latest || anchor.tHi > latest) {
    throw new VerifyError(
      "anchor-ahead",
      `Cannot use head: log time ${anchor.tLo} is ahead of its cosigners`,
    );
  }
  if (checkpoint.tLo - anchor.tLo > trust.limits.Zrefuse) {
    throw new VerifyError("anchor-stale", `Cannot use head: log time stands still at ${anchor.tLo}`);
  }
}
