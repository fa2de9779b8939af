// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import {
  concat,
  digestBytes,
  encodeHex,
  type PasskeyConsent,
  u8,
  u32,
  webauthnClientData,
} from "@countermark/formats";
import {
  countersignKeyId,
  isPasskeySignature,
  isRootSigned,
  passkeyPrincipal,
  rootMessage,
} from "@countermark/verify";
import {
  COUNTERSIGN,
  crypto,
  digestOf,
  genesisStatement,
  hashOf,
  K,
  L,
  leafOf,
  ROOTS,
  RP_ID_HASH,
  toyKey,
  WEB_ORIGIN,
} from "./toy-ledger.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const POINT = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(27);
const CHALLENGE = hashOf("challenge");
const PLACE = { rpIdHash: RP_ID_HASH, webOrigin: WEB_ORIGIN };

/** What an authenticator with an ES256 key answers. */
function assertion(form = 0, flags = 0x05): PasskeyConsent {
  const clientData = webauthnClientData(form, CHALLENGE, WEB_ORIGIN) ?? new Uint8Array();
  const signed = concat(digestBytes(RP_ID_HASH), u8(flags), u32(3), crypto.sha256(clientData));
  const sig = sign("sha256", signed, { key: privateKey, dsaEncoding: "ieee-p1363" });
  const values = { counter: 3, flags, form, salt: digestOf("salt"), sig: encodeHex(sig) };
  return { kind: "passkey", alg: "ES256", key: encodeHex(POINT), ...values };
}

test("isPasskeySignature: an ES256 assertion in each form, with and without backup flags", async () => {
  for (const form of [0, 1, 2]) {
    for (const flags of [0x05, 0x0d, 0x1d]) {
      assert.equal(await isPasskeySignature(assertion(form, flags), CHALLENGE, PLACE, crypto), true);
    }
  }
});

for (const [claim, consent, challenge, place] of [
  ["another challenge", assertion(), hashOf("other"), PLACE],
  ["another origin", assertion(), CHALLENGE, { ...PLACE, webOrigin: "https://evil.example" }],
  ["another relying party", assertion(), CHALLENGE, { ...PLACE, rpIdHash: digestOf("evil") }],
  ["another form", { ...assertion(), form: 1 }, CHALLENGE, PLACE],
  ["another form of the same browser", { ...assertion(2), form: 0 }, CHALLENGE, PLACE],
  ["a form that there is not", { ...assertion(), form: 3 }, CHALLENGE, PLACE],
  ["another counter", { ...assertion(), counter: 4 }, CHALLENGE, PLACE],
  ["no user verified", assertion(0, 0x01), CHALLENGE, PLACE],
  ["no user present", assertion(0, 0x04), CHALLENGE, PLACE],
  ["extensions", assertion(0, 0x85), CHALLENGE, PLACE],
  ["a point that is on no curve", { ...assertion(), key: "11".repeat(64) }, CHALLENGE, PLACE],
  ["a signature of zeros", { ...assertion(), sig: "00".repeat(64) }, CHALLENGE, PLACE],
] as const) {
  test(`isPasskeySignature: ${claim} is refused`, async () => {
    assert.equal(await isPasskeySignature(consent, challenge, place, crypto), false);
  });
}

test("passkeyPrincipal: depends on key, algorithm and salt", () => {
  const ids = [
    assertion(),
    { ...assertion(), salt: digestOf("other") },
    { ...assertion(), key: "11".repeat(64) },
  ];
  assert.equal(new Set(ids.map((consent) => passkeyPrincipal(consent, crypto))).size, 3);
});

test("isRootSigned: exactly the threshold of the keys in force is enough, and no stranger may be among them", async () => {
  const place = { log: L, rootKeys: genesisStatement().rootKeys, threshold: 2 };
  const signedBy = async (keys: typeof ROOTS): Promise<boolean> => {
    const genesis = genesisStatement({}, keys);
    return await isRootSigned(genesis, genesis.root, place, crypto);
  };
  assert.equal(await signedBy(ROOTS.slice(0, 2)), true);
  assert.equal(await signedBy(ROOTS), true);
  assert.equal(await signedBy(ROOTS.slice(0, 1)), false);
  assert.equal(await signedBy([...ROOTS, toyKey("stranger")]), false);
});

test("isRootSigned: covers everything but root and time", async () => {
  const genesis = genesisStatement();
  const place = { log: L, rootKeys: genesis.rootKeys, threshold: 2 };
  const check = async (changes: object): Promise<boolean> =>
    await isRootSigned({ ...genesis, ...changes }, genesis.root, place, crypto);
  assert.equal(await check({ time: 1 }), true);
  assert.equal(await check({ seq: 1 }), false);
  assert.equal(await check({ ecosystem: "npm" }), false);
  assert.equal(await check({ countersign: [digestOf("key")] }), false);
});

test("rootMessage: differs for two kinds with the same members", () => {
  const { origin, role, seq, time, detail } = genesisStatement();
  const files = [digestOf("file")];
  const common = { origin, role, project: K, seq, time, detail, files, reason: "owner" } as const;
  const yanked = rootMessage({ kind: "yanked", ...common }, L, crypto);
  assert.notDeepEqual(yanked, rootMessage({ kind: "unyanked", ...common }, L, crypto));
});

test("countersignKeyId: is the key id of an entry that the key signed", () => {
  const leaf = new TextDecoder().decode(leafOf(genesisStatement()));
  assert.ok(leaf.includes(`"keyid":"${countersignKeyId(encodeHex(COUNTERSIGN.key), crypto)}"`));
});
