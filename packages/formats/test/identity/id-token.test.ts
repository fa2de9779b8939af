// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeBase64Url, parseIdToken, utf8 } from "@countermark/formats";

const HEADER = { alg: "RS256", kid: "k1", typ: "JWT", x5t: "ignored" };
const CLAIMS = {
  iss: "https://issuer.test",
  sub: "repo:o/r",
  aud: "pypi",
  iat: 1_000,
  exp: 1_300,
  jti: "j-1",
};

function part(value: unknown): string {
  return encodeBase64Url(utf8(typeof value === "string" ? value : JSON.stringify(value)));
}

function jwt(header: unknown, claims: unknown, signature = "AQID"): string {
  return `${part(header)}.${part(claims)}.${signature}`;
}

test("parseIdToken: reads header, registered claims and what was signed", () => {
  const text = jwt(HEADER, { ...CLAIMS, nbf: 990, repository: "o/r" });
  const token = parseIdToken(text);
  assert.equal(token.algorithm, "RS256");
  assert.equal(token.keyId, "k1");
  assert.equal(token.issuer, "https://issuer.test");
  assert.deepEqual(token.audiences, ["pypi"]);
  assert.deepEqual(
    [token.issuedAt, token.expires, token.notBefore, token.tokenId],
    [1_000, 1_300, 990, "j-1"],
  );
  assert.equal(token.claims.text("repository", { charsMax: 10 }), "o/r");
  assert.deepEqual(token.signed, utf8(text.slice(0, text.lastIndexOf("."))));
  assert.deepEqual([...token.signature], [1, 2, 3]);
});

test("parseIdToken: nbf and jti may be absent, aud may be a list", () => {
  const { jti: _, ...claims } = CLAIMS;
  const token = parseIdToken(jwt(HEADER, { ...claims, aud: ["a", "b"] }));
  assert.deepEqual([token.notBefore, token.tokenId, token.audiences], [null, null, ["a", "b"]]);
});

for (const [claim, text, code] of [
  ["a token above the limit is refused", "a".repeat(16_385), "too-large"],
  ["two parts are refused", "a.b", "malformed"],
  ["four parts are refused", `${jwt(HEADER, CLAIMS)}.AQID`, "malformed"],
  ["an empty signature is refused", jwt(HEADER, CLAIMS, ""), "malformed"],
  ["padding is refused", jwt(HEADER, CLAIMS, "AQ=="), "not-base64"],
  ["the standard alphabet is refused", jwt(HEADER, CLAIMS, "+/+/"), "not-base64"],
  ["unused bits that are set are refused", jwt(HEADER, CLAIMS, "AR"), "not-base64"],
  ["a header that is no object is refused", jwt("[]", CLAIMS), "wrong-type"],
  ["claims that are not JSON are refused", jwt(HEADER, "{"), "not-json"],
  ["a claim said twice is refused", jwt(HEADER, '{"iss":"a","iss":"b"}'), "duplicate-key"],
  ["no algorithm is refused", jwt({ kid: "k1" }, CLAIMS), "missing-field"],
  ["algorithm none is refused", jwt({ ...HEADER, alg: "none" }, CLAIMS), "unsupported"],
  ["a symmetric algorithm is refused", jwt({ ...HEADER, alg: "HS256" }, CLAIMS), "unsupported"],
  ["no key id is refused", jwt({ alg: "RS256" }, CLAIMS), "missing-field"],
  ["an empty key id is refused", jwt({ ...HEADER, kid: "" }, CLAIMS), "malformed"],
  ["crit is refused", jwt({ ...HEADER, crit: ["exp"] }, CLAIMS), "unsupported"],
  ["b64 is refused", jwt({ ...HEADER, b64: false }, CLAIMS), "unsupported"],
  ["another typ is refused", jwt({ ...HEADER, typ: "at+jwt" }, CLAIMS), "unsupported"],
  ["no issuer is refused", jwt(HEADER, { ...CLAIMS, iss: undefined }), "missing-field"],
  ["no audience is refused", jwt(HEADER, { ...CLAIMS, aud: undefined }), "missing-field"],
  ["an empty audience list is refused", jwt(HEADER, { ...CLAIMS, aud: [] }), "out-of-range"],
  ["no subject is refused", jwt(HEADER, { ...CLAIMS, sub: undefined }), "missing-field"],
  ["no iat is refused", jwt(HEADER, { ...CLAIMS, iat: undefined }), "missing-field"],
  ["no exp is refused", jwt(HEADER, { ...CLAIMS, exp: undefined }), "missing-field"],
  ["a fractional exp is refused", jwt(HEADER, { ...CLAIMS, exp: 1_300.5 }), "wrong-type"],
  ["an exp in text is refused", jwt(HEADER, { ...CLAIMS, exp: "1300" }), "wrong-type"],
  [
    "an exp in milliseconds of a far future is refused",
    jwt(HEADER, { ...CLAIMS, exp: 1e15 }),
    "out-of-range",
  ],
  ["an empty jti is refused", jwt(HEADER, { ...CLAIMS, jti: "" }), "malformed"],
] as const) {
  test(`parseIdToken: ${claim}`, () => {
    assert.throws(() => parseIdToken(text), { name: "ParseError", code });
  });
}

test("parseIdToken: no part of a bad token is in the message", () => {
  assert.throws(
    () => parseIdToken(jwt(HEADER, CLAIMS, "secret+")),
    (error: unknown) => error instanceof Error && !error.message.includes("secret"),
  );
});
