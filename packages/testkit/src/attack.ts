// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { test } from "node:test";
import { steady } from "./steady-words.ts";

/** Who may be hostile, in the order of the tables that the runner writes, and what each is called there. */
export const HOSTILE_PARTIES = {
  network: "Someone between the index and the installer",
  cdn: "The CDN, cache or proxy that carries the answers",
  mirror: "A mirror",
  store: "The store that holds the index's files",
  index: "The index itself",
  "online-key-thief": "A thief of the index's online keys",
  "account-thief": "A thief of a maintainer's account or device",
  witness: "A witness",
  auditor: "An auditor",
  authority: "The certificate authority, its timestamps and logs",
  issuer: "The issuer of CI identities",
  publisher: "A publisher, or whoever has his workflow",
  stranger: "A stranger who wants to publish",
  "trust-repository": "The repository of trusted keys, or a thief of its keys",
  configuration: "A configuration that goes round the check",
  neighbour: "Another user or program of the same machine",
  accident: "Nobody: a crash, a full disk, a restored backup",
} as const;

export type HostileParty = keyof typeof HOSTILE_PARTIES;

/** One attack, in the words of its row in the table. Plain sentences, without a full stop. */
export interface AttackClaim {
  readonly by: HostileParty;
  /** What is tried: "swaps a file: same name, same length". At most 110 characters. */
  readonly tries: string;
  /** The rule that stops it; of what cannot be stopped, what bounds it. At most 160 characters. */
  readonly stoppedBy: string;
  /** Who notices: "the installer's user", "every auditor". At most 60 characters. */
  readonly noticedBy: string;
  /** When: "before the first byte is installed". At most 60 characters. */
  readonly when: string;
}

/** What an attack has to work with. */
export interface AttackRun {
  /** One case of the attack, counted as a test of its own. The next one begins when it is awaited. */
  test(name: string, run: () => Promise<void> | void): Promise<void>;
  /**
   * Records what `who` really saw, for the table: words that a program of ours printed or answered. With `line`, the first line of `text`
   * that matches, and a failure when there is none. At most four of these an attack; the same words twice are one.
   */
  saw(who: string, text: string, line?: RegExp): void;
  /** Runs when the attack has ended, however it did. */
  after(clean: () => Promise<void> | void): void;
}

/** What the runner reads of an attack that was stopped. */
export interface AttackRecord extends AttackClaim {
  readonly seen: readonly Seen[];
}

interface Seen {
  readonly who: string;
  readonly words: string;
}

/** The file to which the runner wants the record written, as one line of JSON. */
export const RECORD_VARIABLE = "COUNTERMARK_ATTACK_RECORD";
const CLAIM_CHARS_MAX = { tries: 110, stoppedBy: 160, noticedBy: 60, when: 60 } as const;
const SEEN_MAX = 4;
const WHO_CHARS_MAX = 40;

let isDeclared = false;

/**
 * Registers the one attack of a file as a test. It passes when `run` does: the attack was stopped, and somebody saw something.
 *
 * Not checked here: that what stops it is what the claim says. An attack asserts the code of the refusal, and fails without the check.
 */
export function attack(claim: AttackClaim, run: (t: AttackRun) => Promise<void> | void): void {
  assert.ok(!isDeclared, "a file holds one attack: its name is the attack");
  isDeclared = true;
  checkClaim(claim);
  test(claim.tries, async (context) => {
    const seen: Seen[] = [];
    let failed = 0;
    await run({
      test: async (name, body) => {
        await context.test(name, async () => {
          failed++;
          await body();
          failed--;
        });
      },
      saw: (who, text, line) => {
        assert.ok(who !== "" && who.length <= WHO_CHARS_MAX, `who saw it, in ${WHO_CHARS_MAX} characters`);
        const words = steady(line === undefined ? text : findLine(text, line));
        assert.notEqual(words, "", `${who} saw nothing`);
        if (seen.some((other) => other.who === who && other.words === words)) return;
        seen.push({ who, words });
      },
      after: (clean) => context.after(clean),
    });
    // What failed inside has its own message: another one here would only hide it.
    if (failed > 0) return;
    assert.notEqual(seen.length, 0, "an attack records what somebody saw");
    assert.ok(seen.length <= SEEN_MAX, `at most ${SEEN_MAX} things seen make a row, found ${seen.length}`);
    const record: AttackRecord = { ...claim, seen };
    const file = process.env[RECORD_VARIABLE];
    if (file !== undefined) appendFileSync(file, `${JSON.stringify(record)}\n`);
  });
}

function checkClaim(claim: AttackClaim): void {
  assert.ok(Object.hasOwn(HOSTILE_PARTIES, claim.by), `"${claim.by}" is a hostile party`);
  for (const name of ["tries", "stoppedBy", "noticedBy", "when"] as const) {
    const text = claim[name];
    const max = CLAIM_CHARS_MAX[name];
    assert.ok(text !== "" && text.length <= max, `${name}: 1 to ${max} characters, found ${text.length}`);
    assert.ok(!/[\n\r]|\.$/.test(text), `${name}: one line without a full stop`);
  }
}

function findLine(text: string, line: RegExp): string {
  const found = text.split("\n").find((candidate) => line.test(candidate));
  assert.ok(found !== undefined, `wanted a line like ${line} in: ${text}`);
  return found;
}
