// SPDX-License-Identifier: Apache-2.0
// One entrance: looks at what the bytes are, and changes them as someone would who knows that grammar. What is inside (base64 in
// JSON, DER in an OCTET STRING, a length-prefixed part) is changed by the same function.

import { isUtf8 } from "node:buffer";
import { concat } from "@countermark/formats";
import type { Random } from "../random.ts";
import { mutateBytes } from "./bytes.ts";
import { mutateDer } from "./der.ts";
import { parseDerTree } from "./der-tree.ts";
import { mutateJson } from "./json.ts";
import { parseJsonTree } from "./json-tree.ts";
import { mutateText } from "./text.ts";

export interface MutateContext {
  readonly random: Random;
  /** Another input of the same target, to take parts from. */
  readonly other: Uint8Array;
  /** No input is made to grow much beyond this. */
  readonly bytesMax: number;
  /** How deep inside another input this is. */
  readonly depth: number;
}

const DEPTH_MAX = 4;

/** A changed copy of `input`; one change mostly, sometimes a few. */
export function mutate(input: Uint8Array, context: MutateContext): Uint8Array {
  let mutant = input;
  do mutant = mutateOnce(mutant, context);
  while (context.random.chance(25));
  return mutant.length > context.bytesMax * 2 ? mutant.subarray(0, context.bytesMax + 1) : mutant;
}

/** The same for a part of an input. */
export function mutateInside(part: Uint8Array, context: MutateContext): Uint8Array {
  const inside = { ...context, other: part, depth: context.depth + 1 };
  return inside.depth > DEPTH_MAX ? mutateBytes(part, inside) : mutateOnce(part, inside);
}

function mutateOnce(input: Uint8Array, context: MutateContext): Uint8Array {
  const { random } = context;
  if (input.length === 0 || random.chance(12)) return mutateBytes(input, context);
  const json = looksLikeJson(input) ? parseJsonTree(input) : null;
  if (json !== null) return mutateJson(json, context);
  const der = parseDerTree(input);
  if (der !== null) return mutateDer(der, context);
  if (isUtf8(input) && !input.some((byte) => byte < 9)) return mutateText(input, context);
  return random.chance(40)
    ? (mutateFramed(input, context) ?? mutateBytes(input, context))
    : mutateBytes(input, context);
}

function looksLikeJson(input: Uint8Array): boolean {
  return input[0] === 0x7b || input[0] === 0x5b;
}

/** Changes what stands behind a length of 2 or 4 bytes, and the length with it; null where there is no such place. */
function mutateFramed(input: Uint8Array, context: MutateContext): Uint8Array | null {
  const { random } = context;
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  for (let tries = 0; tries < 16; tries++) {
    const prefix = random.chance(70) ? 4 : 2;
    const at = random.below(input.length);
    if (at + prefix > input.length) continue;
    const length = prefix === 4 ? view.getUint32(at) : view.getUint16(at);
    if (length < 8 || at + prefix + length > input.length) continue;
    const start = at + prefix;
    const part = mutateInside(input.subarray(start, start + length), context);
    const framed = new DataView(new ArrayBuffer(prefix));
    if (prefix === 4) framed.setUint32(0, part.length);
    else framed.setUint16(0, part.length & 0xffff);
    return concat(input.subarray(0, at), new Uint8Array(framed.buffer), part, input.subarray(start + length));
  }
  return null;
}
