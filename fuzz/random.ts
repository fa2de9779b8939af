// SPDX-License-Identifier: Apache-2.0

/** Numbers that depend on the seed alone (sfc32), so that a run can be had again. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    this.#a = hashOf(`a ${seed}`);
    this.#b = hashOf(`b ${seed}`);
    this.#c = hashOf(`c ${seed}`);
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** 0..count-1. */
  below(count: number): number {
    return this.#next() % count;
  }

  /** Whether something that happens `percent` times in a hundred happens now. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** @throws TypeError for an empty list */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new TypeError("Cannot pick from an empty list");
    return items[this.below(items.length)] as T; // in range: the list is not empty
  }

  /** Any of the items, one of twice the weight twice as often. @throws TypeError for an empty list */
  pickBy<T>(items: readonly T[], weightOf: (item: T) => number): T {
    const weights = items.map(weightOf);
    let rest = this.below(1 + weights.reduce((sum, weight) => sum + weight, 0));
    for (const [i, weight] of weights.entries()) {
      rest -= weight;
      if (rest < 0) return items[i] as T; // as many weights as items
    }
    return this.pick(items);
  }

  /** 1..max, small ones more often: each number of binary digits is as likely as the others. */
  size(max: number): number {
    const digits = this.below(Math.max(1, Math.floor(Math.log2(max)) + 1));
    return Math.min(max, 2 ** digits + this.below(2 ** digits));
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
