// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type JsonObject, parseJsonObject, utf8 } from "@countermark/formats";
import { parseAuthorityConfig, parseOidcIssuerConfig } from "../src/config.ts";

const ISSUER = { provider: "github", issuer: "http://127.0.0.1:1", serverUrl: "https://github.com" };
const CONFIG = { dir: "/d", port: 0, issuers: [ISSUER] };

function read(config: unknown): JsonObject {
  return parseJsonObject(utf8(JSON.stringify(config)), { bytesMax: 10_000, depthMax: 8 }, "config");
}

test("parseAuthorityConfig: what is left out has its default", () => {
  const config = parseAuthorityConfig(read(CONFIG));
  assert.deepEqual(
    [config.hostname, config.publicUrl, config.audience, config.issuers[0]?.issuer],
    ["localhost", null, "sigstore", "http://127.0.0.1:1"],
  );
});

test("parseOidcIssuerConfig: what is left out has its default", () => {
  const config = parseOidcIssuerConfig(read({ dir: "/d", port: 0 }));
  assert.deepEqual(config, { dir: "/d", port: 0, issuer: null, requestTokens: null });
});

for (const [claim, changes, code] of [
  ["a field that is not known", { ports: 1 }, "unknown-field"],
  ["a port that is none", { port: 65_536 }, "out-of-range"],
  ["no issuer", { issuers: [] }, "malformed"],
  ["one issuer twice", { issuers: [ISSUER, ISSUER] }, "malformed"],
  ["an unknown provider", { issuers: [{ ...ISSUER, provider: "x" }] }, "unsupported"],
  ["an issuer with a slash at its end", { issuers: [{ ...ISSUER, issuer: "http://a/" }] }, "malformed"],
  ["a hostname with a port", { hostname: "a:1" }, "malformed"],
  ["a public URL with a query", { publicUrl: "http://a?b" }, "malformed"],
] as const) {
  test(`parseAuthorityConfig: ${claim} is refused`, () => {
    assert.throws(() => parseAuthorityConfig(read({ ...CONFIG, ...changes })), { name: "ParseError", code });
  });
}
