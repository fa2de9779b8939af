// SPDX-License-Identifier: Apache-2.0
import { encodeBase64, utf8 } from "@countermark/formats";
import type { Random } from "../random.ts";
import {
  copyTree,
  type JsonTree,
  parseJsonTree,
  type Slot,
  setValue,
  slotsOf,
  valueAt,
  writeJsonTree,
} from "./json-tree.ts";
import { type MutateContext, mutateInside } from "./mutate.ts";

/** A copy of `tree` with one change that JSON's grammar, or an abuse of it, can express. */
export function mutateJson(tree: JsonTree, context: MutateContext): Uint8Array {
  const { random } = context;
  const root: JsonTree = { kind: "list", items: [copyTree(tree)] };
  const slots = slotsOf(root);
  // What is long holds most: half of the time it is chosen by its length.
  if (random.chance(40)) editLeaf(random.pickBy(slots, textLength), context);
  else random.pick(CHANGES)(random.pick(slots), context);
  const [changed = tree, ...more] = root.items;
  const space = random.chance(4) ? random.pick([" ", "\n", "\t", "\r\n", "\u00a0", "\f"]) : "";
  return utf8([changed, ...more].map((item) => writeJsonTree(item, space)).join(","));
}

/** Copies go through an argument list. */
const COPIES_MAX = 30_000;

function textLength(slot: Slot): number {
  const value = valueAt(slot);
  return value.kind === "raw" ? value.text.length : 0;
}

type Change = (slot: Slot, context: MutateContext) => void;

const CHANGES: readonly Change[] = [
  drop,
  duplicate,
  rename,
  retype,
  retype,
  retype,
  editLeaf,
  editLeaf,
  editLeaf,
  editLeaf,
  swapWithOther,
  takeFromOther,
  nest,
  repeat,
  reorder,
];

/** Values as text: every type, and the borders and odd spellings of numbers and strings. */
const RAWS = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "1",
  "-1",
  "2",
  "1.0",
  "1e0",
  "10E-1",
  "0.1",
  "1e400",
  "-1e400",
  "5e-324",
  "1e-400",
  "01",
  "+1",
  ".5",
  "1.",
  "0x1",
  "NaN",
  "4294967295",
  "4294967296",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "18446744073709551616",
  "123456789012345678901234567890",
  '""',
  '"0"',
  '"-1"',
  '"01"',
  '"1e3"',
  '"9007199254740993"',
  '"none"',
  '"__proto__"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\ud83d\\ude00"',
  '"\u2028"',
  '"\u0085\u009b"',
  '"\u202e"',
  '"\\/"',
  '"\\x"',
  '"=="',
  '"AA=="',
  '"AB=="',
  "[]",
  "[[]]",
  "{}",
  '{"":null}',
  '{"__proto__":{"a":1}}',
  "",
];
const NAMES = [
  '""',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"length"',
  '"\\u0000"',
  '"\\ud800"',
  '"v"',
  '"0"',
];
const CHARACTERS = [
  "\0",
  "\n",
  "\r",
  "\t",
  " ",
  '"',
  "\\",
  "/",
  "\x7f",
  "\u0085",
  "\u00e9",
  "e\u0301",
  "\u2028",
  "\u202e",
  "\ufeff",
  "\ud800",
  "\u{1f600}",
  "\u0131",
  "K",
  "=",
  "+",
  "-",
  ".",
  "0",
  "a",
  "A",
];

function drop(slot: Slot): void {
  if (slot.kind === "item") slot.list.splice(slot.at, 1);
  else slot.members.splice(slot.at, 1);
}

/** Twice the same, or twice the same name with another value. */
function duplicate(slot: Slot, { random }: MutateContext): void {
  const value = random.chance(50) ? copyTree(valueAt(slot)) : raw(random.pick(RAWS));
  if (slot.kind === "item") {
    slot.list.splice(slot.at, 0, value);
    return;
  }
  const name = slot.members[slot.at]?.name ?? '""';
  const spelled = random.chance(20) ? escaped(name) : name;
  slot.members.splice(random.below(slot.members.length + 1), 0, { name: spelled, value });
}

function rename(slot: Slot, { random }: MutateContext): void {
  if (slot.kind === "item") {
    slot.list[slot.at] = { kind: "object", members: [{ name: random.pick(NAMES), value: valueAt(slot) }] };
    return;
  }
  const member = slot.members[slot.at];
  if (member === undefined) return;
  const { name } = member;
  const other = random.pick(slot.members).name;
  const longer = `${name.slice(0, -1)}${random.pick(["s", " ", "_", "\\u0000"])}"`;
  member.name = random.pick([random.pick(NAMES), other, longer, escaped(name), name.toUpperCase()]);
}

