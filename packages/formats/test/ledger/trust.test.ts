// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { encodeBase64, encodeTrust, encodeVkey, isInRange, parseTrust, utf8 } from "@countermark/formats";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const ORIGIN = "example.com/index";
const OTHER = "other.example/index";
const OTHER_VKEY = encodeVkey(OTHER, 1, new Uint8Array(32).fill(4), sha256);
const VKEY = encodeVkey(ORIGIN, 1, new Uint8Array(32).fill(1), sha256);
const WITNESS = encodeVkey("w.example", 4, new Uint8Array(32).fill(2), sha256);
const ROOT = encodeBase64(new Uint8Array(32).fill(3));
const SPKI = encodeBase64(Buffer.from(`302a300506032b6570032100${"44".repeat(32)}`, "hex"));
const HEAD = { size: 7, root: ROOT };
const ROW = {
  origin: ORIGIN,
  vkeys: [VKEY],
  policy: `log ${VKEY}\nwitness w ${WITNESS}\nquorum w\n`,
  from: 0,
  to: null as number | null,
  lastHonest: null as typeof HEAD | null,
  auditors: ["w"],
};
const TRUST = {
  ecosystem: "pypi",
  ledger: [ROW],
  countersign: [{ origin: ORIGIN, spki: SPKI, from: 0, to: null as number | null }],
  floor: { ...HEAD, origin: ORIGIN } as object | null,
  limits: { Y: 600, Zwarn: 3_600, Zrefuse: 86_400 },
  amendments: [] as unknown[],
  sigstore: { rootVersion: 1, rootSha256: "ab".repeat(32) },
};

function parse(changes: object) {
  return parseTrust(utf8(JSON.stringify({ ...TRUST, ...changes })), sha256);
}

test("parseTrust: reads what encodeTrust wrote", () => {
  const trust = parse({
    ledger: [
      { ...ROW, to: 9, lastHonest: HEAD },
      { ...ROW, from: 9 },
    ],
  });
  assert.deepEqual(parseTrust(encodeTrust(trust), sha256), trust);
  assert.equal(parse({ floor: null }).floor, null);
});

test("parseTrust: each log has ranges of its own", () => {
  const other = {
    ...ROW,
    origin: OTHER,
    vkeys: [OTHER_VKEY],
    policy: `log ${OTHER_VKEY}\nwitness w ${WITNESS}\nquorum w\n`,
  };
  assert.equal(parse({ ledger: [{ ...ROW, to: 9 }, other, { ...ROW, from: 9 }] }).ledger.length, 3);
  const ledger = [ROW, other, { ...ROW, from: 9 }];
  assert.throws(() => parse({ ledger }), { name: "ParseError", code: "malformed" });
});

test("isInRange: holds its first index and not its last", () => {
  assert.deepEqual(
    [1, 2, 3, 4].map((index) => isInRange({ from: 2, to: 4 }, index)),
    [false, true, true, false],
  );
  assert.equal(isInRange({ from: 2, to: null }, 2 ** 50), true);
});

for (const [claim, changes, code] of [
  ["a member too many", { extra: 1 }, "unknown-field"],
  ["an amendment", { amendments: [{}] }, "too-many"],
  ["no ledger", { ledger: [] }, "malformed"],
  [
    "ranges that overlap",
    {
      ledger: [
        { ...ROW, to: 9 },
        { ...ROW, from: 8 },
      ],
    },
    "malformed",
  ],
  ["a countersigning key of no log", { countersign: [{ spki: SPKI, from: 0, to: null }] }, "missing-field"],
  ["an open range that is not the last", { ledger: [ROW, { ...ROW, from: 9 }] }, "malformed"],
  ["an empty range", { ledger: [{ ...ROW, from: 9, to: 9 }] }, "out-of-range"],
  ["a key of another name", { ledger: [{ ...ROW, origin: "other.example" }] }, "malformed"],
  ["no key", { ledger: [{ ...ROW, vkeys: [] }] }, "malformed"],
  ["an auditor whom the policy lacks", { ledger: [{ ...ROW, auditors: ["x"] }] }, "malformed"],
  ["a policy that is none", { ledger: [{ ...ROW, policy: "quorum x\n" }] }, "malformed"],
  [
    "a countersigning key that is no Ed25519 key",
    { countersign: [{ origin: ORIGIN, spki: ROOT, from: 0, to: null }] },
    "unsupported",
  ],
  [
    "a floor with a root of 31 bytes",
    { floor: { origin: ORIGIN, size: 1, root: encodeBase64(new Uint8Array(31)) } },
    "malformed",
  ],
  ["a limit of zero", { limits: { ...TRUST.limits, Zrefuse: 0 } }, "out-of-range"],
  ["a digest in upper case", { sigstore: { rootVersion: 1, rootSha256: "AB".repeat(32) } }, "not-hex"],
] as const) {
  test(`parseTrust: ${claim} is refused`, () => {
    assert.throws(() => parse(changes), { name: "ParseError", code });
  });
}
