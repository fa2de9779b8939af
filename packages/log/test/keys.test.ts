// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { utf8 } from "@countermark/formats";
import {
  createEd25519,
  createKey,
  createP256,
  encodePrivateKey,
  parsePrivateKey,
  readOrCreateKey,
} from "@countermark/log";

const folder = mkdtempSync(join(tmpdir(), "countermark-keys-"));
after(() => rmSync(folder, { recursive: true }));

for (const algorithm of ["ed25519", "ml-dsa-44", "p256"] as const) {
  test(`readOrCreateKey: makes an ${algorithm} key once, for its owner only, and reads it after`, () => {
    const path = join(folder, "deep", `${algorithm}.pem`);
    const made = readOrCreateKey(path, algorithm);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.match(readFileSync(path, "utf8"), /^-----BEGIN PRIVATE KEY-----\n/);
    assert.deepEqual(readOrCreateKey(path, algorithm).publicSpki, made.publicSpki);
  });
}

test("readOrCreateKey: what a crash of a process of the same id left behind is not in the way", () => {
  const path = join(folder, "again.pem");
  writeFileSync(`${path}.${process.pid}.tmp`, "-----BEGIN PRIV");
  const made = readOrCreateKey(path, "ed25519");
  assert.deepEqual(readOrCreateKey(path, "ed25519").publicSpki, made.publicSpki);
});

test("createEd25519: the same seed is the same key, and signs the same bytes", () => {
  const seed = new Uint8Array(32).fill(9);
  assert.deepEqual(createEd25519(seed).publicSpki, createEd25519(seed).publicSpki);
  assert.deepEqual(createEd25519(seed).sign(utf8("x")), createEd25519(seed).sign(utf8("x")));
  assert.notDeepEqual(createEd25519().publicSpki, createEd25519().publicSpki);
  assert.throws(() => createEd25519(new Uint8Array(31)), TypeError);
});

test("parsePrivateKey: gives the key that encodePrivateKey wrote", () => {
  const key = createKey("p256");
  assert.deepEqual(parsePrivateKey(encodePrivateKey(key), "p256", "test").publicSpki, key.publicSpki);
});

test("readOrCreateKey: a key of another kind is refused", () => {
  const path = join(folder, "other.pem");
  writeFileSync(path, encodePrivateKey(createP256()), { mode: 0o600 });
  assert.throws(() => readOrCreateKey(path, "ed25519"), { code: "key-unusable" });
});

test("readOrCreateKey: a file that is no key is refused and not overwritten", () => {
  const path = join(folder, "text.pem");
  writeFileSync(path, "not a key", { mode: 0o600 });
  assert.throws(() => readOrCreateKey(path, "ed25519"), { code: "key-unusable" });
  assert.equal(readFileSync(path, "utf8"), "not a key");
});

for (const mode of [0o640, 0o604, 0o620, 0o601]) {
  test(`readOrCreateKey: a key with mode ${mode.toString(8)} is another's as well, and refused`, () => {
    const path = join(folder, `${mode.toString(8)}.pem`);
    const made = readOrCreateKey(path, "ed25519");
    chmodSync(path, mode);
    assert.throws(() => readOrCreateKey(path, "ed25519"), { code: "key-exposed" });
    chmodSync(path, 0o400);
    assert.deepEqual(readOrCreateKey(path, "ed25519").publicSpki, made.publicSpki);
  });
}
