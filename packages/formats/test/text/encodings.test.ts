// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeBase64,
  encodeBase64Url,
  encodeHex,
  parseBase64,
  parseBase64Url,
  parseHex,
  parseUtf8,
  quote,
  utf8,
} from "@countermark/formats";
import fc from "fast-check";

test("parseHex: gives back what encodeHex wrote", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.deepEqual(parseHex(encodeHex(bytes), bytes.length, "x"), new Uint8Array(bytes));
    }),
  );
});

for (const [claim, text] of [
  ["upper case", "AB"],
  ["another length", "abc"],
  ["a letter that is no digit", "ag"],
] as const) {
  test(`parseHex: ${claim} is refused`, () => {
    assert.throws(() => parseHex(text, 1, "x"), { code: "not-hex" });
  });
}

test("parseBase64: gives back what encodeBase64 wrote", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      assert.deepEqual(parseBase64(encodeBase64(bytes), "x"), new Uint8Array(bytes));
      assert.equal(encodeBase64(bytes), Buffer.from(bytes).toString("base64"));
    }),
  );
});

test("parseBase64: gives back bytes of every length and kind", () => {
  for (const length of [...Array(200).keys(), 3_071, 3_072, 3_073, 20_000]) {
    const text = new Uint8Array(length).fill(0x61);
    const binary = Uint8Array.from(text, (_, i) => (i * 7 + length) % 256);
    for (const bytes of [text, binary, Uint8Array.of(0x30, 0x01, ...binary)]) {
      const encoded = encodeBase64(bytes);
      assert.equal(encoded, Buffer.from(bytes).toString("base64"));
      assert.deepEqual(parseBase64(encoded, "x"), bytes);
    }
  }
});

test("parseBase64Url: gives back what encodeBase64Url wrote", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.deepEqual(parseBase64Url(encodeBase64Url(bytes), "x"), new Uint8Array(bytes));
      assert.equal(encodeBase64Url(bytes), Buffer.from(bytes).toString("base64url"));
    }),
  );
});

for (const [claim, text] of [
  ["missing padding", "QQ"],
  ["the other alphabet", "_-8="],
  ["white space", "QQ= ="],
  ["white space instead of padding", "QQ  "],
  ["white space before", " QQ="],
  ["white space between, in fours", "QUJD    QUJD"],
  ["white space after padding", "QQ==    "],
  ["a line feed", "QUJ\n"],
  ["a letter outside of ASCII", "QU\u0141D"],
  ["nothing but padding", "===="],
  ["unused bits that are not zero, two of padding", "QR=="],
  ["unused bits that are not zero, one of padding", "QUJ="],
  ["padding in the middle", "QQ==QQ=="],
  ["too much padding", "Q==="],
] as const) {
  test(`parseBase64: ${claim} is refused`, () => {
    assert.throws(() => parseBase64(text, "x"), { code: "not-base64" });
  });
}

for (const [claim, text] of [
  ["padding", "QQ=="],
  ["the standard alphabet", "+/8"],
  ["one character too many", "QUJDQ"],
  ["unused bits that are not zero", "QR"],
] as const) {
  test(`parseBase64Url: ${claim} is refused`, () => {
    assert.throws(() => parseBase64Url(text, "x"), { code: "not-base64" });
  });
}

test("parseUtf8: what is not UTF-8 is refused", () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    assert.throws(() => parseUtf8(Uint8Array.from(bytes), "x"), { code: "not-utf8" });
  }
});

test("parseUtf8: a byte order mark is not dropped", () => {
  assert.equal(parseUtf8(utf8("\ufeffa"), "x"), "\ufeffa");
});

test("quote: long and strange text is shortened and escaped", () => {
  assert.equal(quote("a\nb"), '"a\\nb"');
  assert.equal(quote("x".repeat(100)).length, 85);
  assert.equal(
    quote("\u009b2J\x7f\u202eg\u2028\u{e0041}\ud800"),
    '"\\u{9b}2J\\u{7f}\\u{202e}g\\u{2028}\\u{e0041}\\ud800"',
  );
  assert.equal(quote("é 日本"), '"é 日本"');
});
