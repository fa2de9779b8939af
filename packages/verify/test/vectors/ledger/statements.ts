// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/statements.json and vectors/ledger/state-leaf.json
import {
  encodeEntry,
  encodeHex,
  encodeStateLeaf,
  encodeStatement,
  parseEntry,
  parseStateLeaf,
  parseStatement,
  parseUtf8,
  type StateLeaf,
  utf8,
} from "@countermark/formats";
import { bytesOf, type Cases, gives, refuses } from "../case.ts";
import type { InvalidBytes } from "./records.ts";

interface StatementsFile {
  readonly valid: readonly { readonly kind: string; readonly payload: string; readonly leaf: string }[];
  readonly unknown: { readonly kind: string; readonly payload: string };
  readonly invalidPayloads: readonly InvalidBytes[];
  readonly invalidLeaves: readonly InvalidBytes[];
}

export const statementCases: Cases = (file) => {
  const { valid, unknown, invalidPayloads, invalidLeaves } = file as StatementsFile;
  return [
    ...valid.map(({ kind, payload, leaf }, i) =>
      gives(`${kind} ${i}`, { kind, payload, leaf }, () => {
        const statement = parseStatement(bytesOf(payload));
        const entry = parseEntry(bytesOf(leaf));
        return {
          kind: statement.kind,
          payload: encodeHex(encodeStatement(statement)),
          leaf: encodeHex(encodeEntry(entry.payload, entry)),
        };
      }),
    ),
    gives("a kind that is not known", unknown, () => {
      const statement = parseStatement(bytesOf(unknown.payload));
      const kind = statement.kind === "unknown" ? statement.name : "a known kind";
      return { kind, payload: encodeHex(encodeStatement(statement)) };
    }),
    ...invalidPayloads.map(({ name, hex, code }) =>
      refuses(`payload: ${name}`, code, () => parseStatement(bytesOf(hex))),
    ),
    ...invalidLeaves.map(({ name, hex, code }) =>
      refuses(`leaf: ${name}`, code, () => parseEntry(bytesOf(hex))),
    ),
  ];
};

interface StateLeafFile {
  readonly valid: readonly { readonly text: string; readonly value: StateLeaf }[];
  readonly invalid: readonly InvalidBytes[];
}

export const stateLeafCases: Cases = (file) => {
  const { valid, invalid } = file as StateLeafFile;
  return [
    ...valid.flatMap(({ text, value }, i) => [
      gives(`state leaf ${i} is read`, value, () => parseStateLeaf(utf8(text))),
      gives(`state leaf ${i} is written`, text, () => parseUtf8(encodeStateLeaf(value), "leaf")),
    ]),
    ...invalid.map(({ name, hex, code }) => refuses(name, code, () => parseStateLeaf(bytesOf(hex)))),
  ];
};
