// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type DerReader,
  derBitString,
  derBoolean,
  derExplicit,
  derGeneralizedTime,
  derIa5String,
  derImplicit,
  derInteger,
  derNamedBits,
  derNull,
  derOctetString,
  derOid,
  derPrintableString,
  derSequence,
  derSetOf,
  derUtcTime,
  derUtf8String,
  encodeHex,
  readDer,
} from "../../src/index.ts";

const from = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const whole = <T>(read: (reader: DerReader) => T) => {
  return (hex: string): T => {
    const reader = readDer(from(hex), "test");
    const value = read(reader);
    reader.end();
    return value;
  };
};

const readers = {
  any: whole((reader) => reader.any().content.length),
  boolean: whole((reader) => reader.boolean()),
  "default boolean": whole((reader) => reader.booleanOrFalse()),
  integer: whole((reader) => encodeHex(reader.integer())),
  "small integer": whole((reader) => reader.smallInteger(1000)),
  "bit string": whole((reader) => encodeHex(reader.bitString().bytes)),
  octets: whole((reader) => encodeHex(reader.bitStringOctets())),
  oid: whole((reader) => reader.oid()),
  null: whole((reader) => reader.null()),
  time: whole((reader) => reader.certificateTime()),
  "fraction time": whole((reader) => reader.generalizedTime()),
  text: whole((reader) => reader.utf8String()),
} as const;

const read: readonly (readonly [keyof typeof readers, string, unknown])[] = [
  ["any", "0400", 0],
  ["any", `048180${"00".repeat(128)}`, 128],
  ["any", `04820100${"00".repeat(256)}`, 256],
  ["boolean", "0101ff", true],
  ["boolean", "010100", false],
  ["default boolean", "", false],
  ["integer", "020100", "00"],
  ["integer", "02020080", "0080"],
  ["integer", "020180", "80"],
  ["small integer", "020203e8", 1000],
  ["bit string", "030100", ""],
  ["bit string", "03020780", "80"],
  ["oid", "06032a0304", "1.2.3.4"],
  ["oid", "0609 608648016503040201", "2.16.840.1.101.3.4.2.1"],
  ["null", "0500", undefined],
  ["time", derHex(derUtcTime(1_780_000_000)), 1_780_000_000],
  ["time", derHex(derUtcTime(0)), 0],
  ["time", derHex(derGeneralizedTime(2_600_000_000)), 2_600_000_000],
  ["fraction time", hexOf(0x18, "20260131235959.5Z"), 1_769_903_999],
  ["text", "0c03e282ac", "€"],
];
for (const [name, hex, value] of read) {
  test(`readDer: ${name} ${hex.slice(0, 24) || "(nothing)"} is read`, () => {
    assert.equal(readers[name](hex), value);
  });
}

const refused: readonly (readonly [string, keyof typeof readers, string, string])[] = [
  ["an empty input", "any", "", "truncated"],
  ["a tag alone", "any", "04", "truncated"],
  ["a cut content", "any", "040200", "truncated"],
  ["a cut length", "any", "0482", "truncated"],
  ["a byte too many", "any", "040000", "trailing-data"],
  ["an indefinite length (BER)", "any", "2480 0000", "not-der"],
  ["a length of four octets", "any", "04840000000100", "not-der"],
  ["a long form of a short length", "any", "04810100", "not-der"],
  ["a long form with a leading zero", "any", `04820080${"00".repeat(128)}`, "not-der"],
  ["a tag of two octets", "any", "1f8100", "not-der"],
  ["a boolean of 0x01 (BER)", "boolean", "010101", "not-der"],
  ["a boolean of two octets", "boolean", "0102ffff", "not-der"],
  ["a default that is written out", "default boolean", "010100", "not-der"],
  ["an empty integer", "integer", "0200", "not-der"],
  ["a padded positive integer", "integer", "0202007f", "not-der"],
  ["a padded negative integer", "integer", "0202ff80", "not-der"],
  ["a negative small integer", "small integer", "0201ff", "out-of-range"],
  ["a small integer above its maximum", "small integer", "020203e9", "out-of-range"],
  ["a small integer of many octets", "small integer", "02097fffffffffffffffff", "out-of-range"],
  ["an empty bit string", "bit string", "0300", "not-der"],
  ["eight unused bits", "bit string", "030208ff", "not-der"],
  ["unused bits of nothing", "bit string", "030107", "not-der"],
  ["unused bits that are set", "bit string", "03020781", "not-der"],
  ["octets with unused bits", "octets", "03020780", "not-der"],
  ["an empty object identifier", "oid", "0600", "not-der"],
  ["an object identifier with padding", "oid", "06032a8001", "not-der"],
  ["an object identifier that is cut", "oid", "06022a83", "not-der"],
  ["an object identifier above 64 bytes", "oid", `0641${"01".repeat(65)}`, "too-large"],
  ["an arc above 2^53", "oid", "060a2affffffffffffffff7f", "not-der"],
  ["a null with content", "null", "050100", "not-der"],
  ["another type", "integer", "0400", "not-der"],
  ["text that is not UTF-8", "text", "0c01ff", "not-utf8"],
  ["a time without seconds", "time", hexOf(0x17, "2601312359Z"), "not-der"],
  ["a time with an offset", "time", hexOf(0x17, "260131235959+0000"), "not-der"],
  ["a GeneralizedTime before 2050", "time", hexOf(0x18, "20260131235959Z"), "not-canonical"],
  ["a certificate time with a fraction", "time", hexOf(0x18, "20520131235959.5Z"), "not-der"],
  ["a fraction that ends in zero", "fraction time", hexOf(0x18, "20260131235959.50Z"), "not-der"],
  ["the 30th of February", "time", hexOf(0x17, "260230000000Z"), "out-of-range"],
  ["a leap second", "time", hexOf(0x17, "161231235960Z"), "out-of-range"],
];
for (const [what, name, hex, code] of refused) {
  test(`readDer: ${what} is refused`, () => {
    assert.throws(() => readers[name](hex), { code });
  });
}

