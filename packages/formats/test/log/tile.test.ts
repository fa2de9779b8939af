// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ENTRY_BUNDLE_BYTES_MAX,
  encodeEntryBundle,
  entriesPath,
  parseEntryBundle,
  parseTilePath,
  tilePath,
} from "@countermark/formats";

for (const [path, name] of [
  ["tile/0/x001/x234/067", { kind: "hashes", level: 0, index: 1_234_067, width: 256 }],
  ["tile/0/000.p/1", { kind: "hashes", level: 0, index: 0, width: 1 }],
  ["tile/63/x001/000.p/255", { kind: "hashes", level: 63, index: 1_000, width: 255 }],
  ["tile/entries/999", { kind: "entries", index: 999, width: 256 }],
  ["tile/entries/x273/000.p/112", { kind: "entries", index: 273_000, width: 112 }],
] as const) {
  test(`parseTilePath: ${path}`, () => {
    assert.deepEqual(parseTilePath(path), name);
    const again =
      name.kind === "hashes"
        ? tilePath(name.level, name.index, name.width)
        : entriesPath(name.index, name.width);
    assert.equal(again, path);
  });
}

for (const [path, code] of [
  ["tile/0/00", "malformed"],
  ["tile/0/1234", "malformed"],
  ["tile/0/x001/x234/67", "malformed"],
  ["tile/0/001/234", "malformed"],
  ["tile/0/x001", "malformed"],
  ["/tile/0/000", "malformed"],
  ["tile/0/000/", "malformed"],
  ["tile/0/000.p/", "malformed"],
  ["tile/data/000", "malformed"],
  ["tile/0/../000", "malformed"],
  ["tile/0/x000/001", "not-canonical"],
  ["tile/00/000", "not-canonical"],
  ["tile/64/000", "not-canonical"],
  ["tile/0/000.p/0", "not-canonical"],
  ["tile/0/000.p/01", "not-canonical"],
  ["tile/0/000.p/256", "not-canonical"],
  ["tile/0/x999/x999/x999/x999/x999/999", "not-canonical"],
] as const) {
  test(`parseTilePath: ${path} is refused`, () => {
    assert.throws(() => parseTilePath(path), { code });
  });
}

test("tilePath: what no tile can be is our mistake", () => {
  assert.throws(() => tilePath(64, 0, 1), TypeError);
  assert.throws(() => tilePath(0, -1, 1), TypeError);
  assert.throws(() => tilePath(0, 0, 0), TypeError);
  assert.throws(() => tilePath(0, 0, 257), TypeError);
});

test("parseEntryBundle: gives what encodeEntryBundle wrote, an empty entry included", () => {
  const entries = [new Uint8Array([1, 2]), new Uint8Array(0), new Uint8Array(65_535).fill(3)];
  assert.deepEqual(parseEntryBundle(encodeEntryBundle(entries)), entries);
});

for (const [claim, bytes, code] of [
  ["no entry is refused", new Uint8Array(0), "truncated"],
  ["half a length is refused", new Uint8Array(1), "truncated"],
  ["an entry that ends early is refused", new Uint8Array([0, 2, 1]), "truncated"],
  ["257 entries are refused", new Uint8Array(2 * 257), "too-many"],
  ["more bytes than a bundle can have are refused", new Uint8Array(ENTRY_BUNDLE_BYTES_MAX + 1), "too-large"],
] as const) {
  test(`parseEntryBundle: ${claim}`, () => {
    assert.throws(() => parseEntryBundle(bytes), { code });
  });
}

test("encodeEntryBundle: what no bundle can hold is our mistake", () => {
  assert.throws(() => encodeEntryBundle([]), TypeError);
  assert.throws(() => encodeEntryBundle(Array(257).fill(new Uint8Array(0))), TypeError);
  assert.throws(() => encodeEntryBundle([new Uint8Array(65_536)]), TypeError);
});
