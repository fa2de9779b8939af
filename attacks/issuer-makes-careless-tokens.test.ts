// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { createIssuerSigningKey, createOidcIssuer } from "@countermark/authority";
import {
  attack,
  ISSUER_URL,
  mintByHand,
  readTokenByHand,
  requestIdToken,
  sampleWorld,
  signTokenByHand,
} from "@countermark/testkit";

attack(
  {
    by: "issuer",
    tries: "makes tokens for two audiences, for later, without an id or in another issuer's name",
    stoppedBy:
      "a token is for this index alone, alive now, with an id that is used once, by the issuer it names",
    noticedBy: "the job",
    when: "when it asks for an upload token",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const key = createIssuerSigningKey();
    const issuer = createOidcIssuer({
      key,
      issuer: () => ISSUER_URL,
      clock: world.clock.now,
      requestTokens: null,
    });
    world.network.attach("issuer.test", issuer);
    world.clock.advance(61); // an unknown key is asked for once a minute
    const job = await world.startJob({ ...world.claims, runId: "2" });
    const { header, claims } = readTokenByHand(await requestIdToken(job, "index.test", world.network.fetch));
    const now = world.clock.now();
    const make = (changes: Readonly<Record<string, unknown>>) =>
      signTokenByHand(header, { ...claims, jti: crypto.randomUUID(), ...changes }, (message) =>
        sign("sha256", message, key.privateKey),
      );
    for (const [claim, changes, code] of [
      ["for another index too", { aud: ["index.test", "other.test"] }, "id-token-invalid"],
      ["for another index", { aud: "other.test" }, "id-token-invalid"],
      ["valid in an hour", { nbf: now + 3_600, exp: now + 7_200 }, "id-token-invalid"],
      ["issued in an hour", { iat: now + 3_600, exp: now + 7_200 }, "id-token-invalid"],
      ["without an id", { jti: undefined }, "id-token-invalid"],
      ["in the name of an issuer that is not known", { iss: "https://evil.test" }, "id-token-issuer"],
      ["in the name of an issuer with a longer name", { iss: `${ISSUER_URL}/` }, "id-token-issuer"],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const answer = await mintByHand(world, make(changes));
        assert.equal(answer.code, code, answer.said);
        if (["for another index too", "valid in an hour", "without an id"].includes(claim))
          t.saw("the job", answer.said);
      });
    }
    await t.test("as it should be: granted", async () => {
      assert.equal((await mintByHand(world, make({}))).said, "granted");
    });
  },
);
