// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalVersion, compareVersions, parseVersion, releaseVersion } from "@countermark/formats";
import fc from "fast-check";

for (const [text, canonical] of [
  ["1.0", "1.0"],
  ["4.0.0", "4.0.0"],
  ["v1.0", "1.0"],
  ["1.0a1", "1.0a1"],
  ["1.0.ALPHA-1", "1.0a1"],
  ["1.0beta", "1.0b0"],
  ["1.0c4", "1.0rc4"],
  ["1.0-preview_2", "1.0rc2"],
  ["1.0-1", "1.0.post1"],
  ["1.0.r3", "1.0.post3"],
  ["1.0post", "1.0.post0"],
  ["1.0_DEV", "1.0.dev0"],
  ["1!2.0", "1!2.0"],
  ["0!1.0", "1.0"],
  ["2024.08.30", "2024.8.30"],
  ["1.0+Ubuntu-1", "1.0+ubuntu.1"],
  ["1.0+1_a.001", "1.0+1.a.1"],
  ["20240101000000000000", "20240101000000000000"],
  ["1.0rc1.post2.dev3+local.4", "1.0rc1.post2.dev3+local.4"],
] as const) {
  test(`parseVersion: "${text}" is ${canonical}`, () => {
    assert.equal(canonicalVersion(parseVersion(text)), canonical);
  });
}

for (const text of [
  "",
  "a",
  "1.0 ",
  " 1.0",
  "1..0",
  "1.0+",
  "1.0+a+b",
  "1.0--1",
  "1.0-1-1",
  "1.0a1a2",
  "1.0devpost",
  "1!",
  "1.0\n",
  "1.٠",
  "1.0+\u017F",
]) {
  test(`parseVersion: ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseVersion(text), { name: "ParseError", code: "malformed" });
  });
}

test("parseVersion: more than 128 characters are refused", () => {
  assert.throws(() => parseVersion("1".repeat(129)), { code: "too-large" });
});

/** In order; PEP 440 gives most of them as its example. */
const ORDERED = [
  "1.dev0",
  "1.0.dev456",
  "1.0a1",
  "1.0a2.dev456",
  "1.0a12.dev456",
  "1.0a12",
  "1.0b1.dev456",
  "1.0b2",
  "1.0b2.post345.dev456",
  "1.0b2.post345",
  "1.0rc1.dev456",
  "1.0rc1",
  "1.0",
  "1.0+abc.5",
  "1.0+abc.7",
  "1.0+5",
  "1.0+5.1",
  "1.0.post456.dev34",
  "1.0.post456",
  "1.1.dev1",
  "1!0.1",
];

test("compareVersions: orders as PEP 440 does", () => {
  for (const [i, a] of ORDERED.entries()) {
    for (const [j, b] of ORDERED.entries()) {
      assert.equal(compareVersions(parseVersion(a), parseVersion(b)), Math.sign(i - j), `${a} ${b}`);
    }
  }
});

test("compareVersions: zeros at the end of a release do not count", () => {
  assert.equal(compareVersions(parseVersion("1.0"), parseVersion("1.0.0")), 0);
  assert.equal(compareVersions(parseVersion("1.0.0.1"), parseVersion("1")), 1);
});

test("releaseVersion: is one for what PEP 440 holds equal but for the local part, and for nothing else", () => {
  for (const a of [...ORDERED, "1.0.0", "1.0.0.0", "1.00rc1", "0", "0.0", "10", "1.0.10"]) {
    for (const b of [...ORDERED, "1", "0.0.0", "1.0.1"]) {
      const [x, y] = [parseVersion(a), parseVersion(b)];
      const isOne = compareVersions({ ...x, local: [] }, { ...y, local: [] }) === 0;
      assert.equal(releaseVersion(x) === releaseVersion(y), isOne, `${a} ${b}`);
    }
  }
  assert.deepEqual(
    ["4.0.0", "0.0", "1!2.0RC1+cpu", "10.0"].map((text) => releaseVersion(parseVersion(text))),
    ["4", "0", "1!2rc1", "10"],
  );
});

test("canonicalVersion: is read back as what it was made from", () => {
  const number = fc.bigInt({ min: 0n, max: 10n ** 12n });
  const optional = fc.option(number);
  const version = fc.record(
    {
      epoch: fc.bigInt({ min: 0n, max: 3n }),
      release: fc.array(number, { minLength: 1, maxLength: 3 }),
      pre: fc.option(
        fc.record(
          { phase: fc.constantFrom("a" as const, "b" as const, "rc" as const), number },
          { noNullPrototype: true },
        ),
      ),
      post: optional,
      dev: optional,
      local: fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 99n }), fc.constantFrom("abc", "x86", "deb1")), {
        maxLength: 2,
      }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(version, (value) => {
      assert.deepEqual(parseVersion(canonicalVersion(value)), value);
    }),
  );
});
