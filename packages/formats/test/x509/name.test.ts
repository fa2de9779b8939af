// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  derElement,
  derOid,
  derSequence,
  derSet,
  encodeName,
  NAME_OIDS,
  readNameTexts,
  utf8,
} from "../../src/index.ts";

const attribute = (oid: string, tag: number, text: string) =>
  derSet(derSequence(derOid(oid), derElement(tag, utf8(text))));

test("readNameTexts: reads back what was encoded, and absence as emptiness", () => {
  const name = { organization: "Toy", commonName: "Toy root" };
  assert.deepEqual(readNameTexts(encodeName(name)), name);
  assert.deepEqual(readNameTexts(encodeName({})), { organization: "", commonName: "" });
});

test("readNameTexts: reads PrintableStrings too, and nothing else", () => {
  const printable = derSequence(
    attribute(NAME_OIDS.organization, 0x13, "o"),
    attribute(NAME_OIDS.commonName, 0x16, "c"),
    attribute("2.5.4.6", 0x13, "XX"),
  );
  assert.deepEqual(readNameTexts(printable), { organization: "o", commonName: "" });
});

test("readNameTexts: what is no name is refused", () => {
  assert.throws(() => readNameTexts(Uint8Array.of(4, 0)), { code: "not-der" });
  assert.throws(() => readNameTexts(Uint8Array.of(0x30, 0, 0)), { code: "trailing-data" });
});
