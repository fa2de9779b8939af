// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createIssuerSigningKey, createOidcIssuer } from "@countermark/authority";
import {
  attack,
  ISSUER_URL,
  mintByHand,
  registerJob,
  requestIdToken,
  sampleWorld,
} from "@countermark/testkit";

attack(
  {
    by: "issuer",
    tries: "loses its signing key, withdraws it, and the thief goes on making tokens for any project",
    stoppedBy: "keys are believed for an hour at most: then what the issuer withdrew is worth nothing",
    noticedBy: "the thief",
    when: "an hour after the withdrawal at the latest",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const open = () =>
      createOidcIssuer({
        key: createIssuerSigningKey(),
        issuer: () => ISSUER_URL,
        clock: world.clock.now,
        requestTokens: null,
      });
    const [stolen, renewed] = [open(), open()];
    /** A token that the thief makes with the old key, whatever the issuer does. */
    const steal = async (runId: string) => {
      const fetch = async (url: string, init?: RequestInit) => await stolen.fetch(new Request(url, init));
      const job = await registerJob(ISSUER_URL, { ...world.claims, runId }, fetch);
      return await requestIdToken(job, "index.test", fetch);
    };
    world.network.attach("issuer.test", stolen);
    world.clock.advance(61);
    await t.test("before the withdrawal: a stolen key is as good as the issuer's", async () => {
      assert.equal((await mintByHand(world, await steal("2"))).said, "granted");
    });
    world.network.attach("issuer.test", renewed);
    await t.test("an hour after: refused", async () => {
      world.clock.advance(3_601);
      const answer = await mintByHand(world, await steal("3"));
      assert.equal(answer.code, "id-token-invalid");
      t.saw("the thief", answer.said);
    });
    await t.test("the issuer's new key: granted", async () => {
      const job = await world.startJob({ ...world.claims, runId: "4" });
      const token = await requestIdToken(job, "index.test", world.network.fetch);
      assert.equal((await mintByHand(world, token)).said, "granted");
    });
  },
);
