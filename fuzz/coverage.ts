// SPDX-License-Identifier: Apache-2.0
import { type Profiler, Session } from "node:inspector";

/** The code whose blocks count; and the planted mistakes by which a test sees that they do. */
const COVERED = /\/packages\/(?:formats|verify)\/src\/|\/fuzz\/test\/planted\.ts$/;

/** Which blocks of formats and verify have run so far in this thread, by the engine's own counters. */
export class Coverage {
  readonly #session = new Session();
  /** Function (its script and place) -> a mark for each character of it that lies in a block that ran. */
  readonly #seen = new Map<string, Uint8Array>();
  #blocks = 0;

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Blocks seen: each stretch of characters that began to be covered at once. */
  get blocks(): number {
    return this.#blocks;
  }

  /** Forgets what was seen: what another target reached says nothing about this one. */
  clear(): void {
    this.#take();
    this.#seen.clear();
    this.#blocks = 0;
  }

  /** Blocks that ran since the last call and never before; the counters start anew. */
  newBlocks(): Profiler.FunctionCoverage[] {
    return this.#take().filter((found) => this.#countNew(found, "keep") > 0);
  }

  /** Remembers blocks. @returns how many of them are new */
  remember(blocks: readonly Profiler.FunctionCoverage[]): number {
    let count = 0;
    for (const found of blocks) count += this.#countNew(found, "mark");
    this.#blocks += count;
    return count;
  }

  close(): void {
    this.#session.disconnect();
  }

  #take(): Profiler.FunctionCoverage[] {
    let functions: Profiler.FunctionCoverage[] = [];
    // In its own thread, a session calls back before post returns.
    this.#session.post("Profiler.takePreciseCoverage", (error, taken) => {
      if (error !== null) throw error;
      functions = taken.result
        .filter(({ url }) => COVERED.test(url))
        .flatMap(({ scriptId, functions }) =>
          functions.map((found) => ({ ...found, functionName: `${scriptId} ${found.functionName}` })),
        );
    });
    return functions;
  }

  #countNew({ functionName, ranges }: Profiler.FunctionCoverage, what: "keep" | "mark"): number {
    const [whole] = ranges;
    if (whole === undefined || whole.count === 0) return 0;
    const { startOffset, endOffset } = whole;
    const length = endOffset - startOffset;
    const key = `${functionName} ${startOffset} ${endOffset}`;
    const seen = this.#seen.get(key) ?? new Uint8Array(length);
    // Inner ranges follow the ones around them.
    const ran = new Uint8Array(length);
    for (const range of ranges) {
      ran.fill(range.count > 0 ? 1 : 0, range.startOffset - startOffset, range.endOffset - startOffset);
    }
    let count = 0;
    let isInside = false;
    for (let i = 0; i < length; i++) {
      const isNew = ran[i] === 1 && seen[i] !== 1;
      if (isNew && !isInside) count++;
      if (isNew && what === "mark") seen[i] = 1;
      isInside = isNew;
    }
    if (what === "mark") this.#seen.set(key, seen);
    return count;
  }
}
