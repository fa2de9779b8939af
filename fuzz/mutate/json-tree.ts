// SPDX-License-Identifier: Apache-2.0
// JSON as it is written: member names and scalars are kept as text, so that a tree can say what no value can.

export type JsonTree =
  | { readonly kind: "raw"; text: string }
  | { readonly kind: "list"; items: JsonTree[] }
  | { readonly kind: "object"; members: JsonMember[] };

export interface JsonMember {
  /** With its quotes. */
  name: string;
  value: JsonTree;
}

const DEPTH_MAX = 256;

/** Null for what is not JSON, or too deep to be walked by functions that call themselves. */
export function parseJsonTree(bytes: Uint8Array): JsonTree | null {
  try {
    return treeOf(JSON.parse(Buffer.from(bytes).toString("utf8")), 0);
  } catch {
    return null;
  }
}

function treeOf(value: unknown, depth: number): JsonTree {
  if (depth > DEPTH_MAX) throw new RangeError("Cannot walk JSON that is so deep");
  if (Array.isArray(value)) return { kind: "list", items: value.map((item) => treeOf(item, depth + 1)) };
  if (typeof value !== "object" || value === null) return { kind: "raw", text: JSON.stringify(value) };
  const members = Object.entries(value).map(([name, member]) => ({
    name: JSON.stringify(name),
    value: treeOf(member, depth + 1),
  }));
  return { kind: "object", members };
}

export function copyTree(tree: JsonTree): JsonTree {
  if (tree.kind === "raw") return { ...tree };
  if (tree.kind === "list") return { kind: "list", items: tree.items.map(copyTree) };
  return {
    kind: "object",
    members: tree.members.map(({ name, value }) => ({ name, value: copyTree(value) })),
  };
}

/** @param space stands between tokens. */
export function writeJsonTree(tree: JsonTree, space: string): string {
  if (tree.kind === "raw") return tree.text;
  const comma = `,${space}`;
  if (tree.kind === "list") return `[${tree.items.map((item) => writeJsonTree(item, space)).join(comma)}]`;
  const members = tree.members.map(({ name, value }) => `${name}:${space}${writeJsonTree(value, space)}`);
  return `{${members.join(comma)}}`;
}

/** A place in a tree where a value stands. */
export type Slot =
  | { readonly kind: "item"; readonly list: JsonTree[]; readonly at: number }
  | { readonly kind: "member"; readonly members: JsonMember[]; readonly at: number };

/** Every place below `tree`. */
export function slotsOf(tree: JsonTree): Slot[] {
  const slots: Slot[] = [];
  const open: JsonTree[] = [tree];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === "list") {
      const list = next.items;
      list.forEach((item, at) => {
        slots.push({ kind: "item", list, at });
        open.push(item);
      });
    } else if (next.kind === "object") {
      const { members } = next;
      members.forEach((member, at) => {
        slots.push({ kind: "member", members, at });
        open.push(member.value);
      });
    }
  }
  return slots;
}

export function valueAt(slot: Slot): JsonTree {
  const value = slot.kind === "item" ? slot.list[slot.at] : slot.members[slot.at]?.value;
  return value ?? { kind: "raw", text: "null" };
}

export function setValue(slot: Slot, value: JsonTree): void {
  if (slot.kind === "item") {
    slot.list[slot.at] = value;
    return;
  }
  const member = slot.members[slot.at];
  if (member !== undefined) member.value = value;
}
