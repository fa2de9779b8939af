// SPDX-License-Identifier: Apache-2.0
// The loop for one target: an input of the corpus, changed; run; judged; kept when it reached a block that none had reached.

import { equalBytes } from "@countermark/formats";
import { confirmSlow, isSlow, retainedBytes, retainedMax } from "./cost.ts";
import type { Coverage } from "./coverage.ts";
import { grow } from "./mutate/bytes.ts";
import { mutate } from "./mutate/mutate.ts";
import { Random } from "./random.ts";
import { Finding, type Outcome, type Target } from "./target.ts";

export interface Plan {
  readonly seed: string;
  /** The run ends at whichever comes first. */
  readonly executionsMax: number;
  readonly millisecondsMax: number;
  readonly findingsMax: number;
}

export interface FoundInput {
  readonly target: string;
  readonly kind: string;
  readonly key: string;
  readonly message: string;
  readonly input: Uint8Array;
}

export interface Report {
  readonly target: string;
  readonly executions: number;
  readonly accepted: number;
  readonly corpus: number;
  readonly blocks: number;
  readonly milliseconds: number;
  readonly findings: readonly FoundInput[];
}

/** Told before and after each execution, so that somebody else can see one that never ends. */
export interface Monitor {
  readonly begin: (input: Uint8Array) => void;
  readonly end: () => void;
}

const BATCH = 128;
/** Of a hundred inputs, those that are grown instead of changed. */
const GROWN_PERCENT = 2;
const GROWN_BYTES_MAX = 262_144;
/** Of the accepted inputs that are large, the first and each so-many-th is weighed. */
const WEIGHED_EACH = 400;
const WEIGHED_BYTES_MIN = 2_048;
const SHRINK_EXECUTIONS = 400;

export async function fuzzTarget(
  target: Target,
  plan: Plan,
  world: { readonly coverage: Coverage; readonly monitor: Monitor; readonly extra: readonly Uint8Array[] },
): Promise<Report> {
  const run = new TargetRun(target, plan, world);
  return await run.whole(world.extra);
}

class TargetRun {
  readonly #target: Target;
  readonly #plan: Plan;
  readonly #coverage: Coverage;
  readonly #monitor: Monitor;
  readonly #random: Random;
  readonly #corpus: Uint8Array[] = [];
  readonly #findings = new Map<string, FoundInput>();
  readonly #started = performance.now();
  readonly #bytesMax: number;
  #executions = 0;
  #accepted = 0;
  #largeAccepted = 0;

  constructor(target: Target, plan: Plan, world: { readonly coverage: Coverage; readonly monitor: Monitor }) {
    this.#target = target;
    this.#plan = plan;
    this.#coverage = world.coverage;
    this.#monitor = world.monitor;
    this.#random = new Random(`${plan.seed} ${target.name}`);
    this.#bytesMax = Math.min(target.bytesMax, GROWN_BYTES_MAX);
  }

