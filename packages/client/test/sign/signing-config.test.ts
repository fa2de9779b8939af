// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "@countermark/formats";
import { parseSigningConfig } from "../../src/sign/signing-config.ts";

const NOW = Date.parse("2026-06-01T00:00:00Z") / 1000;
const service = (url: string, majorApiVersion: number, start = "2026-01-01T00:00:00Z", end?: string) => ({
  url,
  majorApiVersion,
  operator: "example.com",
  validFor: { start, ...(end === undefined ? {} : { end }) },
});
const config = (changes: object = {}) =>
  utf8(
    JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
      caUrls: [service("https://ca.example", 1)],
      oidcUrls: [],
      rekorTlogUrls: [service("https://v1.example", 1), service("https://v2.example/", 2)],
      rekorTlogConfig: { selector: "ANY" },
      tsaUrls: [service("https://tsa.example/api/v1/timestamp", 1)],
      ...changes,
    }),
  );

test("parseSigningConfig: chooses the version that is spoken here", () => {
  assert.deepEqual(parseSigningConfig(config(), NOW), {
    certificateUrl: "https://ca.example",
    logUrl: "https://v2.example",
    timestampUrl: "https://tsa.example/api/v1/timestamp",
  });
});

test("parseSigningConfig: of several in force the newest, none that is over or to come", () => {
  const caUrls = [
    service("https://old.example", 1, "2026-01-01T00:00:00Z"),
    service("https://new.example", 1, "2026-05-01T00:00:00Z"),
    service("https://over.example", 1, "2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z"),
    service("https://later.example", 1, "2027-01-01T00:00:00Z"),
  ];
  assert.equal(parseSigningConfig(config({ caUrls }), NOW).certificateUrl, "https://new.example");
});

for (const [claim, changes, code] of [
  ["only another version of a service", { rekorTlogUrls: [service("https://v1.example", 1)] }, "unsupported"],
  [
    "a service without a start",
    { tsaUrls: [{ url: "https://x.example", majorApiVersion: 1, validFor: {} }] },
    "missing-field",
  ],
  [
    "a start that is no time",
    { tsaUrls: [service("https://x.example", 1, "2026-13-01T00:00:00Z")] },
    "malformed",
  ],
  ["another media type", { mediaType: "application/json" }, "unsupported"],
  ["a service that is not https", { caUrls: [service("http://ca.example", 1)] }, "usage"],
] as const) {
  test(`parseSigningConfig: ${claim} is refused`, () => {
    assert.throws(() => parseSigningConfig(config(changes), NOW), { code });
  });
}
