// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeCanonicalJson,
  JSON_VALUES_MAX,
  type JsonInput,
  type JsonValue,
  jsonInput,
  parseJson,
  parseJsonObject,
  utf8,
} from "@countermark/formats";
import canonicalize from "canonicalize";
import fc from "fast-check";

const LIMITS = { bytesMax: 1_000_000, depthMax: 32 };
const read = (text: string) => parseJson(utf8(text), LIMITS, "test");
const object = (text: string) => parseJsonObject(utf8(text), LIMITS, "test");

test("parseJson: agrees with the platform's reader on every document it writes", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      assert.equal(canonicalize(jsonInput(read(text))), canonicalize(JSON.parse(text)));
    }),
  );
});

test("parseJson: never accepts what the platform's reader refuses", () => {
  const alphabet = fc.constantFrom(...'{}[]":,\\ \n0123456789eE+-.truefalsnu\u0000"a');
  fc.assert(
    fc.property(fc.string({ unit: alphabet, maxLength: 24 }), (text) => {
      let accepted = true;
      try {
        read(text);
      } catch {
        accepted = false;
      }
      if (accepted) assert.doesNotThrow(() => JSON.parse(text));
    }),
    { numRuns: 2_000 },
  );
});

for (const [claim, text, code] of [
  ["a member named twice", '{"a":1,"a":2}', "duplicate-key"],
  ["a member named twice, once by escape", '{"a":1,"\\u0061":2}', "duplicate-key"],
  ["text after the value", "{} {}", "not-json"],
  ["a trailing comma in an object", '{"a":1,}', "not-json"],
  ["a trailing comma in an array", "[1,]", "not-json"],
  ["a comment", "/**/{}", "not-json"],
  ["a leading zero", "01", "not-json"],
  ["a bare minus", "-", "not-json"],
  ["NaN", "NaN", "not-json"],
  ["a number beyond a double", "1e999", "not-json"],
  ["a lone surrogate", '"\\ud800"', "not-json"],
  ["a control character in a string", '"\u0001"', "not-json"],
  ["a line feed in a string of a text with line feeds", '{\n"a":"x\ny"}', "not-json"],
  ["a line feed in a string behind an escape", '["\\n\n"]', "not-json"],
  ["a string closed by an escaped quote", '["a\\"]', "not-json"],
  ["an unknown escape", '"\\x"', "not-json"],
  ["a short unicode escape", '"\\u00e"', "not-json"],
  ["an open string", '"a', "not-json"],
  ["an open array", "[1", "not-json"],
  ["an open object", '{"a":1', "not-json"],
  ["a name that is not a string", "{a:1}", "not-json"],
  ["a missing colon", '{"a" 1}', "not-json"],
  ["a misspelt word", "nul", "not-json"],
  ["nothing", "", "not-json"],
  ["a byte order mark", "\ufeff{}", "not-json"],
  ["nesting beyond the limit", "[".repeat(40) + "]".repeat(40), "too-deep"],
] as const) {
  test(`parseJson: ${claim} is refused`, () => {
    assert.throws(() => read(text), { code });
  });
}

test("parseJson: more bytes than the limit are refused before they are read", () => {
  assert.throws(() => parseJson(utf8("[1,2]"), { bytesMax: 4, depthMax: 2 }, "test"), { code: "too-large" });
});

test("parseJsonObject: another value than an object is refused", () => {
  assert.throws(() => object("[]"), { code: "wrong-type" });
});

test("JsonObject: a member named __proto__ is an ordinary member", () => {
  const parsed = object('{"__proto__":{"a":1}}');
  assert.equal(parsed.object("__proto__").integer("a", { min: 0, max: 9 }), 1);
  assert.equal(
    new TextDecoder().decode(encodeCanonicalJson(jsonInput(read('{"__proto__":1}')))),
    '{"__proto__":1}',
  );
});

const GOOD = '{"t":"x","n":5,"b":true,"z":null,"l":[1],"s":["a"],"o":[{}],"h":"ab","e":"QQ=="}';

