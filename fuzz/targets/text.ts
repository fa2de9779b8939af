// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from "node:buffer";
import {
  encodeBase64,
  encodeBase64Url,
  encodeCanonicalJson,
  encodeHex,
  jsonInput,
  parseBase64,
  parseBase64Url,
  parseHex,
  parseJson,
  parseUtf8,
} from "@countermark/formats";
import { agreesWithEngine, canonical, refusedOnPurpose, textOf } from "../oracles.ts";
import { conformance, texts, vectors } from "../seeds.ts";
import { expect, expectBytes, row, type Target } from "../target.ts";

const LIMITS = { bytesMax: 131_072, depthMax: 16 };

function jsonSeeds(): readonly Uint8Array[] {
  const odd = texts(
    '{"a":[1,-0,1.5e3,true,false,null,"\\u00e9\\ud83d\\ude00\\n"],"__proto__":{"x":{}},"":[[],{}]}',
    `${"[".repeat(17)}${"]".repeat(17)}`,
    `${"[".repeat(18)}${"]".repeat(18)}`,
    '{"a":1,"\\u0061":2}',
    '["\\ud800"]',
    "[1e309]",
    "\ufeff[]",
    ' [ 1 , "\\/" ] ',
  );
  return [...odd, ...vectors("statements.json", "valid", "payload"), ...conformance("trust/*.json")];
}

function base64Seeds(): readonly Uint8Array[] {
  return texts(
    "",
    "AA==",
    "AAA=",
    "AAAA",
    "AB==",
    "AAB=",
    "A===",
    "+/+/",
    "-_-_",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  );
}

export const TEXT_TARGETS: readonly Target[] = [
  row({
    name: "json",
    bytesMax: LIMITS.bytesMax,
    seeds: jsonSeeds,
    read: (input) => parseJson(input, LIMITS, "fuzz"),
    accepted: agreesWithEngine,
    refused: (code, input) => refusedOnPurpose(code, input, LIMITS),
  }),
  row({
    name: "canonical-json",
    bytesMax: LIMITS.bytesMax,
    seeds: jsonSeeds,
    read: (input) => parseJson(input, LIMITS, "fuzz"),
    accepted: (value) => {
      const written = encodeCanonicalJson(jsonInput(value));
      expect(
        JSON.stringify(JSON.parse(textOf(written))).length === textOf(written).length,
        "canonical JSON has no white space",
      );
      expectBytes(
        encodeCanonicalJson(jsonInput(parseJson(written, LIMITS, "fuzz"))),
        written,
        "canonical JSON stays what it is",
      );
    },
  }),
  row({
    name: "base64",
    bytesMax: LIMITS.bytesMax,
    seeds: base64Seeds,
    read: (input) => parseBase64(textOf(input), "fuzz"),
    accepted: (bytes, input) => {
      canonical(encodeBase64)(bytes, Buffer.from(textOf(input)));
      expectBytes(bytes, Buffer.from(textOf(input), "base64"), "Buffer reads the same base64");
    },
    refused: (_, input) => {
      const text = textOf(input);
      expect(
        Buffer.from(text, "base64").toString("base64") !== text,
        "base64 that Buffer writes is accepted",
      );
    },
  }),
  row({
    name: "base64url",
    bytesMax: LIMITS.bytesMax,
    seeds: base64Seeds,
    read: (input) => parseBase64Url(textOf(input), "fuzz"),
    accepted: (bytes, input) => {
      canonical(encodeBase64Url)(bytes, Buffer.from(textOf(input)));
      expectBytes(bytes, Buffer.from(textOf(input), "base64url"), "Buffer reads the same base64url");
    },
    refused: (_, input) => {
      const text = textOf(input);
      expect(
        Buffer.from(text, "base64url").toString("base64url") !== text,
        "base64url that Buffer writes is accepted",
      );
    },
  }),
  row({
    name: "hex",
    bytesMax: LIMITS.bytesMax,
    seeds: () => texts("", "00ff", "00FF", "0", "0x", "0123456789abcdef"),
    read: (input) => parseHex(textOf(input), Math.floor(textOf(input).length / 2), "fuzz"),
    accepted: (bytes, input) => {
      canonical(encodeHex)(bytes, input);
      expectBytes(bytes, Buffer.from(textOf(input), "hex"), "Buffer reads the same hexadecimal");
    },
    refused: (_, input) => {
      const text = textOf(input);
      expect(Buffer.from(text, "hex").toString("hex") !== text, "hexadecimal that Buffer writes is accepted");
    },
  }),
  row({
    name: "utf8",
    bytesMax: LIMITS.bytesMax,
    seeds: () =>
      texts("", "a\u00e9\u20ac\u{1f600}", "\ufeffx", "\u0000\u007f\u0080\u07ff\u0800\uffff\u{10ffff}"),
    read: (input) => parseUtf8(input, "fuzz"),
    accepted: (text, input) => {
      expect(isUtf8(input), "what is accepted as UTF-8 is");
      expectBytes(Buffer.from(text), input, "no byte of UTF-8 is lost");
    },
    refused: (_, input) => expect(!isUtf8(input), "UTF-8 is accepted"),
  }),
];
