// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeBase64,
  encodeInclusionPromise,
  encodePem,
  encodeRekorV1Body,
  parseRekorV1Body,
  parseUtf8,
  type RekorV1Body,
  utf8,
} from "../../src/index.ts";
import { sampleEntry } from "../attest/sample.ts";
import { encodeSample } from "../x509/sample.ts";

const der = encodeSample();
const verifier = { kind: "certificate", der } as const;
const [payloadSha256, envelopeSha256] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const signature = Uint8Array.of(1, 2, 3);
const hashedrekord: RekorV1Body = {
  kind: "hashedrekord",
  version: "0.0.1",
  algorithm: "sha384",
  digest: new Uint8Array(48),
  signature,
  verifier,
};
const dsse: RekorV1Body = {
  kind: "dsse",
  version: "0.0.1",
  payloadSha256,
  envelopeSha256,
  signature,
  verifier,
};
const intoto: RekorV1Body = { ...dsse, kind: "intoto", version: "0.0.2", payloadType: "text/plain" };

for (const body of [
  hashedrekord,
  dsse,
  intoto,
  { ...dsse, verifier: { kind: "public-key", der } } as const,
]) {
  test(`parseRekorV1Body: reads a ${body.kind} by a ${body.verifier.kind} that was encoded`, () => {
    assert.deepEqual(parseRekorV1Body(encodeRekorV1Body(body)), body);
  });
}

type Json = { readonly [name: string]: Json | readonly Json[] | string | number | undefined };

const jsonOf = (body: RekorV1Body): Json => JSON.parse(parseUtf8(encodeRekorV1Body(body), "test"));
const bytesOf = (json: Json): Uint8Array => utf8(JSON.stringify(json));
const changed = (body: RekorV1Body, change: Json): Uint8Array => bytesOf({ ...jsonOf(body), ...change });
/** A copy in which one text stands for another, wherever it is. */
const replaced = (body: RekorV1Body, from: string, to: string): Uint8Array =>
  utf8(parseUtf8(encodeRekorV1Body(body), "test").replace(from, to));

const pem = encodePem("CERTIFICATE", der);
const longLines = pem.replaceAll(/(?<=[^-])\n(?=[^-])/g, "");
const text = (certificate: string): string => encodeBase64(utf8(certificate));

test("parseRekorV1Body: a PEM text may be wrapped as others wrap it", () => {
  assert.notEqual(longLines, pem);
  assert.deepEqual(parseRekorV1Body(replaced(dsse, text(pem), text(longLines))), dsse);
});

test("parseRekorV1Body: a payload that an intoto entry keeps is let through", () => {
  assert.deepEqual(
    parseRekorV1Body(replaced(intoto, '"payloadType"', '"payload":"x","payloadType"')),
    intoto,
  );
});

for (const [what, bytes, code] of [
  ["another kind", changed(dsse, { kind: "rpm" }), "unsupported"],
  ["another version", changed(dsse, { apiVersion: "0.0.2" }), "unsupported"],
  ["the older intoto", changed(intoto, { apiVersion: "0.0.1" }), "unsupported"],
  ["an unknown field", changed(dsse, { more: 1 }), "unknown-field"],
  ["an unknown field inside", replaced(dsse, '"envelopeHash"', '"x":1,"envelopeHash"'), "unknown-field"],
  ["another hash", replaced(dsse, "sha256", "sha1"), "unsupported"],
  ["a digest that is too short", replaced(dsse, "0101", "01"), "not-hex"],
  [
    "no signature",
    replaced(dsse, /"signatures":\[.*\]/.exec(JSON.stringify(jsonOf(dsse)))?.[0] ?? "", '"signatures":[]'),
    "missing-field",
  ],
  ["two signatures", replaced(dsse, '"signatures":[', '"signatures":[{},'), "too-many"],
  ["a text that is no PEM", replaced(dsse, text(pem), "AAAA"), "malformed"],
  ["two certificates", replaced(dsse, text(pem), text(pem + pem)), "too-many"],
  [
    "a signature that is encoded once",
    replaced(intoto, encodeBase64(utf8(encodeBase64(signature))), encodeBase64(signature)),
    "not-base64",
  ],
] as const) {
  test(`parseRekorV1Body: ${what} is refused`, () => assert.throws(() => parseRekorV1Body(bytes), { code }));
}

test("encodeInclusionPromise: is canonical JSON of body, time, log and index", () => {
  assert.equal(
    parseUtf8(encodeInclusionPromise({ ...sampleEntry, integratedTime: 7 }), "test"),
    `{"body":"e30=","integratedTime":7,"logID":"${"01".repeat(32)}","logIndex":5}`,
  );
});