test("JsonObject: every reader reads its field", () => {
  const o = object(GOOD);
  assert.equal(o.text("t", { charsMax: 1 }), "x");
  assert.equal(o.integer("n", { min: 5, max: 5 }), 5);
  assert.equal(o.boolean("b"), true);
  assert.equal(o.textOrNull("z", { charsMax: 1 }), null);
  assert.deepEqual(o.list("l", { itemsMax: 1 }), [1]);
  assert.deepEqual(o.texts("s", { itemsMax: 1, charsMax: 1 }), ["a"]);
  assert.equal(o.objects("o", { itemsMax: 1 }).length, 1);
  assert.deepEqual(o.hex("h", 1), Uint8Array.of(0xab));
  assert.deepEqual(o.base64("e", { bytesMax: 1 }), Uint8Array.of(0x41));
  assert.equal(o.choice("t", ["x", "y"]), "x");
  assert.equal(o.has("nope"), false);
  assert.equal(o.names().length, 9);
  o.end();
});

for (const [claim, attempt, code] of [
  ["an absent field", (o: ReturnType<typeof object>) => o.text("nope", { charsMax: 1 }), "missing-field"],
  ["a field nobody read", (o: ReturnType<typeof object>) => o.end(), "unknown-field"],
  [
    "a number where text is wanted",
    (o: ReturnType<typeof object>) => o.text("n", { charsMax: 9 }),
    "wrong-type",
  ],
  ["text that is too long", (o: ReturnType<typeof object>) => o.text("t", { charsMax: 0 }), "too-large"],
  [
    "text off its pattern",
    (o: ReturnType<typeof object>) => o.text("t", { charsMax: 1, pattern: /^y$/ }),
    "malformed",
  ],
  ["a choice outside the set", (o: ReturnType<typeof object>) => o.choice("t", ["y"]), "unsupported"],
  [
    "an integer above its range",
    (o: ReturnType<typeof object>) => o.integer("n", { min: 0, max: 4 }),
    "out-of-range",
  ],
  [
    "an integer below its range",
    (o: ReturnType<typeof object>) => o.integer("n", { min: 6, max: 9 }),
    "out-of-range",
  ],
  [
    "text where an integer is wanted",
    (o: ReturnType<typeof object>) => o.integer("t", { min: 0, max: 9 }),
    "wrong-type",
  ],
  ["text where a boolean is wanted", (o: ReturnType<typeof object>) => o.boolean("t"), "wrong-type"],
  [
    "text where a list is wanted",
    (o: ReturnType<typeof object>) => o.list("t", { itemsMax: 9 }),
    "wrong-type",
  ],
  ["too many items", (o: ReturnType<typeof object>) => o.list("l", { itemsMax: 0 }), "too-many"],
  [
    "a list item of another type",
    (o: ReturnType<typeof object>) => o.texts("l", { itemsMax: 9, charsMax: 9 }),
    "wrong-type",
  ],
  [
    "a list item that is too long",
    (o: ReturnType<typeof object>) => o.texts("s", { itemsMax: 9, charsMax: 0 }),
    "too-large",
  ],
  ["text where an object is wanted", (o: ReturnType<typeof object>) => o.object("t"), "wrong-type"],
] as const) {
  test(`JsonObject: ${claim} is refused`, () => {
    assert.throws(() => attempt(object(GOOD)), { code });
  });
}

test("parseJson: one value more than its limit is refused", () => {
  // The list itself is a value too.
  const list = (items: number): Uint8Array => utf8(`[${"0,".repeat(items - 1)}0]`);
  const limits = { bytesMax: 2 * JSON_VALUES_MAX + 2, depthMax: 1 };
  assert.equal(
    (parseJson(list(JSON_VALUES_MAX - 1), limits, "x") as JsonValue[]).length,
    JSON_VALUES_MAX - 1,
  );
  assert.throws(() => parseJson(list(JSON_VALUES_MAX), limits, "x"), { code: "too-many" });
});

test("parseJson: -0 is 0", () => {
  assert.ok(Object.is(parseJson(utf8("-0"), LIMITS, "x"), 0));
});

test("JsonObject: a fraction is no integer", () => {
  assert.throws(() => object('{"n":1.5}').integer("n", { min: 0, max: 9 }), { code: "wrong-type" });
});

test("encodeCanonicalJson: agrees with another implementation of RFC 8785", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      // fast-check's JsonValue is JSON; the oracle takes the same value.
      assert.equal(new TextDecoder().decode(encodeCanonicalJson(value as JsonInput)), canonicalize(value));
    }),
  );
});

test("encodeCanonicalJson: what JSON cannot say is the caller's error", () => {
  assert.throws(() => encodeCanonicalJson(Number.NaN), TypeError);
  assert.throws(() => encodeCanonicalJson("\ud800"), TypeError);
  assert.throws(() => encodeCanonicalJson({ "\udfff": 1 }), TypeError);
});
