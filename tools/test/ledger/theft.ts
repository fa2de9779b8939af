// SPDX-License-Identifier: Apache-2.0
// A thief at a ledger, as a model: he adds what he likes, in any order; an owner looks now and then, and the rules alone decide.
import assert from "node:assert/strict";
import {
  type Anchor,
  type ConfigRecord,
  configId,
  EMPTY_CONFIG,
  encodeConfigRecord,
  encodeHex,
  encodeKeyRecord,
  encodeStateLeaf,
  type ProjectConfigured,
  type ProjectRecovered,
  parseStateLeaf,
  principalId,
} from "@countermark/formats";
import {
  type Applied,
  CHANGE_DELAY_SECONDS,
  composeStateLeaf,
  EPSILON_SECONDS,
  findProject,
  type ProjectState,
  RECOVERY_DELAY_SECONDS,
  UNDO_WINDOW_SECONDS,
} from "@countermark/verify";
import type { Random } from "../../../fuzz/random.ts";
import {
  DAY,
  type Draft,
  K,
  OTHER_PASSKEY,
  PASSKEY,
  PASSKEY_SALT,
  PUBLISHER,
  rootSigned,
  sha256,
  type ToyLedger,
  toyKey,
} from "../../../packages/verify/test/ledger/toy-ledger.ts";
import {
  type Configure,
  configure,
  NONE,
} from "../../../packages/verify/test/ledger/vectors/stories/tell.ts";
import { randomDraft } from "./random-drafts.ts";
import { requireLawful } from "./theft-laws.ts";
import { type Owned, ownedLedger } from "./theft-owners.ts";

/** Whatever the thief would register himself with. */
const THIEFS_PUBLISHER = "66".repeat(32);
const THIEFS_KEY = toyKey("the thief's own key");
const THIEFS_PRINCIPAL = principalId(
  sha256,
  PASSKEY_SALT,
  encodeKeyRecord({ algorithm: "Ed25519", key: THIEFS_KEY.key }),
);
/** How old an anchor may be before clients take no head that rests on it: the trust description's Zrefuse. */
const ANCHOR_AGE_MAX = DAY;
/** By how much a delay can be shorter than it says, with false anchors that clients still take. */
const DELAY_SLACK = ANCHOR_AGE_MAX + 2 * EPSILON_SECONDS;

export interface Theft {
  readonly owned: ConfigRecord;
  /** Beside the online key and the account system, which he always has. */
  readonly thiefHas: "nothing" | "passkey-for-an-hour";
  /** Whether auditors ask for evidence: then he has no publisher's consent. */
  readonly audited: boolean;
  /** The owner looks at least so often, in seconds, and stops what he sees; null: he never looks. */
  readonly ownerLooksEvery: number | null;
}

/** What a run came to, for the test that it was no empty one. */
export interface TheftRun {
  readonly entries: number;
  readonly legal: number;
  /** How often the thief's configuration was in force for a while. */
  readonly takeovers: number;
  /** How often the owner cancelled or undid. */
  readonly answers: number;
}

/** Plays one theft to its end. @throws AssertionError when the rules let happen what they must not */
export async function playTheft(theft: Theft, random: Random, steps: number): Promise<TheftRun> {
  const play = new Play(theft, random, await ownedLedger(theft.owned));
  for (let i = 0; i < steps; i++) await play.step(i);
  return play.run();
}

class Play {
  readonly #theft: Theft;
  readonly #random: Random;
  readonly #ledger: ToyLedger;
  /** Acts that the thief has a consent for: what he saw in the ledger, and what he had signed in his hour. */
  readonly #consented: Configure[] = [];
  /** Config id -> when a head first covered an ask for it, by a clock that nobody can set. */
  readonly #seen = new Map<string, number>();
  #unsealedAsks: string[] = [];
  #undoneAt: number | null = null;
  #lookedAt: number;
  #count = { entries: 0, legal: 0, takeovers: 0, answers: 0 };

  constructor(theft: Theft, random: Random, { ledger, consented }: Owned) {
    this.#theft = theft;
    this.#random = random;
    this.#ledger = ledger;
    this.#lookedAt = ledger.now;
    this.#consented.push(...consented);
  }

