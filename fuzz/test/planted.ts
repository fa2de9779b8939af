// SPDX-License-Identifier: Apache-2.0
// Parsers with one mistake each. The fuzzer finds every one of them, or it would find none in the real ones.

import { ParseError, parseJson, parseUtf8, utf8 } from "@countermark/formats";
import { canonical, nothing } from "../oracles.ts";
import { expect, row, type Target } from "../target.ts";

const JSON_SEED = utf8('{"name":"a","items":[1,2,3],"digest":"AAECAwQFBgc="}');
const LIMITS = { bytesMax: 65_536, depthMax: 8 };
const kept: unknown[] = [];

function planted(name: string, read: (input: Uint8Array) => unknown): Target {
  return row({ name, bytesMax: 65_536, seeds: () => [JSON_SEED], read, accepted: nothing });
}

export const TARGETS: readonly Target[] = [
  planted("sound", (input) => parseJson(input, LIMITS, "planted")),
  planted("crash", (input) => {
    const value = parseJson(input, LIMITS, "planted");
    // A member that is null where text was expected.
    if (value instanceof Map && value.get("name") === null) throw new TypeError("name is null");
  }),
  planted("stack", (input) => nestedLists(parseUtf8(input, "planted"), 0)),
  planted("hang", (input) => {
    for (let at = 0; at < input.length; at += (input[at] ?? 0) & 0x7f);
  }),
  planted("silent-hang", (input) => (input[0] === 0 ? new Promise(() => {}) : input)),
  planted("quadratic", (input) => {
    let sum = 0;
    for (let i = 0; i < input.length; i++) for (let j = 0; j < i; j += 32) sum += input[j] ?? 0;
    return sum;
  }),
  planted("memory", (input) => Array.from(input, () => new Float64Array(40))),
  planted("out-of-memory", (input) => {
    if (input.length % 7 === 3) for (;;) kept.push(new Array(500_000).fill(input.length));
  }),
  planted("foreign-code", (input) => {
    if (input[1] === 0x5b) throw Object.assign(new ParseError("malformed", "x"), { code: "other" });
  }),
  planted("loud", (input) => {
    throw Object.assign(new ParseError("malformed", ""), { message: parseUtf8(input, "planted") });
  }),
  planted("writes", (input) => input.fill(0)),
  // Four steps, to each of which only the block behind the step before leads.
  row({
    name: "deep",
    bytesMax: 64,
    seeds: () => [Uint8Array.of(0xff, 0, 0, 0, 0)],
    read: (input) => {
      if (input[1] !== 0x02) return;
      if (input[2] !== 0x04) return;
      if (input[3] !== 0x08) return;
      if (input[4] !== 0x10) return;
      throw new TypeError("deep");
    },
    accepted: nothing,
  }),
  row({
    name: "round-trip",
    bytesMax: 65_536,
    seeds: () => [utf8("1"), utf8("12")],
    read: (input) => Number(parseUtf8(input, "planted")),
    accepted: canonical(String),
  }),
  row({
    name: "oracle-throws",
    bytesMax: 65_536,
    seeds: () => [JSON_SEED],
    read: (input) => input,
    accepted: (_, input) => expect(parseUtf8(input, "planted").length > 0, "it is filled"),
  }),
];

function nestedLists(text: string, at: number): number {
  return text.charAt(at) === "[" ? nestedLists(text, at + 1) : at;
}
