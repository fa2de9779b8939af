// SPDX-License-Identifier: Apache-2.0
import { concat } from "@countermark/formats";

/** One element. Lengths are made when it is written, unless `length` says what to write instead. */
export interface DerTree {
  tag: number;
  /** Octets between the length and the children: a BIT STRING's count of unused bits. */
  prefix: Uint8Array;
  content: Uint8Array | DerTree[];
  length: Uint8Array | null;
}

const DEPTH_MAX = 32;
const NONE = new Uint8Array();

/** The one element that fills `bytes`, with what is inside its OCTET and BIT STRINGs; null for what is not DER. */
export function parseDerTree(bytes: Uint8Array): DerTree | null {
  const [tree, ...more] = parseElements(bytes, 0) ?? [];
  // A single primitive element could be anything.
  return tree !== undefined && more.length === 0 && (tree.tag & 0x20) !== 0 ? tree : null;
}

function parseElements(bytes: Uint8Array, depth: number): DerTree[] | null {
  const elements: DerTree[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const head = readLength(bytes, at + 1);
    if (head === null || (tag & 0x1f) === 0x1f || depth > DEPTH_MAX) return null;
    const [start, length] = head;
    if (start + length > bytes.length) return null;
    elements.push(elementOf(tag, bytes.subarray(start, start + length), depth));
    at = start + length;
  }
  return elements;
}

/** @returns where the content starts, and how long it is. */
function readLength(bytes: Uint8Array, at: number): readonly [number, number] | null {
  const first = bytes[at];
  if (first === undefined || first === 0x80 || first > 0x83) return null;
  if (first < 0x80) return [at + 1, first];
  let length = 0;
  for (let i = 1; i <= (first & 0x7f); i++) length = length * 256 + (bytes[at + i] ?? 0);
  return [at + 1 + (first & 0x7f), length];
}

function elementOf(tag: number, content: Uint8Array, depth: number): DerTree {
  const isBits = tag === 0x03 && content[0] === 0;
  const inner = isBits ? content.subarray(1) : content;
  const mayWrap = (tag & 0x20) !== 0 || ((isBits || tag === 0x04) && inner[0] === 0x30);
  const children = mayWrap ? parseElements(inner, depth + 1) : null;
  const prefix = isBits && children !== null ? content.subarray(0, 1) : NONE;
  return { tag, prefix, content: children ?? content, length: null };
}

export function copyDer(tree: DerTree): DerTree {
  return { ...tree, content: Array.isArray(tree.content) ? tree.content.map(copyDer) : tree.content };
}

export function writeDer(tree: DerTree): Uint8Array {
  const content = concat(
    tree.prefix,
    ...(Array.isArray(tree.content) ? tree.content.map(writeDer) : [tree.content]),
  );
  return concat(Uint8Array.of(tree.tag), tree.length ?? encodeLength(content.length), content);
}

export function encodeLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  if (length < 0x100) return Uint8Array.of(0x81, length);
  if (length < 0x1_0000) return Uint8Array.of(0x82, length >> 8, length & 0xff);
  return Uint8Array.of(0x83, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

/** Every element of `tree`, itself too. */
export function elementsOf(tree: DerTree): DerTree[] {
  return [tree, ...(Array.isArray(tree.content) ? tree.content.flatMap(elementsOf) : [])];
}
