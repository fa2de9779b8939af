// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  derNull,
  derUtf8String,
  encodeExtension,
  encodeFulcioExtensions,
  FULCIO_CLAIM_OIDS,
  type FulcioClaim,
  type FulcioClaims,
  NO_FULCIO_CLAIMS,
  parseCertificate,
  parseFulcioExtensions,
  utf8,
} from "../../src/index.ts";
import { encodeSample } from "./sample.ts";

const claimsOf = (extensions: readonly Uint8Array[]): FulcioClaims =>
  parseFulcioExtensions(
    parseCertificate(
      encodeSample({ extensions: [...extensions, encodeExtension("1.2.3", "not-critical", derNull())] }),
    ),
  );

test("parseFulcioExtensions: reads every claim that was written", () => {
  const names = Object.keys(FULCIO_CLAIM_OIDS) as FulcioClaim[];
  const claims = Object.fromEntries(names.map((name) => [name, `the ${name}`])) as FulcioClaims;
  assert.deepEqual(claimsOf(encodeFulcioExtensions(claims)), claims);
});

test("parseFulcioExtensions: claims that are not made are null", () => {
  assert.deepEqual(claimsOf([]), NO_FULCIO_CLAIMS);
});

test("parseFulcioExtensions: the older spellings .1 to .6 are never read", () => {
  const old = [1, 2, 3, 4, 5, 6].map((i) =>
    encodeExtension(
      `1.3.6.1.4.1.57264.1.${i}`,
      "not-critical",
      utf8("https://token.actions.githubusercontent.com"),
    ),
  );
  assert.deepEqual(claimsOf(old), NO_FULCIO_CLAIMS);
});

for (const [what, value, code] of [
  ["a raw string", utf8("https://token.actions.githubusercontent.com"), "truncated"],
  ["a byte after the string", Uint8Array.from([...derUtf8String("x"), 0]), "trailing-data"],
  ["another type", derNull(), "not-der"],
] as const) {
  test(`parseFulcioExtensions: ${what} is refused`, () => {
    assert.throws(() => claimsOf([encodeExtension(FULCIO_CLAIM_OIDS.issuer, "not-critical", value)]), {
      code,
    });
  });
}
