// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dssePae,
  encodeInTotoStatement,
  PUBLISH_PREDICATE_TYPE,
  parseInTotoStatement,
  parseUtf8,
  utf8,
} from "../../src/index.ts";
import { sampleFile } from "./sample.ts";

const encode = (json: unknown): Uint8Array => utf8(JSON.stringify(json));
const sound = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "a", digest: { sha256: "07".repeat(32) } }],
  predicateType: "t",
  predicate: null,
};

test("parseInTotoStatement: reads what was encoded", () => {
  const statement = parseInTotoStatement(encodeInTotoStatement(sampleFile, PUBLISH_PREDICATE_TYPE, { a: 1 }));
  assert.deepEqual(statement, {
    subjects: [{ name: sampleFile.filename, digest: { algorithm: "sha256", digest: sampleFile.sha256 } }],
    predicateType: PUBLISH_PREDICATE_TYPE,
    predicate: new Map([["a", 1]]),
  });
});

test("parseInTotoStatement: unknown fields, other digests and an absent predicate are let through", () => {
  const text = {
    ...sound,
    predicate: undefined,
    extra: 1,
    subject: [{ uri: "u", digest: { sha1: "00" } }],
  };
  const { subjects, predicate } = parseInTotoStatement(encode(text));
  assert.deepEqual({ subjects, predicate }, { subjects: [{ name: "", digest: null }], predicate: null });
});

test("parseInTotoStatement: a digest by SHA-512 counts where there is none by SHA-256", () => {
  const read = (digest: object) =>
    parseInTotoStatement(encode({ ...sound, subject: [{ digest }] })).subjects[0]?.digest;
  assert.deepEqual(read({ sha512: "07".repeat(64) }), {
    algorithm: "sha512",
    digest: new Uint8Array(64).fill(7),
  });
  assert.deepEqual(read({ sha512: "00", sha256: "07".repeat(32) }), {
    algorithm: "sha256",
    digest: new Uint8Array(32).fill(7),
  });
});

for (const [what, json, code] of [
  ["another version", { ...sound, _type: "https://in-toto.io/Statement/v0.1" }, "unsupported"],
  ["no subject", { ...sound, subject: undefined }, "missing-field"],
  ["a subject without digest", { ...sound, subject: [{ name: "a" }] }, "missing-field"],
  ["a digest in capitals", { ...sound, subject: [{ digest: { sha256: "0A".repeat(32) } }] }, "not-hex"],
  [
    "a SHA-512 that is cut short",
    { ...sound, subject: [{ digest: { sha512: "07".repeat(63) } }] },
    "not-hex",
  ],
  ["no type", { ...sound, predicateType: undefined }, "missing-field"],
  ["1025 subjects", { ...sound, subject: Array(1025).fill(sound.subject[0]) }, "too-many"],
] as const) {
  test(`parseInTotoStatement: ${what} is refused`, () => {
    assert.throws(() => parseInTotoStatement(encode(json)), { code });
  });
}

test("dssePae: is the specification's example, lengths in bytes", () => {
  const pae = (type: string, payload: string): string => parseUtf8(dssePae(type, utf8(payload)), "test");
  assert.equal(
    pae("http://example.com/HelloWorld", "hello world"),
    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  );
  assert.equal(pae("€", "€€"), "DSSEv1 3 € 6 €€");
});
