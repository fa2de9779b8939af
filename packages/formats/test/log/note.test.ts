// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeNote, NOTE_BYTES_MAX, parseNote, utf8 } from "@countermark/formats";
import { latin1 } from "./support.ts";

/** The example of c2sp.org/signed-note. */
const EXAMPLE =
  "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n" +
  "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

test("parseNote: the specification's example, whose text has an empty line of its own", () => {
  const note = parseNote(utf8(EXAMPLE));
  assert.equal(note.text, EXAMPLE.slice(0, EXAMPLE.lastIndexOf("\n\n") + 1));
  assert.equal(note.signatures.length, 1);
  assert.equal(note.signatures[0]?.name, "quasimodo.example/salvatore");
  assert.equal(note.signatures[0]?.keyId.length, 4);
  assert.equal(note.signatures[0]?.signature.length, 64);
});

test("encodeNote: gives the bytes that were parsed", () => {
  assert.equal(latin1(encodeNote(parseNote(utf8(EXAMPLE)))), EXAMPLE);
});

const line = "— a.example AAAAAAEC\n";
for (const [claim, text, code] of [
  ["a note without signatures is refused", "text\n\n", "malformed"],
  ["a note without an empty line is refused", `text\n${line}`, "malformed"],
  ["a note without a text is refused", `\n\n${line}`, "malformed"],
  ["a note that ends without a newline is refused", `text\n\n${line.slice(0, -1)}`, "malformed"],
  ["a hyphen for the em dash is refused", "text\n\n- a.example AAAAAAEC\n", "malformed"],
  ["two spaces are refused", "text\n\n—  a.example AAAAAAEC\n", "malformed"],
  ["a fourth word is refused", "text\n\n— a.example AAAAAAEC x\n", "malformed"],
  ["a key name with a plus sign is refused", "text\n\n— a+example AAAAAAEC\n", "malformed"],
  ["a key name with a Unicode space is refused", "text\n\n— a\u2003example AAAAAAEC\n", "malformed"],
  ["a key name with U+0085 is refused", "text\n\n— a\u0085example AAAAAAEC\n", "malformed"],
  ["an empty key name is refused", "text\n\n—  AAAAAAEC\n", "malformed"],
  ["a tab is refused", `te\txt\n\n${line}`, "malformed"],
  ["a carriage return is refused", `text\r\n\n${line}`, "malformed"],
  ["a NUL in the signatures is refused", "text\n\n— a\u0000 AAAAAAEC\n", "malformed"],
  ["base64 with unused bits set is refused", "text\n\n— a.example AAAAAAF=\n", "not-base64"],
  ["a signature of no bytes is refused", "text\n\n— a.example AAAAAA==\n", "truncated"],
  ["65 signatures are refused", `text\n\n${line.repeat(65)}`, "too-many"],
  ["a note above the limit is refused", `${"x".repeat(NOTE_BYTES_MAX)}\n\n${line}`, "too-large"],
] as const) {
  test(`parseNote: ${claim}`, () => {
    assert.throws(() => parseNote(utf8(text)), { code });
  });
}

test("parseNote: bytes that are not UTF-8 are refused", () => {
  assert.throws(() => parseNote(new Uint8Array([0xff, 0x0a, 0x0a])), { code: "not-utf8" });
});

test("parseNote: 64 signatures are read", () => {
  assert.equal(parseNote(utf8(`text\n\n${line.repeat(64)}`)).signatures.length, 64);
});

for (const [claim, note] of [
  ["a text without its newline is refused", { text: "x", signatures: parseNote(utf8(EXAMPLE)).signatures }],
  ["no signature is refused", { text: "x\n", signatures: [] }],
  [
    "a name with a space is refused",
    { text: "x\n", signatures: [{ name: "a b", keyId: new Uint8Array(4), signature: new Uint8Array(1) }] },
  ],
] as const) {
  test(`encodeNote: ${claim}`, () => {
    assert.throws(() => encodeNote(note), { code: "malformed" });
  });
}