  run(): TheftRun {
    return this.#count;
  }

  async step(number: number): Promise<void> {
    const random = this.#random;
    if (this.#theft.thiefHas === "passkey-for-an-hour" && number === 0) this.#signAhead();
    if (random.chance(25)) await this.#seal();
    else if (random.chance(12)) await this.#add(this.#damaged());
    else await this.#add(this.#draft());
    const { ownerLooksEvery } = this.#theft;
    if (ownerLooksEvery !== null && this.#ledger.now - this.#lookedAt >= ownerLooksEvery)
      await this.#ownerLooks();
  }

  /** Time goes by, never so long that the owner looks less often than he does; then a head that clients take. */
  async #seal(): Promise<void> {
    const random = this.#random;
    const { ownerLooksEvery } = this.#theft;
    const pause = random.pick([0, 60, 3_600, 6 * 3_600, DAY - 60, 3 * DAY]);
    const untilLook = ownerLooksEvery === null ? pause : this.#lookedAt + ownerLooksEvery - this.#ledger.now;
    this.#ledger.now += Math.min(pause, untilLook);
    await this.#close(this.#anchor());
  }

  /** A head that covers what is there, where there is anything that a head could say anew. */
  async #close(anchor: Anchor): Promise<void> {
    const leaf = this.#stateLeaf(anchor);
    if (leaf === null) return;
    const lie = encodeStateLeaf({ ...parseStateLeaf(leaf), map: "77".repeat(32) });
    if (this.#random.chance(10))
      assert.equal((await this.#leaf(lie)).kind, "void", "a state that does not follow");
    const applied = await this.#leaf(this.#stateLeaf(anchor) ?? leaf);
    if (applied.kind !== "state") return;
    for (const id of this.#unsealedAsks) this.#seen.set(id, this.#ledger.now);
    this.#unsealedAsks = [];
  }

  #stateLeaf(anchor: Anchor): Uint8Array | null {
    try {
      return composeStateLeaf(this.#ledger.state, { time: this.#ledger.now, anchor }, sha256);
    } catch (error) {
      // Nothing is new since the last head.
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  #honestAnchor(): Anchor {
    const { now, state } = this.#ledger;
    const honest = this.#ledger.anchorAt(now);
    assert.ok(honest !== null);
    const tLo = Math.max(honest.tLo, state.anchors.last()?.tLo ?? 0);
    return { ...honest, tLo, tHi: Math.max(now, tLo) };
  }

  /** The true anchor, or the falsest that clients take: as late as the cosigners' clocks allow, or as early. */
  #anchor(): Anchor {
    const { now, state } = this.#ledger;
    const honest = this.#honestAnchor();
    if (this.#random.chance(50)) return honest;
    const earliest = Math.max(now - ANCHOR_AGE_MAX, state.anchors.last()?.tLo ?? 0);
    const times = this.#random.pick([
      { tLo: now + EPSILON_SECONDS, tHi: now + EPSILON_SECONDS },
      { tLo: earliest, tHi: earliest },
      { tLo: earliest, tHi: Math.max(earliest, now) },
    ]);
    return { ...honest, ...times };
  }

  /** An entry with one bit of it wrong. */
  #damaged(): Uint8Array {
    const leaf = this.#ledger.leaf(this.#draft());
    const at = this.#random.below(leaf.length);
    return Uint8Array.from(leaf, (byte, i) => (i === at ? byte ^ 1 : byte));
  }

  #draft(): Draft {
    const random = this.#random;
    // Whoever had the passkey for an hour does what he had it sign, and begins with it.
    const consented = this.#consented;
    if (this.#theft.thiefHas !== "nothing" && consented.length > 0 && random.chance(30))
      return random.pick(consented);
    if (random.chance(45)) return this.#takeover();
    const draft = this.#withoutKeys(randomDraft(this.#ledger, random));
    // Now and then he is in his own way.
    const isOwnLoss = this.#project().pending !== null && (draft.kind === "void" || isCancel(draft));
    return isOwnLoss && random.chance(90) ? this.#takeover() : draft;
  }

  /** What leads to another configuration. */
  #takeover(): Draft {
    const random = this.#random;
    const config = this.#wanted();
    const [act, way] = random.pick([
      ["change", "free"],
      ["change", "account"],
      ["change", "passkey"],
      ["ask", "account"],
      ["ask", "publisher"],
      ["ask", "passkey"],
      ["take", "none"],
      ["take", "none"],
      ...(random.chance(10)
        ? ([
            ["cancel", "account"],
            ["cancel", "passkey"],
            ["undo", "passkey"],
          ] as const)
        : []),
    ] as const);
    if (random.chance(15)) {
      const recovered = { kind: "project-recovered", root: null } as const;
      return random.chance(50)
        ? { ...recovered, act: "ask", way: "staff", config }
        : { ...recovered, act: "take", way: "none", config: null };
    }
    const named = act === "take" || act === "cancel" ? null : act === "undo" ? this.#project().base : config;
    const draft = configure(act, way, named);
    if (way === "publisher") {
      if (this.#theft.audited) return draft;
      return { ...draft, consent: { kind: "publisher", evidence: "00".repeat(32), publisher: PUBLISHER } };
    }
    if (way !== "passkey") return draft;
    if (this.#consented.length > 0 && random.chance(70)) return random.pick(this.#consented);
    const consent = this.#ledger.consent(act, named, { key: random.pick([THIEFS_KEY, PASSKEY]) });
    const isHis = consent.key === encodeHex(THIEFS_KEY.key);
    // The owner's key is no secret; what it signs is.
    return { ...draft, consent: isHis ? consent : { ...consent, sig: "5a".repeat(64) } };
  }

  #wanted(): ConfigRecord {
    const { owned, thiefHas } = this.#theft;
    // With a passkey at hand he would be the only one who has any.
    if (thiefHas !== "nothing" && this.#random.chance(60)) {
      return { ...owned, publishers: [THIEFS_PUBLISHER], principals: [THIEFS_PRINCIPAL] };
    }
    return this.#random.pick<ConfigRecord>([
      { ...owned, publishers: [THIEFS_PUBLISHER] },
      { ...owned, publishers: [PUBLISHER, THIEFS_PUBLISHER].sort() },
      { ...owned, publishers: [THIEFS_PUBLISHER], principals: [THIEFS_PRINCIPAL] },
      { ...owned, principals: [...owned.principals, THIEFS_PRINCIPAL].sort() },
    ]);
  }

