// SPDX-License-Identifier: Apache-2.0
// What one vector is, for every runtime: nothing in this folder imports more than formats, verify and what lies beside it.
import { encodeHex } from "@countermark/formats";
import type { CryptoPort } from "@countermark/verify";

/** One vector: what is asked, and the one answer that is right. */
export interface VectorCase {
  readonly name: string;
  /** As {@link show} writes the answer. */
  readonly wanted: string;
  /** Asks the code: its value, or what it throws, is the answer. */
  readonly find: () => unknown;
}

/** What became of one vector. */
export interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
}

/** The vectors of a file, in order. Asks nothing yet: that is what {@link VectorCase.find} is for. */
export type Cases = (file: unknown, crypto: CryptoPort) => readonly VectorCase[];

/** A vector whose answer is `value`. */
export function gives(name: string, value: unknown, find: () => unknown): VectorCase {
  return { name, wanted: show(value), find };
}

/** A vector that is refused with `code`. */
export function refuses(name: string, code: string, find: () => unknown): VectorCase {
  return { name, wanted: `refused: ${code}`, find };
}

/** Runs one vector. Never throws. */
export async function runCase({ name, wanted, find }: VectorCase): Promise<Outcome> {
  const found = await answerOf(find);
  return { name, ok: found === wanted, found };
}

async function answerOf(find: () => unknown): Promise<string> {
  try {
    return show(await find());
  } catch (error) {
    if (!(error instanceof Error)) return `thrown: ${String(error)}`;
    const isRefusal = ["ParseError", "VerifyError", "RefusedError"].some((name) => name === error.name);
    return isRefusal && "code" in error ? `refused: ${error.code}` : `${error.name}: ${error.message}`;
  }
}

/** A value as JSON with sorted members: bytes are hexadecimal, maps and sets lists. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_name, item: unknown) => {
    if (item instanceof Uint8Array) return encodeHex(item);
    if (item instanceof Map || item instanceof Set) return [...item];
    if (item === null || typeof item !== "object" || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return text ?? "nothing";
}

/** Bytes from the hexadecimal of a vector file, which is trusted. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}
