// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createIssuerSigningKey, createOidcIssuer } from "@countermark/authority";
import {
  attack,
  fakeClock,
  mintByHand,
  registerJob,
  requestIdToken,
  sampleWorld,
} from "@countermark/testkit";
import { providerRow } from "@countermark/verify";

const FORGE = "https://forge.company.test";

attack(
  {
    by: "issuer",
    tries: "of a company's own forge, makes tokens that name a public project, with its very ids",
    stoppedBy: "the issuer is part of every identity: the same path and ids elsewhere are somebody else",
    noticedBy: "the job",
    when: "when it asks for an upload token",
  },
  async (t) => {
    const clock = fakeClock();
    const provider = providerRow({ provider: "github", issuer: FORGE, serverUrl: FORGE });
    const world = await sampleWorld(t, { clock, otherProviders: [provider] });
    const forge = createOidcIssuer({
      key: createIssuerSigningKey(),
      issuer: () => FORGE,
      clock: clock.now,
      requestTokens: null,
    });
    world.network.attach("forge.company.test", forge);
    await t.test("the same names and ids by another issuer: no publisher", async () => {
      const job = await registerJob(FORGE, { ...world.claims, runId: "2" }, world.network.fetch);
      const answer = await mintByHand(world, await requestIdToken(job, "index.test", world.network.fetch));
      assert.equal(answer.code, "no-publisher", answer.said);
      t.saw("the job", answer.said);
    });
    await t.test("keys that an issuer keeps at another host: not fetched", async () => {
      // The same keys, so that only the place where they are tells.
      world.network.attach("evil.test", { fetch: () => forge.fetch(new Request(`${FORGE}/jwks`)) });
      const configuration = { issuer: FORGE, jwks_uri: "https://evil.test/jwks" };
      world.network.attach("forge.company.test", {
        fetch: (request) =>
          request.url.endsWith("openid-configuration")
            ? new Response(JSON.stringify(configuration))
            : forge.fetch(request),
      });
      clock.advance(3_601);
      const job = await registerJob(FORGE, { ...world.claims, runId: "3" }, world.network.fetch);
      const answer = await mintByHand(world, await requestIdToken(job, "index.test", world.network.fetch));
      assert.equal(answer.code, "issuer-unavailable", answer.said);
      t.saw("the job, where the keys are elsewhere", answer.said);
    });
  },
);