  /** In his hour the thief has the passkey sign what it would have to for the next acts, whichever they are. */
  #signAhead(): void {
    const { base, header } = this.#project();
    for (let serial = header.serial; serial < header.serial + 6; serial++) {
      const config = this.#wanted();
      for (const act of ["change", "ask", "cancel", "undo"] as const) {
        const named = act === "cancel" ? null : act === "undo" ? base : config;
        const consent = this.#ledger.consent(act, named, { key: OTHER_PASSKEY, serial });
        this.#consented.push(configure(act, "passkey", named, consent));
      }
    }
  }

  /** The draft as the thief can make it: root signatures and the owner's consents are not his. */
  #withoutKeys(draft: Draft): Draft {
    const unsigned =
      "root" in draft && draft.root !== null
        ? (rootSigned(this.#ledger, draft, [THIEFS_KEY]) as Draft) // the draft as it was, with another root
        : draft;
    if (!("consent" in unsigned) || unsigned.consent.kind !== "passkey") return unsigned;
    const consent = this.#ledger.consent("change", EMPTY_CONFIG, { key: THIEFS_KEY });
    return { ...unsigned, consent } as Draft; // its own kind, with another consent of that form
  }

  async #ownerLooks(): Promise<void> {
    this.#lookedAt = this.#ledger.now;
    const { owned } = this.#theft;
    const hasPasskey = owned.principals.length > 0;
    const way = hasPasskey ? "passkey" : "account";
    if (this.#project().pending !== null) {
      const consent = hasPasskey ? this.#ledger.consent("cancel", null, { key: PASSKEY }) : NONE;
      await this.#mustAdd(configure("cancel", way, null, consent));
    }
    if (isThiefs(this.#project().current, owned)) {
      const base = this.#project().base;
      assert.ok(!isThiefs(base, owned), "what the owner restores is his own");
      const consent = this.#ledger.consent("undo", base, { key: PASSKEY });
      await this.#mustAdd(configure("undo", "passkey", base, consent));
      this.#undoneAt = this.#ledger.now;
      assert.ok(!isThiefs(this.#project().current, owned), "the owner has his project back");
    }
    // What he says is seen before he looks again.
    await this.#close(this.#honestAnchor());
  }

  /** What nobody can keep the owner from. */
  async #mustAdd(draft: Draft): Promise<void> {
    const applied = await this.#add(draft);
    assert.equal(applied.kind === "void" ? applied.code : applied.kind, "legal", "nobody is locked out");
    this.#count.answers++;
  }

  async #add(what: Draft | Uint8Array): Promise<Applied> {
    const before = this.#project();
    const applied = await this.#leaf(what instanceof Uint8Array ? what : this.#ledger.leaf(what));
    if (applied.kind !== "legal") return applied;
    const { statement } = applied.entry;
    if ("act" in statement && statement.act === "ask" && statement.config !== null) {
      this.#unsealedAsks.push(idOf(statement.config));
    }
    if (statement.kind === "project-configured" && statement.consent.kind === "passkey") {
      this.#consented.push(configure(statement.act, statement.way, statement.config, statement.consent));
    }
    if (statement.kind === "project-configured" || statement.kind === "project-recovered") {
      this.#requireWaited(before, statement);
    }
    return applied;
  }

  /** The thief's configuration is in force only after it stood in public for as long as the owner needs. */
  #requireWaited(before: ProjectState, { kind, act }: ProjectConfigured | ProjectRecovered): void {
    const { current, base } = this.#project();
    const { owned, thiefHas, audited, ownerLooksEvery } = this.#theft;
    if (!isThiefs(current, owned) || idOf(current) === idOf(before.current)) return;
    this.#count.takeovers++;
    const isFirst = !isThiefs(before.current, owned);
    if (isFirst && kind === "project-configured") {
      assert.ok(!isThiefs(base, owned), "what was in force before can be restored");
    }
    const { now } = this.#ledger;
    if (thiefHas === "passkey-for-an-hour") {
      const isFrozen = this.#undoneAt !== null && now - this.#undoneAt < UNDO_WINDOW_SECONDS - DELAY_SLACK;
      assert.ok(act !== "change" || !isFrozen, "after an undo nothing changes at once");
      return;
    }
    assert.equal(ownerLooksEvery, null, "an owner who looks is never robbed");
    if (!isFirst) return;
    const isRecovery = before.header.way === "staff";
    assert.ok(isRecovery || !audited || owned.principals.length === 0, "past a passkey only staff recover");
    const seenAt = this.#seen.get(idOf(current));
    assert.ok(seenAt !== undefined, "what takes effect was seen before");
    const wanted = (isRecovery ? RECOVERY_DELAY_SECONDS : CHANGE_DELAY_SECONDS) - DELAY_SLACK;
    assert.ok(now - seenAt >= wanted, `${now - seenAt} s in public, wanted ${wanted}`);
  }

  /** Adds one leaf, and asks what must hold whatever it is. */
  async #leaf(leaf: Uint8Array): Promise<Applied> {
    const before = this.#ledger.state;
    const applied = await this.#ledger.addLeaf(leaf);
    this.#count.entries++;
    if (applied.kind !== "void") this.#count.legal++;
    requireLawful(before, applied);
    return applied;
  }

  #project(): ProjectState {
    const project = findProject(this.#ledger.state, K);
    assert.ok(project !== null);
    return project;
  }
}

function isCancel(draft: Draft): boolean {
  return draft.kind === "project-configured" && draft.act === "cancel";
}

function isThiefs(config: ConfigRecord, owned: ConfigRecord): boolean {
  const isOwned = (id: string): boolean => owned.publishers.includes(id) || owned.principals.includes(id);
  return [...config.publishers, ...config.principals].some((id) => !isOwned(id));
}

function idOf(config: ConfigRecord): string {
  return configId(sha256, encodeConfigRecord(config));
}