  async whole(extra: readonly Uint8Array[]): Promise<Report> {
    this.#coverage.clear();
    // Copies of one kind: a slice of a Buffer is not one, and would be written to.
    const seeds = [...(await this.#target.seeds()), ...extra].map((seed) => new Uint8Array(seed));
    if (seeds.length === 0) throw new TypeError(`The target ${this.#target.name} has no seeds`);
    this.#corpus.push(...seeds);
    for (const seed of seeds) await this.#execute(seed);
    this.#coverage.remember(this.#coverage.newBlocks());
    while (!this.#isOver()) await this.#batch();
    return {
      target: this.#target.name,
      executions: this.#executions,
      accepted: this.#accepted,
      corpus: this.#corpus.length,
      blocks: this.#coverage.blocks,
      milliseconds: performance.now() - this.#started,
      findings: [...this.#findings.values()],
    };
  }

  #isOver(): boolean {
    return (
      this.#executions >= this.#plan.executionsMax ||
      this.#findings.size >= this.#plan.findingsMax ||
      performance.now() - this.#started >= this.#plan.millisecondsMax
    );
  }

  /** Counters are read once for many inputs; only where one of them reached something new is each run again by itself. */
  async #batch(): Promise<void> {
    const inputs: Uint8Array[] = [];
    while (inputs.length < BATCH && !this.#isOver()) {
      const input = this.#next();
      inputs.push(input);
      await this.#execute(input);
    }
    const found = this.#coverage.newBlocks();
    // At the end nobody will take from the corpus any more.
    for (const input of found.length === 0 || this.#isOver() ? [] : inputs) {
      await this.#execute(input);
      if (this.#coverage.remember(this.#coverage.newBlocks()) > 0) this.#corpus.push(input);
    }
    // What only the first run of a batch reaches (a cache being filled) belongs to none of its inputs.
    this.#coverage.remember(found);
  }

  #next(): Uint8Array {
    const random = this.#random;
    const input = this.#choose();
    const context = { random, other: random.pick(this.#corpus), bytesMax: this.#bytesMax, depth: 0 };
    return random.chance(GROWN_PERCENT) ? grow(input, context) : mutate(input, context);
  }

  /** Any of the corpus, or one of those that joined it last. */
  #choose(): Uint8Array {
    const count = this.#corpus.length;
    const from = this.#random.chance(40) ? Math.floor((count * 3) / 4) : 0;
    return this.#random.pick(this.#corpus.slice(from));
  }

  async #execute(input: Uint8Array): Promise<void> {
    this.#executions++;
    const started = performance.now();
    try {
      const outcome = await this.#run(input);
      if (outcome.kind === "accepted") {
        this.#accepted++;
        await this.#weigh(input);
      }
    } catch (error) {
      await this.#note(error, input);
    }
    if (!isSlow(performance.now() - started, input.length) || this.#isSlowAlready()) return;
    const finding = await confirmSlow(() => this.#run(input), input.length);
    if (finding !== null) await this.#note(finding, input);
  }

  #isSlowAlready(): boolean {
    return [...this.#findings.values()].some(({ kind }) => kind === "slow");
  }

  /** What is run is a copy, so that the input itself is what it was. */
  async #run(input: Uint8Array): Promise<Outcome> {
    const copy = input.slice();
    this.#monitor.begin(input);
    try {
      const running = this.#target.run(copy);
      const outcome = running instanceof Promise ? await running : running;
      if (!equalBytes(copy, input)) throw new Finding("oracle", "written", "The input was written to");
      return outcome;
    } finally {
      this.#monitor.end();
    }
  }

  async #weigh(input: Uint8Array): Promise<void> {
    if (input.length < WEIGHED_BYTES_MIN || this.#largeAccepted++ % WEIGHED_EACH !== 0) return;
    const retained = await retainedBytes(() => this.#run(input));
    if (retained <= retainedMax(input.length)) return;
    const message = `${input.length} bytes became ${retained} in memory, at most ${retainedMax(input.length)}`;
    throw new Finding("memory", "retained", message);
  }

  async #note(error: unknown, input: Uint8Array): Promise<void> {
    if (!(error instanceof Finding)) throw error;
    if (this.#findings.has(error.key)) return;
    const { kind, key, message } = error;
    const base = { target: this.#target.name, kind, key, message };
    this.#findings.set(key, { ...base, input });
    // Cost depends on length: only what is said about an input stays true of a shorter one.
    if (kind === "crash" || kind === "oracle") {
      this.#findings.set(key, { ...base, input: await this.#shrink(input, key) });
    }
  }

  /** Leaves chunks out for as long as the same finding is made. */
  async #shrink(input: Uint8Array, key: string): Promise<Uint8Array> {
    let smallest = input;
    let tries = 0;
    for (
      let size = Math.ceil(input.length / 2);
      size >= 1 && tries < SHRINK_EXECUTIONS;
      size = Math.floor(size / 2)
    ) {
      for (let at = 0; at < smallest.length && tries < SHRINK_EXECUTIONS; tries++) {
        const shorter = Uint8Array.from([...smallest.subarray(0, at), ...smallest.subarray(at + size)]);
        if (await this.#finds(shorter, key)) smallest = shorter;
        else at += size;
      }
    }
    return smallest;
  }

  async #finds(input: Uint8Array, key: string): Promise<boolean> {
    try {
      await this.#run(input);
      return false;
    } catch (error) {
      return error instanceof Finding && error.key === key;
    }
  }
}
