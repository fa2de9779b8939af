// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodePem, parsePem, parsePemBlock } from "../../src/index.ts";

const der = new Uint8Array(100).map((_, i) => i);
const pem = encodePem("CERTIFICATE", der);

test("parsePem: reads what encodePem wrote, one or several, also with CRLF", () => {
  assert.deepEqual(parsePem(pem + pem, "CERTIFICATE", "test"), [der, der]);
  assert.deepEqual(parsePemBlock(pem.replaceAll("\n", "\r\n"), "CERTIFICATE", "test"), der);
  assert.deepEqual(parsePemBlock(pem.trimEnd(), "CERTIFICATE", "test"), der);
});

for (const [what, text, code] of [
  ["text before the block", `hello\n${pem}`, "malformed"],
  ["another label", pem.replaceAll("CERTIFICATE", "PUBLIC KEY"), "malformed"],
  ["an empty text", "", "malformed"],
  ["a block without end", pem.split("-----END")[0] ?? "", "malformed"],
  ["lines of another length", pem.replace("\n", "\nAA\n"), "not-canonical"],
  ["another alphabet", pem.replace("AAEC", "AA-C"), "not-base64"],
  ["seventeen blocks", pem.repeat(17), "too-many"],
] as const) {
  test(`parsePem: ${what} is refused`, () => {
    assert.throws(() => parsePem(text, "CERTIFICATE", "test"), { code });
  });
}

test("parsePemBlock: two blocks are refused", () => {
  assert.throws(() => parsePemBlock(pem + pem, "CERTIFICATE", "test"), { code: "too-many" });
});

test("parsePem: a long run of line feeds before a last character takes no longer than reading it", () => {
  const start = performance.now();
  assert.throws(() => parsePem(`${"\n".repeat(200_000)}x`, "CERTIFICATE", "test"), { code: "malformed" });
  assert.ok(performance.now() - start < 2_000);
});
