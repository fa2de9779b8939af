// SPDX-License-Identifier: Apache-2.0
// What is asked of an auditor: an entry, what was before it, and what is served.
import { detailCommitment, encodeHex, encodeTrust } from "@countermark/formats";
import { type AdmitPlan, type AdmitWorld, createAdmitWorld } from "../../admit-world.ts";
import { toyTrust } from "../../toy-head.ts";
import { type Draft, sha256, type ToyLedger } from "../../toy-ledger.ts";

/** Places of the entries of a world. */
export const CREATED = 2;
export const ACCEPTED = 3;

export interface Asked {
  readonly claim: string;
  readonly base: string;
  readonly leaf: string;
  readonly evidence: Readonly<Record<string, string>>;
  readonly metadata: string | null;
  readonly now: number;
  readonly trust?: string;
}

export interface Change {
  readonly plan?: Partial<AdmitPlan>;
  readonly evidence?: (evidence: Map<string, Uint8Array>, world: AdmitWorld) => void;
  readonly trust?: Parameters<typeof toyTrust>[0];
  readonly now?: number;
}

/** What many entries have in common, by name: the leaves before them, and what is served. */
export class Bases {
  readonly blobs: Record<string, string> = {};
  readonly leaves: Record<string, readonly string[]> = {};
  readonly #names = new Map<string, string>();

  /** Digest -> name of the bytes that are served under it. */
  served(evidence: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...evidence].map(([digest, bytes]) => {
        const name = encodeHex(sha256(bytes)).slice(0, 16);
        this.blobs[name] = encodeHex(bytes);
        return [digest, name];
      }),
    );
  }

  nameOf(ledger: ToyLedger, count: number): string {
    const leaves = ledger.leaves.slice(0, count).map(encodeHex);
    const known = this.#names.get(leaves.join(" "));
    if (known !== undefined) return known;
    const name = `${count} leaves, ${this.#names.size + 1}`;
    this.#names.set(leaves.join(" "), name);
    this.leaves[name] = leaves;
    return name;
  }
}

/** The entry at `index` of a world that is sound but for `change`. */
export async function entryAt(
  bases: Bases,
  claim: string,
  index: number,
  change: Change = {},
): Promise<Asked> {
  const world = await createAdmitWorld(change.plan);
  change.evidence?.(world.evidence, world);
  const leaf = encodeHex(world.ledger.leaves[index] ?? new Uint8Array());
  return asked(bases, claim, world, { base: bases.nameOf(world.ledger, index), leaf, change });
}

/** One more entry after a sound world, in which `before` was added. */
export async function nextEntry(
  bases: Bases,
  claim: string,
  draft: Draft | ((ledger: ToyLedger) => Draft),
  options: {
    readonly detail?: Uint8Array;
    readonly before?: (ledger: ToyLedger) => Promise<unknown>;
    readonly change?: Change;
  } = {},
): Promise<Asked> {
  const { detail, before = async () => {}, change = {} } = options;
  const world = await createAdmitWorld(change.plan);
  const { ledger, evidence } = world;
  await before(ledger);
  const commitment = detail === undefined ? null : detailCommitment(sha256, detail);
  if (detail !== undefined && commitment !== null) evidence.set(commitment, detail);
  change.evidence?.(evidence, world);
  const drafted = typeof draft === "function" ? draft(ledger) : draft;
  const leaf = encodeHex(ledger.leaf({ detail: commitment, ...drafted }));
  return asked(bases, claim, world, { base: bases.nameOf(ledger, ledger.leaves.length), leaf, change });
}

function asked(
  bases: Bases,
  claim: string,
  world: AdmitWorld,
  { base, leaf, change }: { readonly base: string; readonly leaf: string; readonly change: Change },
): Asked {
  const metadata = change.plan?.metadata === undefined ? world.metadata : change.plan.metadata;
  const trust = change.trust === undefined ? {} : { trust: trustText(change.trust) };
  return {
    claim,
    base,
    leaf,
    evidence: bases.served(world.evidence),
    metadata: metadata === null ? null : encodeHex(metadata),
    now: change.now ?? world.ledger.now,
    ...trust,
  };
}

export function trustText(changes: Parameters<typeof toyTrust>[0] = {}): string {
  return new TextDecoder().decode(encodeTrust(toyTrust(changes)));
}
