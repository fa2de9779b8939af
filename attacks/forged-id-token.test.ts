// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
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
    by: "stranger",
    tries: "makes an identity token himself: unsigned, signed with the issuer's public key, or with his own",
    stoppedBy: "the issuer's key decides about the algorithm, not the token; nothing unsigned is a token",
    noticedBy: "the stranger",
    when: "when he exchanges it",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const job = await world.startJob({ ...world.claims, runId: "2" });
    const truth = await requestIdToken(job, "index.test", world.network.fetch);
    const { header, claims } = readTokenByHand(truth);
    const jwks = await (await world.network.fetch(`${ISSUER_URL}/jwks`)).text();
    const own = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const signOwn = (message: Buffer) => sign("sha256", message, own);
    const signEc = (message: Buffer) => sign("sha256", message, { key: ec, dsaEncoding: "ieee-p1363" });
    const hmac = (message: Buffer) => createHmac("sha256", jwks).update(message).digest();
    const forged: readonly (readonly [string, string, string])[] = [
      [
        "unsigned",
        "id-token-malformed",
        signTokenByHand({ ...header, alg: "none" }, claims, () => Buffer.alloc(0)),
      ],
      [
        "HMAC with the public key",
        "id-token-malformed",
        signTokenByHand({ ...header, alg: "HS256" }, claims, hmac),
      ],
      [
        "another algorithm than the key's",
        "id-token-invalid",
        signTokenByHand({ ...header, alg: "ES256" }, claims, signEc),
      ],
      ["his own key under the issuer's key id", "id-token-invalid", signTokenByHand(header, claims, signOwn)],
      [
        "his own key under an id of its own",
        "id-token-invalid",
        signTokenByHand({ ...header, kid: "mine" }, claims, signOwn),
      ],
      ["a true token with other claims", "id-token-invalid", altered(truth, { ...claims, run_id: "3" })],
    ];
    for (const [claim, code, token] of forged) {
      await t.test(`${claim}: refused`, async () => {
        const answer = await mintByHand(world, token);
        assert.equal(answer.code, code, answer.said);
        if (
          ["unsigned", "another algorithm than the key's", "a true token with other claims"].includes(claim)
        )
          t.saw("the stranger", answer.said);
      });
    }
    await t.test("the true token: granted", async () => {
      assert.equal((await mintByHand(world, truth)).said, "granted");
    });
  },
);

function altered(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [header = "", , signature = ""] = token.split(".");
  return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}
