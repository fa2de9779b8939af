// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { createIssuerKeys, type Fetch, type IssuerKeys } from "@countermark/log";

const START = 1_790_000_000;
const ISSUER = "http://issuer.test";
const KEY_ID = "key-1";
const JWK = {
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
  kid: KEY_ID,
  alg: "ES256",
  use: "sig",
};
const GOOD = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` };
const answerWell: Fetch = answering(GOOD, JSON.stringify({ keys: [JWK] }));

function open(fetch: Fetch, clock: () => number = () => START): IssuerKeys {
  const unavailable = (message: string, cause: unknown): Error =>
    Object.assign(new Error(message, { cause }), { code: "issuer-unavailable" });
  return createIssuerKeys({ fetch, clock, unavailable });
}

async function keysOf(fetch: Fetch, keyId: string) {
  return await open(fetch).keysOf(ISSUER, keyId);
}

function counting(): { readonly fetch: Fetch; count: number } {
  const counted = {
    count: 0,
    fetch: async (url: string, init?: RequestInit) => {
      counted.count++;
      return await answerWell(url, init);
    },
  };
  return counted;
}

test("createIssuerKeys: keys are believed for an hour", async () => {
  const counted = counting();
  let now = START;
  const keys = open(counted.fetch, () => now);
  await keys.keysOf(ISSUER, KEY_ID);
  assert.equal(counted.count, 2);
  now += 3_599;
  await keys.keysOf(ISSUER, KEY_ID);
  assert.equal(counted.count, 2);
  now += 1;
  await keys.keysOf(ISSUER, KEY_ID);
  assert.equal(counted.count, 4);
});

test("createIssuerKeys: an unknown key id makes it ask again, once a minute", async () => {
  const counted = counting();
  let now = START;
  const keys = open(counted.fetch, () => now);
  await keys.keysOf(ISSUER, KEY_ID);
  now += 59;
  await keys.keysOf(ISSUER, "stranger");
  assert.equal(counted.count, 2);
  now += 1;
  await keys.keysOf(ISSUER, "stranger");
  await keys.keysOf(ISSUER, "other stranger");
  assert.equal(counted.count, 4);
});

function answering(
  configuration: unknown,
  jwks: string | Uint8Array<ArrayBuffer> = '{"keys":[]}',
  status = 200,
): Fetch {
  return async (url) =>
    url.endsWith("openid-configuration") ? Response.json(configuration) : new Response(jwks, { status });
}

for (const [claim, fetch] of [
  ["keys at another origin", answering({ ...GOOD, jwks_uri: "http://elsewhere.test/jwks" })],
  ["keys at another port", answering({ ...GOOD, jwks_uri: `${ISSUER}:81/jwks` })],
  ["the configuration of another issuer", answering({ ...GOOD, issuer: `${ISSUER}/` })],
  ["a configuration without keys", answering({ issuer: ISSUER })],
  ["keys that are not JSON", answering(GOOD, "<html>")],
  ["keys that are not found", answering(GOOD, '{"keys":[]}', 404)],
  ["keys above the limit", answering(GOOD, new Uint8Array(262_145))],
  ["no answer", async () => Promise.reject(new TypeError("fetch failed"))],
] as const satisfies readonly (readonly [string, Fetch])[]) {
  test(`createIssuerKeys: ${claim} is refused`, async () => {
    await assert.rejects(keysOf(fetch, KEY_ID), { code: "issuer-unavailable" });
  });
}

test("createIssuerKeys: redirects are not followed", async () => {
  const seen: (string | undefined)[] = [];
  await keysOf(async (url, init) => {
    seen.push(init?.redirect);
    return await answerWell(url);
  }, KEY_ID);
  assert.deepEqual(seen, ["error", "error"]);
});

test("createIssuerKeys: many who ask at once are one question", async () => {
  const counted = counting();
  const keys = open(counted.fetch, () => START);
  await Promise.all(Array.from({ length: 20 }, () => keys.keysOf(ISSUER, KEY_ID)));
  assert.equal(counted.count, 2);
});

test("createIssuerKeys: an issuer that does not answer is asked again after ten seconds, not for each token", async () => {
  let count = 0;
  let now = START;
  const gone: Fetch = async (url, init) => {
    count++;
    if (now < START + 10) throw new TypeError("fetch failed");
    return await answerWell(url, init);
  };
  const keys = open(gone, () => now);
  for (let i = 0; i < 20; i++) {
    await assert.rejects(keys.keysOf(ISSUER, `stranger ${i}`), { code: "issuer-unavailable" });
  }
  assert.equal(count, 1);
  now += 10;
  assert.equal((await keys.keysOf(ISSUER, KEY_ID))[0]?.keyId, KEY_ID);
});

test("createIssuerKeys: a stranger's key id does not cost us the keys we have while the issuer is away", async () => {
  let now = START;
  const keys = open(
    async (url, init) => {
      if (now > START) throw new TypeError("fetch failed");
      return await answerWell(url, init);
    },
    () => now,
  );
  await keys.keysOf(ISSUER, KEY_ID);
  now += 600;
  await assert.rejects(keys.keysOf(ISSUER, "stranger"), { code: "issuer-unavailable" });
  assert.equal((await keys.keysOf(ISSUER, KEY_ID))[0]?.keyId, KEY_ID);
});

test("createIssuerKeys: Google's keys are where Google says, and nobody else's are", async () => {
  const ask = async (issuer: string): Promise<number> => {
    let count = 0;
    const jwks_uri = "https://www.googleapis.com/oauth2/v3/certs";
    const fetch: Fetch = async (url, init) => {
      count++;
      return await answering({ issuer, jwks_uri })(url, init);
    };
    await open(fetch)
      .keysOf(issuer, "key")
      .catch(() => {});
    return count;
  };
  assert.equal(await ask("https://accounts.google.com"), 2);
  assert.equal(await ask("https://gitlab.com"), 1);
});

test("createIssuerKeys: a clock that is set back does not make a failure last", async () => {
  let now = START;
  const keys = open(
    async (url, init) => {
      if (now === START) throw new TypeError("fetch failed");
      return await answerWell(url, init);
    },
    () => now,
  );
  await assert.rejects(keys.keysOf(ISSUER, KEY_ID), { code: "issuer-unavailable" });
  now -= 3_600;
  assert.equal((await keys.keysOf(ISSUER, KEY_ID))[0]?.keyId, KEY_ID);
});
