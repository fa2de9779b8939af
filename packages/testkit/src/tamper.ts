// SPDX-License-Identifier: Apache-2.0
// Mutations that an attack makes: each takes bytes and gives new ones, and leaves what it was given alone.

/** Flips one bit of the byte at `offset` (from the end when negative). The length stays. */
export function flipByte(bytes: Uint8Array, offset: number): Uint8Array {
  const at = offset < 0 ? bytes.length + offset : offset;
  const found = bytes[at];
  if (found === undefined) throw new TypeError(`Cannot flip byte ${offset} of ${bytes.length}`);
  // Not `slice`: a Buffer's shares its memory.
  const flipped = Uint8Array.from(bytes);
  flipped[at] = found ^ 0x01;
  return flipped;
}

/** Takes `count` bytes off the end. */
export function dropLast(bytes: Uint8Array, count: number): Uint8Array {
  if (count > bytes.length) throw new TypeError(`Cannot drop ${count} of ${bytes.length} bytes`);
  return Uint8Array.from(bytes.subarray(0, bytes.length - count));
}

/** Replaces the only occurrence of `from` in a text. */
export function replaceOnce(text: string, from: string, to: string): string {
  const at = text.indexOf(from);
  if (at < 0 || text.indexOf(from, at + 1) >= 0)
    throw new TypeError(`Cannot replace "${from}": it is not there exactly once`);
  return text.slice(0, at) + to + text.slice(at + from.length);
}
