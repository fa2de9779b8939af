// SPDX-License-Identifier: Apache-2.0

/**
 * A list that only grows, with every earlier length still readable. Lists made from one another share their items: the
 * newest appends in place, an older one that is appended to copies first.
 */
export class AppendList<T> {
  readonly length: number;
  readonly #items: T[];

  private constructor(items: T[], length: number) {
    this.#items = items;
    this.length = length;
  }

  static of<T>(items: readonly T[]): AppendList<T> {
    return new AppendList([...items], items.length);
  }

  append(item: T): AppendList<T> {
    const items = this.#items.length === this.length ? this.#items : this.#items.slice(0, this.length);
    items.push(item);
    return new AppendList(items, this.length + 1);
  }

  at(index: number): T | null {
    return index < this.length ? (this.#items[index] ?? null) : null;
  }

  last(): T | null {
    return this.at(this.length - 1);
  }

  filter(keep: (item: T) => boolean): AppendList<T> {
    return AppendList.of(this.#items.slice(0, this.length).filter(keep));
  }

  /** The first item for which `reached` holds, in a list where it holds for every item after that one. */
  firstWhere(reached: (item: T) => boolean): T | null {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const item = this.at(middle);
      if (item !== null && reached(item)) high = middle;
      else low = middle + 1;
    }
    return this.at(low);
  }

  *[Symbol.iterator](): Generator<T> {
    yield* this.#items.slice(0, this.length);
  }
}
