// SPDX-License-Identifier: Apache-2.0
// Published logs and cosignatures, by path: transparency-dev/tessera testdata/log and FiloSottile/sunlight cmd/skylight/testdata.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeNote,
  entriesPath,
  leafHash,
  parseEntryBundle,
  parseNote,
  parseVkey,
  tilePath,
  treeRoot,
} from "@countermark/formats";
import { verifyCheckpoint, verifyCosignatureLine } from "@countermark/verify";
import { conformanceSkip, readConformance } from "../support/conformance.ts";
import { testCrypto } from "../support/node-crypto.ts";

const { sha256 } = testCrypto;
const TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
const tessera = { vkeys: [parseVkey(TESSERA_KEY, sha256)], origin: "example.com/log/testdata" };
const skip = conformanceSkip;

test("verifyCheckpoint: Tessera's 16 checkpoints, and their tiles and bundles", { skip }, async () => {
  for (let n = 0; n < 16; n++) {
    const bytes = readConformance(`tlog/tessera-log/checkpoint.${n}`);
    const checkpoint = await verifyCheckpoint(bytes, tessera, testCrypto);
    assert.deepEqual(encodeNote(checkpoint.note), bytes);
    assert.equal(checkpoint.size, n);
    if (n > 0) {
      const tile = readConformance(`tlog/tessera-log/${tilePath(0, 0, n)}`);
      const hashes = Array.from({ length: n }, (_, i) => tile.subarray(i * 32, i * 32 + 32));
      assert.deepEqual(treeRoot(sha256, hashes), checkpoint.root);
      const entries = parseEntryBundle(readConformance(`tlog/tessera-log/${entriesPath(0, n)}`));
      assert.deepEqual(
        entries.map((entry) => leafHash(sha256, entry)),
        hashes.map((hash) => new Uint8Array(hash)),
      );
    }
  }
});

const LIST = "tlog/sunlight-skylight";
const COSIGNED = [
  [
    "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN",
    "witness/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706",
  ],
  [
    "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O",
    "witness/mirror/000de184301123b9278c086a7d9f68c9577e83872224c197058fd90784ea9706",
  ],
  [
    "witness2.example.org+2e55b896+BIZ7fpceQWd60IfqQeS9IAnmNOCZjMDne8lZuguz/bi9",
    "witness2/88ad7a28caeb0b2aa890fdf0304c2fcaf59fca2ee140134ff8c1300bac493482",
  ],
] as const;

for (const [vkeyText, folder] of COSIGNED) {
  const vkey = parseVkey(vkeyText, sha256);
  test(`verifyCheckpoint: sunlight's ${vkey.name} as a key of its own`, { skip }, async () => {
    const bytes = readConformance(`${LIST}/${folder}/checkpoint`);
    const origin = parseNote(bytes).text.split("\n")[0] ?? "";
    // The log's own line is of type 5 and unknown to us; the cosigner's line is what is believed here.
    const signed = await verifyCheckpoint(bytes, { vkeys: [vkey], origin }, testCrypto);
    assert.equal(signed.size, 300);
    const line = signed.note.signatures.find((candidate) => candidate.name === vkey.name);
    assert.ok(line !== undefined);
    assert.equal(await verifyCosignatureLine(signed, vkey, line, testCrypto), 0x69_54_67_80);
    const other = { ...line, signature: line.signature.with(7, 1) };
    await assert.rejects(verifyCosignatureLine(signed, vkey, other, testCrypto), {
      code: "cosignature-invalid",
    });
  });
}
