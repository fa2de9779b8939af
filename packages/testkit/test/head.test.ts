// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeNote } from "@countermark/formats";
import { createCosigner, createEd25519, createNoteSigner } from "@countermark/log";
import { readHead } from "../src/head.ts";

test("readHead: size, root, and who signed", () => {
  const text = "log.test\n7\nAAAA\n";
  const log = createNoteSigner("log.test", createEd25519());
  const oak = createCosigner("oak.test", createEd25519());
  const note = encodeNote({ text, signatures: [log.sign(text), oak.cosign(text, 1)] });
  const head = readHead(new TextDecoder().decode(note));
  assert.deepEqual([head.size, head.root], [7, "AAAA"]);
  assert.equal(head.signatures[0], "signed by log.test");
  assert.match(head.signatures[1] ?? "", /^cosigned by oak\.test, \d+ s ago$/);
});
