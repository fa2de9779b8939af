// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { readAmbientToken } from "../../src/ci/ambient.ts";
import { fakeFetch, json, toyToken } from "../world.ts";

const token = toyToken({ aud: "sigstore" });
const REQUEST = "https://runner.example/token?api-version=2";
const GITHUB = { ACTIONS_ID_TOKEN_REQUEST_URL: REQUEST, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-secret" };

test("readAmbientToken: asks GitHub's runner for a token for the audience", async () => {
  let authorization = "";
  const fetch = fakeFetch({
    [`GET ${REQUEST}&audience=sigstore`]: (init) => {
      authorization = new Headers(init.headers).get("authorization") ?? "";
      return json({ value: token, count: 1 });
    },
  });
  const read = await readAmbientToken("sigstore", GITHUB, fetch);
  assert.equal(read.text, token);
  assert.equal(authorization, "bearer request-secret");
});

test("readAmbientToken: reads GitLab's variable for the audience", async () => {
  const read = await readAmbientToken(
    "my.index",
    { MY_INDEX_ID_TOKEN: toyToken({ aud: "my.index" }) },
    fakeFetch({}),
  );
  assert.deepEqual(read.token.audiences, ["my.index"]);
});

test("readAmbientToken: a token given by hand is used where its audience fits, else the next source", async () => {
  const env = { ...GITHUB, COUNTERMARK_ID_TOKEN: toyToken({ aud: "index" }) };
  const fetch = fakeFetch({ [`GET ${REQUEST}&audience=sigstore`]: () => json({ value: token }) });
  assert.equal((await readAmbientToken("index", env, fetch)).text, env.COUNTERMARK_ID_TOKEN);
  assert.equal((await readAmbientToken("sigstore", env, fetch)).text, token);
});

for (const [claim, env, answer] of [
  ["without any source", {}, null],
  ["with a token for another audience", { SIGSTORE_ID_TOKEN: toyToken({ aud: "other" }) }, null],
  [
    "with a token for several audiences",
    { SIGSTORE_ID_TOKEN: toyToken({ aud: ["sigstore", "other"] }) },
    null,
  ],
  ["when the runner refuses", GITHUB, () => json({ message: token }, 403)],
] as const) {
  test(`readAmbientToken: ${claim} there is no identity, and no token in the message`, async () => {
    const fetch = fakeFetch(answer === null ? {} : { [`GET ${REQUEST}&audience=sigstore`]: answer });
    await assert.rejects(readAmbientToken("sigstore", env, fetch), (error: Error & { code?: string }) => {
      assert.equal(error.code, "no-identity");
      assert.ok(!error.message.includes(token) && !error.message.includes("request-secret"));
      return true;
    });
  });
}

test("readAmbientToken: what is no token is refused without being shown", async () => {
  await assert.rejects(
    readAmbientToken("sigstore", { SIGSTORE_ID_TOKEN: "a-secret" }, fakeFetch({})),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, "malformed");
      assert.ok(!error.message.includes("a-secret"));
      return true;
    },
  );
});
