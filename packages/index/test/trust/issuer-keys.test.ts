// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createIssuerKeys } from "../../src/trust/issuer-keys.ts";

test("keysOf: requests of strangers do not multiply the requests to an issuer that is down", async () => {
  let now = 1_000;
  const urls: string[] = [];
  const keys = createIssuerKeys(
    async (url) => {
      urls.push(url);
      throw new TypeError("down");
    },
    () => now,
  );
  const ask = (): Promise<unknown> =>
    keys.keysOf("https://issuer.test", "key").catch((error: unknown) => error);
  await Promise.all(Array.from({ length: 50 }, ask));
  await ask();
  assert.equal(urls.length, 1);
  now += 5;
  await ask();
  assert.equal(urls.length, 2);
});

test("keysOf: Google's keys are where Google says, and nobody else's are", async () => {
  const ask = async (issuer: string): Promise<readonly string[]> => {
    const urls: string[] = [];
    const keys = createIssuerKeys(
      async (url) => {
        urls.push(url);
        const configuration = { issuer, jwks_uri: "https://www.googleapis.com/oauth2/v3/certs" };
        return Response.json(url.includes("openid") ? configuration : { keys: [] });
      },
      () => 1_000,
    );
    await keys.keysOf(issuer, "key").catch(() => {});
    return urls;
  };
  assert.equal((await ask("https://accounts.google.com")).length, 2);
  assert.equal((await ask("https://gitlab.com")).length, 1);
});
