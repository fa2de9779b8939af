// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { encodeAttestation, encodeTrustedRoot } from "@countermark/formats";
import { attack, verifyByHand } from "@countermark/testkit";
import { TOY_KEYS } from "../packages/verify/test/support/toy-certificates.ts";
import {
  makeWorld,
  soundPlan,
  TOY_FILE,
  type ToyPlan,
} from "../packages/verify/test/support/toy-sigstore.ts";

attack(
  {
    by: "authority",
    tries:
      "issues a certificate for somebody else's identity, and keeps it out of the public certificate log",
    stoppedBy: "a certificate without the promise of a log that is believed is worth nothing",
    noticedBy: "whoever verifies; with the promise, whoever watches the log",
    when: "at once",
  },
  async (t) => {
    const verify = (plan: ToyPlan) => {
      const { attestation, root } = makeWorld(plan);
      return verifyByHand({
        ...TOY_FILE,
        attestation: encodeAttestation(attestation),
        trustedRoot: encodeTrustedRoot(root),
      });
    };
    const sound = soundPlan();
    const { sct } = sound;
    assert.ok(sct);
    await t.test("with the log's promise: it verifies", async () => {
      const run = await verify(sound);
      assert.equal(run.status, 0, run.output);
    });
    for (const [claim, plan, code] of [
      ["without a promise", { ...sound, sct: null }, "sct-missing"],
      [
        "with the promise of a log that nobody knows",
        { ...sound, sct: { ...sct, logKey: TOY_KEYS.stranger, signer: TOY_KEYS.stranger } },
        "sct-log-unknown",
      ],
      [
        "with a promise in the log's name by another key",
        { ...sound, sct: { ...sct, signer: TOY_KEYS.stranger } },
        "sct-signature",
      ],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const run = await verify(plan);
        assert.equal(run.status, 1, run.output);
        assert.ok(run.output.includes(`[${code}]`), `wanted ${code}: ${run.output}`);
        t.saw("whoever verifies", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);
