// SPDX-License-Identifier: Apache-2.0
import { concat } from "@countermark/formats";
import type { Random } from "../random.ts";
import { mutateBytes } from "./bytes.ts";
import { copyDer, type DerTree, elementsOf, encodeLength, parseDerTree, writeDer } from "./der-tree.ts";
import { type MutateContext, mutateInside } from "./mutate.ts";

/** A copy of `tree` with one element changed; the lengths around it are right unless they are what is changed. */
export function mutateDer(tree: DerTree, context: MutateContext): Uint8Array {
  const root = copyDer(tree);
  if (context.random.chance(30)) editLeaf(root, context);
  else context.random.pick(CHANGES)(context.random.pick(elementsOf(root)), context);
  return writeDer(root);
}

type Change = (element: DerTree, context: MutateContext) => void;

const CHANGES: readonly Change[] = [
  retag,
  relength,
  editContent,
  editContent,
  editContent,
  dropChild,
  duplicateChild,
  swapChildren,
  nest,
  takeFromOther,
  repeatChild,
  becomeTelling,
];

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x1f, 0x30, 0x31, 0x24, 0x80,
  0x81, 0x82, 0x86, 0xa0, 0xa1, 0xa2, 0xa3, 0xbf, 0x00,
];
/** Contents that mean something under many tags: booleans, integers at borders, times, object identifiers. */
const CONTENTS = [
  "",
  "00",
  "01",
  "7f",
  "80",
  "ff",
  "0000",
  "0080",
  "ff80",
  "ffff",
  "008000000000000000",
  "7fffffffffffffff",
  "0780",
  "0001",
  "08ff",
  "8001",
  "2a8000",
  "55040380",
  "ffffffffffffffffff7f",
  "2b06010401",
  "3530303130313030303030305a",
  "3439313233313233353935395a",
  "3939313233313233353936305a",
  "32303530303130313030303030305a",
  "39393939313233313233353935395a",
  "30303030303130313030303030305a",
  "32303234303232393030303030302e35305a",
  "32303234303232393030303030302e315a",
].map((hex) => new Uint8Array(Buffer.from(hex, "hex")));

function retag(element: DerTree, { random }: MutateContext): void {
  element.tag = random.chance(70)
    ? random.pick(TAGS)
    : element.tag ^ random.pick([0x20, 0x40, 0x80, 0x01, 0x02]);
}

/** Indefinite, longer than needed, off by one, or beyond the end. */
function relength(element: DerTree, { random }: MutateContext): void {
  const { length } = contentOf(element);
  const padded = [0x84, 0, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  element.length = random.pick([
    Uint8Array.of(0x80),
    Uint8Array.of(0x81, length & 0xff),
    Uint8Array.of(0x82, (length >> 8) & 0xff, length & 0xff),
    Uint8Array.from(padded),
    encodeLength(length + 1),
    encodeLength(Math.max(0, length - 1)),
    Uint8Array.of(0x84, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0xff),
  ]);
}

/** Changes a byte where no structure is: what is read is well-formed still, and says something else. */
function editLeaf(element: DerTree, { random }: MutateContext): void {
  const leaf = random.pickBy(elementsOf(element), ({ content }) =>
    Array.isArray(content) ? 0 : content.length,
  );
  if (Array.isArray(leaf.content) || leaf.content.length === 0) return;
  const content = leaf.content.slice();
  const at = random.below(content.length);
  content[at] = random.chance(50) ? (content[at] ?? 0) ^ (1 << random.below(8)) : random.below(256);
  leaf.content = content;
}

function editContent(element: DerTree, context: MutateContext): void {
  const content = contentOf(element);
  element.content = context.random.chance(50)
    ? mutateInside(content, context)
    : mutateBytes(content, context);
  element.prefix = new Uint8Array();
}

function becomeTelling(element: DerTree, { random }: MutateContext): void {
  element.content = random.pick(CONTENTS);
  element.prefix = new Uint8Array();
}

function dropChild(element: DerTree, { random }: MutateContext): void {
  if (Array.isArray(element.content)) element.content.splice(random.below(element.content.length + 1), 1);
  else element.content = element.content.subarray(0, -1);
}

function duplicateChild(element: DerTree, { random }: MutateContext): void {
  if (!Array.isArray(element.content) || element.content.length === 0) {
    repeatContent(element, random);
    return;
  }
  const child = copyDer(random.pick(element.content));
  element.content.splice(random.below(element.content.length + 1), 0, child);
}

function swapChildren(element: DerTree, { random }: MutateContext): void {
  if (Array.isArray(element.content))
    element.content.push(...element.content.splice(random.below(element.content.length + 1), 1));
  else repeatContent(element, random);
}

function repeatContent(element: DerTree, random: Random): void {
  const content = contentOf(element);
  element.content = concat(...Array.from({ length: random.size(8) }, () => content));
  element.prefix = new Uint8Array();
}

function nest(element: DerTree, { random }: MutateContext): void {
  const tag = random.pick([0x30, 0x31, 0xa0, 0xa3, 0x04, element.tag]);
  const levels = random.chance(60) ? 1 : random.size(60);
  for (let i = 0; i < levels; i++) {
    const inner = { ...element };
    element.tag = tag;
    element.prefix = new Uint8Array();
    element.length = null;
    element.content = [inner];
  }
}

function takeFromOther(element: DerTree, { random, other }: MutateContext): void {
  const tree = parseDerTree(other);
  if (tree === null) return;
  Object.assign(element, copyDer(random.pick(elementsOf(tree))));
}

function repeatChild(element: DerTree, { random, bytesMax }: MutateContext): void {
  if (!Array.isArray(element.content) || element.content.length === 0) {
    repeatContent(element, random);
    return;
  }
  const child = random.pick(element.content);
  const most = Math.min(30_000, Math.max(1, Math.floor(bytesMax / writeDer(child).length)));
  const count = Math.min(most, random.chance(80) ? random.size(80) : most);
  element.content.push(...Array.from({ length: count }, () => child));
}

function contentOf(element: DerTree): Uint8Array {
  if (!Array.isArray(element.content)) return element.content;
  return concat(element.prefix, ...element.content.map(writeDer));
}
