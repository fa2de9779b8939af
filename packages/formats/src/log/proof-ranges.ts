// SPDX-License-Identifier: Apache-2.0

/** The leaves `[start, end)`; in a proof, the subtree whose hash is one line of it. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The subtrees whose hashes prove leaf `index` in a tree of `size`, from the leaf's sibling up. @spec rfc6962#2.1.1 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new TypeError(`Cannot prove leaf ${index} in a tree of ${size}`);
  }
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** The subtrees whose hashes prove that the tree of `oldSize` is the beginning of that of `newSize`. @spec rfc6962#2.1.2 */
export function consistencyRanges(oldSize: number, newSize: number): LeafRange[] {
  if (!Number.isSafeInteger(newSize) || !Number.isSafeInteger(oldSize) || oldSize < 0 || oldSize > newSize) {
    throw new TypeError(`Cannot prove that ${oldSize} leaves begin ${newSize}`);
  }
  if (oldSize === 0 || oldSize === newSize) return [];
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = newSize;
  while (end !== oldSize) {
    const middle = start + splitOf(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The verifier has the old root itself; anything smaller it needs to be told.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** The perfect subtrees that make up `[0, size)`, largest first: those of a compact range. */
export function perfectRanges(size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  while (start < size) {
    const width = largestPowerUpTo(size - start);
    ranges.push({ start, end: start + width });
    start += width;
  }
  return ranges;
}

/** The largest power of two smaller than `width` (>= 2). */
function splitOf(width: number): number {
  return largestPowerUpTo(width - 1);
}

function largestPowerUpTo(width: number): number {
  let power = 1;
  while (power * 2 <= width) power *= 2;
  return power;
}
