// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes } from "@countermark/formats";
import { memoryStorage, nodeCrypto } from "@countermark/log";
import { createKeys } from "../src/keys.ts";
import { randomSerial, readOrCreatePki } from "../src/pki.ts";
import { START } from "./world.ts";

const clock = (): number => START;

test("readOrCreatePki: the certificates are made once", async () => {
  const [keys, storage] = [createKeys(), memoryStorage()];
  const first = await readOrCreatePki(keys, storage, "authority.test", clock);
  const again = await readOrCreatePki(keys, storage, "authority.test", () => START + 1);
  for (const name of ["caRoot", "caIntermediate", "tsaRoot", "tsaLeaf"] as const) {
    assert.ok(equalBytes(first[name].der, again[name].der));
  }
});

test("readOrCreatePki: certificates for other keys are refused", async () => {
  const storage = memoryStorage();
  const keys = createKeys();
  await readOrCreatePki(keys, storage, "authority.test", clock);
  for (const name of ["caRoot", "caIntermediate", "tsaRoot", "tsaLeaf"] as const) {
    const changed = { ...keys, [name]: createKeys()[name] };
    await assert.rejects(readOrCreatePki(changed, storage, "authority.test", clock), {
      name: "AuthorityError",
      code: "pki-mismatch",
    });
  }
});

test("readOrCreatePki: authorities may sign certificates only, ends may not be authorities", async () => {
  const pki = await readOrCreatePki(createKeys(), memoryStorage(), "authority.test", clock);
  assert.deepEqual(pki.caRoot.basicConstraints, { ca: true, pathLength: 1 });
  assert.deepEqual(pki.caIntermediate.basicConstraints, { ca: true, pathLength: 0 });
  assert.deepEqual(pki.tsaRoot.basicConstraints, { ca: true, pathLength: 0 });
  assert.equal(pki.tsaLeaf.basicConstraints, null);
  assert.deepEqual(pki.caIntermediate.extendedKeyUsage, ["1.3.6.1.5.5.7.3.3"]);
  assert.equal(pki.caRoot.extendedKeyUsage, null);
  assert.deepEqual(pki.tsaLeaf.extendedKeyUsage, ["1.3.6.1.5.5.7.3.8"]);
  assert.deepEqual([...(pki.tsaLeaf.keyUsage ?? [])], ["digitalSignature"]);
  const scheme = { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" } as const;
  const { caRoot, caIntermediate } = pki;
  assert.ok(nodeCrypto.verify(scheme, caRoot.publicKey.spki, caIntermediate.tbs, caIntermediate.signature));
});

test("randomSerial: 20 bytes, positive, never twice", () => {
  const serials = Array.from({ length: 64 }, randomSerial);
  assert.ok(serials.every((serial) => serial.length === 20 && (serial[0] ?? 0x80) < 0x80 && serial[0] !== 0));
  assert.equal(new Set(serials.map((serial) => Buffer.from(serial).toString("hex"))).size, 64);
});