/** The same name with its first character as an escape. */
function escaped(name: string): string {
  const code = name.charCodeAt(1).toString(16).padStart(4, "0");
  return name.length > 2 && name.charAt(1) !== "\\" ? `"\\u${code}${name.slice(2)}` : name;
}

function retype(slot: Slot, { random }: MutateContext): void {
  const value = valueAt(slot);
  if (value.kind === "raw" && random.chance(25)) setValue(slot, raw(respelled(value.text, random)));
  else setValue(slot, raw(random.pick(RAWS)));
}

/** The same value as a string, or as what the string holds; the same number in another spelling, or one beside it. */
function respelled(text: string, random: Random): string {
  if (text.startsWith('"')) return random.chance(50) ? text.slice(1, -1) : `"${escaped(text).slice(1, -1)} "`;
  if (!/^-?[0-9]/.test(text)) return JSON.stringify(text);
  return random.pick([
    `"${text}"`,
    `${text}.0`,
    `${text}e0`,
    `-${text}`,
    `0${text}`,
    `${text}0`,
    `${Number(text) + 1}`,
    `${Number(text) - 1}`,
  ]);
}

/** Changes what a string says: as text, or as what it is the base64 or hexadecimal of. */
function editLeaf(slot: Slot, context: MutateContext): void {
  const value = valueAt(slot);
  if (value.kind !== "raw" || !value.text.startsWith('"') || value.text.length < 3) {
    retype(slot, context);
    return;
  }
  const text = JSON.parse(value.text) as string; // a leaf that begins with a quote is a string
  setValue(slot, raw(JSON.stringify(editText(text, context))));
}

function editText(text: string, context: MutateContext): string {
  const { random } = context;
  if (random.chance(75)) {
    if (/^(?:[0-9a-f]{2})+$/.test(text)) {
      return Buffer.from(mutateInside(Buffer.from(text, "hex"), context)).toString("hex");
    }
    const decoded = new Uint8Array(Buffer.from(text, "base64"));
    if (text.length >= 4 && encodeBase64(decoded) === text)
      return encodeBase64(mutateInside(decoded, context));
    if (text.includes("\n")) return Buffer.from(mutateInside(utf8(text), context)).toString("utf8");
  }
  const at = random.below(text.length + 1);
  const end = random.chance(50) ? at : at + random.size(8);
  const more = random.chance(30) ? "" : random.pick(CHARACTERS);
  return text.slice(0, at) + more.repeat(random.chance(5) ? random.size(5_000) : 1) + text.slice(end);
}

function swapWithOther(slot: Slot, { random }: MutateContext): void {
  const inside = slot.kind === "item" ? slot.list.length : slot.members.length;
  const other: Slot = { ...slot, at: random.below(inside) };
  const [a, b] = [valueAt(slot), valueAt(other)];
  setValue(slot, b);
  setValue(other, a);
}

function takeFromOther(slot: Slot, { random, other }: MutateContext): void {
  const tree = parseJsonTree(other);
  const slots = tree === null ? [] : slotsOf(tree);
  if (slots.length > 0) setValue(slot, copyTree(valueAt(random.pick(slots))));
}

function nest(slot: Slot, { random, bytesMax }: MutateContext): void {
  const inObject = random.chance(50);
  const [open, close] = inObject ? ['{"a":', "}"] : ["[", "]"];
  const deep = Math.min(100_000, Math.floor(bytesMax / (open.length + close.length)));
  const levels = random.chance(50)
    ? 1
    : random.chance(80)
      ? random.size(64)
      : random.chance(50)
        ? 2_000
        : deep;
  // As text: functions that call themselves do not come so deep.
  setValue(slot, raw(`${open.repeat(levels)}${writeJsonTree(valueAt(slot), "")}${close.repeat(levels)}`));
}

/** Many of the same, up to what the input may hold. */
function repeat(slot: Slot, { random, bytesMax }: MutateContext): void {
  const value = valueAt(slot);
  const length = writeJsonTree(value, "").length + 1;
  const wanted = random.chance(80) ? random.size(100) : random.size(COPIES_MAX);
  const count = Math.min(wanted, Math.ceil(bytesMax / length));
  if (slot.kind === "item") {
    slot.list.splice(slot.at, 0, ...Array.from({ length: count }, () => value));
    return;
  }
  const members = Array.from({ length: count }, (_, i) => ({ name: `"${i}"`, value }));
  slot.members.splice(slot.at, 0, ...members);
}

function reorder(slot: Slot, { random }: MutateContext): void {
  const list: unknown[] = slot.kind === "item" ? slot.list : slot.members;
  list.push(...list.splice(random.below(list.length), 1));
}

function raw(text: string): JsonTree {
  return { kind: "raw", text };
}
