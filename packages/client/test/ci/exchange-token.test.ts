// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { exchangeUploadToken } from "../../src/ci/exchange-token.ts";
import { fakeFetch, json, type Routes, toyToken } from "../world.ts";

const token = toyToken({ aud: "index" });
const env = { COUNTERMARK_ID_TOKEN: token };
const AUDIENCE = "GET https://index.example/_/oidc/audience";
const MINT = "POST https://index.example/_/oidc/mint-token";
const exchange = (routes: Routes) =>
  exchangeUploadToken(
    "https://index.example",
    env,
    fakeFetch({ [AUDIENCE]: () => json({ audience: "index" }), ...routes }),
  );

test("exchangeUploadToken: sends the identity and returns the index's token", async () => {
  let sent: unknown;
  const minted = await exchange({
    [MINT]: (init) => {
      sent = JSON.parse(String(init.body));
      return json({ success: true, token: "pypi-secret", expires: 1_790_000_900 });
    },
  });
  assert.deepEqual(minted, { token: "pypi-secret", expires: 1_790_000_900 });
  assert.deepEqual(sent, { token });
});

test("exchangeUploadToken: an index without trusted publishing is said to be one", async () => {
  await assert.rejects(exchange({ [AUDIENCE]: () => json({ message: "no" }, 403) }), {
    code: "upload-refused",
  });
});

test("exchangeUploadToken: an audience that cannot be read is the server's fault", async () => {
  await assert.rejects(exchange({ [AUDIENCE]: () => json({}, 500) }), { code: "http-status" });
});

test("exchangeUploadToken: a refusal is told with the index's own sentence and code", async () => {
  const errors = [{ code: "invalid-reuse-token", description: "the token was used before" }];
  await assert.rejects(exchange({ [MINT]: () => json({ message: "Token request failed", errors }, 422) }), {
    code: "upload-refused",
    message: /the token was used before \(invalid-reuse-token\)/,
  });
});

test("exchangeUploadToken: a refusal in another shape is told as it came", async () => {
  await assert.rejects(exchange({ [MINT]: () => new Response("<html>", { status: 400 }) }), {
    code: "upload-refused",
    message: /status 400/,
  });
});

test("exchangeUploadToken: an index that asks for somebody else's audience gets no token", async () => {
  for (const audience of ["sigstore", "pypi"]) {
    const routes = { [AUDIENCE]: () => json({ audience }), [MINT]: () => assert.fail("a token was sent") };
    const asked = exchangeUploadToken(
      "https://index.example",
      { COUNTERMARK_ID_TOKEN: toyToken({ aud: audience }) },
      fakeFetch(routes),
    );
    await assert.rejects(asked, { code: "upload-refused" });
  }
});

test("exchangeUploadToken: an index that takes nothing now is unavailable, and has not refused", async () => {
  const errors = [{ code: "ledger-unavailable", description: "The ledger cannot take entries now." }];
  await assert.rejects(exchange({ [MINT]: () => json({ message: "Token request failed", errors }, 503) }), {
    code: "http-status",
  });
});
