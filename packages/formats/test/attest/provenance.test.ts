// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeProvenance, parseProvenance, parseUtf8, utf8 } from "../../src/index.ts";
import { sampleJson } from "./sample.ts";

const encode = (json: unknown): Uint8Array => utf8(JSON.stringify(json));
const publisher = {
  kind: "GitHub",
  repository: "o/r",
  workflow: "release.yml",
  environment: null,
  claims: null,
};
const bundle = { publisher, attestations: [sampleJson] };
const provenance = (...bundles: readonly object[]): Uint8Array =>
  encode({ version: 1, attestation_bundles: bundles });

test("parseProvenance: reads what Warehouse writes, claims null included, and keeps every member", () => {
  const parsed = parseProvenance(provenance(bundle));
  assert.equal(parsed.bundles[0]?.publisher.kind, "GitHub");
  assert.equal(parsed.bundles[0]?.attestations.length, 1);
  assert.deepEqual(
    JSON.parse(parseUtf8(encodeProvenance(parsed), "test")),
    JSON.parse(parseUtf8(provenance(bundle), "test")),
  );
});

test("parseProvenance: an unknown publisher with members of its own is read", () => {
  const unknown = { kind: "Forgejo", instance: "codeberg.org", claims: { a: 1 } };
  const [first] = parseProvenance(provenance({ ...bundle, publisher: unknown })).bundles;
  assert.equal(first?.publisher.kind, "Forgejo");
});

for (const [what, bytes, code] of [
  ["version 2", encode({ version: 2, attestation_bundles: [bundle] }), "out-of-range"],
  ["an unknown field", encode({ version: 1, attestation_bundles: [bundle], extra: 1 }), "unknown-field"],
  ["an unknown field of a bundle", provenance({ ...bundle, extra: 1 }), "unknown-field"],
  ["no bundle", provenance(), "missing-field"],
  ["a bundle without attestation", provenance({ ...bundle, attestations: [] }), "missing-field"],
  ["nine bundles", provenance(...Array(9).fill(bundle)), "too-many"],
  ["nine attestations", provenance({ ...bundle, attestations: Array(9).fill(sampleJson) }), "too-many"],
  ["a publisher without kind", provenance({ ...bundle, publisher: {} }), "missing-field"],
  [
    "claims that are a string",
    provenance({ ...bundle, publisher: { ...publisher, claims: "x" } }),
    "wrong-type",
  ],
] as const) {
  test(`parseProvenance: ${what} is refused`, () => assert.throws(() => parseProvenance(bytes), { code }));
}