test("readDer: nesting beyond the limit is refused", () => {
  let bytes: Uint8Array = derNull();
  for (let i = 0; i < 30; i++) bytes = derSequence(bytes);
  const descend = (reader: DerReader): void => descend(reader.sequence());
  assert.throws(() => descend(readDer(bytes, "test")), { code: "too-deep" });
});

test("readDer: an OBJECT IDENTIFIER is the same after others were read", () => {
  const names = Array.from({ length: 2_000 }, (_, i) => `1.3.6.1.4.1.${i}.${2_000 - i}`);
  for (const name of [...names, ...names.toReversed()])
    assert.equal(readDer(derOid(name), "test").oid(), name);
});

test("readDer: an OBJECT IDENTIFIER does not change with the bytes that it was read from", () => {
  // Two that share a slot among those that are remembered.
  const bytes = derOid("1.2.1.40");
  assert.equal(readDer(bytes, "test").oid(), "1.2.1.40");
  bytes.set(derOid("1.2.2.9"));
  assert.equal(readDer(bytes, "test").oid(), "1.2.2.9");
});

test("readDer: what is taken is the element that was read last", () => {
  const reader = readDer(derSequence(derNull(), derSequence(derInteger(1))), "test").sequence();
  reader.null();
  reader.sequence();
  assert.deepEqual(reader.taken(), derSequence(derInteger(1)));
});

test("readDer: what is read shares the memory of the input", () => {
  const bytes = derOctetString(Uint8Array.of(1, 2, 3));
  assert.equal(readDer(bytes, "test").octetString().buffer, bytes.buffer);
});

const written: readonly (readonly [string, Uint8Array, string])[] = [
  ["derInteger", derInteger(0), "020100"],
  ["derInteger", derInteger(128), "02020080"],
  ["derInteger", derInteger(Uint8Array.of(0, 0, 1)), "020101"],
  ["derInteger", derInteger(Uint8Array.of(0xff)), "020200ff"],
  ["derInteger", derInteger(new Uint8Array(0)), "020100"],
  ["derBoolean", derBoolean(true), "0101ff"],
  ["derNamedBits", derNamedBits([0]), "03020780"],
  ["derNamedBits", derNamedBits([5, 6]), "03020106"],
  ["derNamedBits", derNamedBits([0, 8]), "0303078080"],
  ["derNamedBits", derNamedBits([]), "030100"],
  ["derBitString", derBitString(Uint8Array.of(1)), "03020001"],
  ["derOid", derOid("1.3.6.1.4.1.57264.1.8"), "060a2b0601040183bf300108"],
  ["derOid", derOid("2.999.3"), "0603883703"],
  ["derExplicit", derExplicit(0, derNull()), "a0020500"],
  ["derImplicit", derImplicit(6, Uint8Array.of(0x61)), "860161"],
  ["derSetOf", derSetOf(derInteger(2), derInteger(1)), "3106020101020102"],
  ["derUtf8String", derUtf8String("€"), "0c03e282ac"],
  ["derIa5String", derIa5String("a"), "160161"],
  ["derPrintableString", derPrintableString("a b"), "1303612062"],
  ["derOctetString", derOctetString(new Uint8Array(300)).subarray(0, 4), "0482012c"],
];
for (const [name, bytes, hex] of written) {
  test(`${name}: writes ${hex.slice(0, 24)}`, () => assert.equal(encodeHex(bytes), hex));
}

for (const [what, write] of [
  ["derIa5String: text outside ASCII", () => derIa5String("é")],
  ["derPrintableString: text outside its alphabet", () => derPrintableString("a@b")],
  ["derOid: no object identifier", () => derOid("3.1")],
  ["derOid: an empty arc", () => derOid("1..2x")],
  ["derInteger: a negative number", () => derInteger(-1)],
  ["derUtcTime: the year 2050", () => derUtcTime(2_524_608_000)],
  ["derGeneralizedTime: half a second", () => derGeneralizedTime(0.5)],
] as const) {
  test(`${what} is our own mistake`, () => assert.throws(write, TypeError));
}

function derHex(bytes: Uint8Array): string {
  return encodeHex(bytes);
}

function hexOf(tag: number, text: string): string {
  return Buffer.from([tag, text.length, ...Buffer.from(text)]).toString("hex");
}
