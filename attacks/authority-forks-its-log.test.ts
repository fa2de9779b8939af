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
    tries: "shows one verifier a signature log of its own, or a proof that leads to no tree",
    stoppedBy: "the proof must lead to the tree that the log signed; the log's cosigners can be demanded too",
    noticedBy: "whoever verifies",
    when: "at once",
  },
  async (t) => {
    const verify = (change: Partial<ToyPlan["entry"]>) => {
      const plan = soundPlan();
      const { attestation, root } = makeWorld({ ...plan, entry: { ...plan.entry, ...change } });
      return verifyByHand({
        ...TOY_FILE,
        attestation: encodeAttestation(attestation),
        trustedRoot: encodeTrustedRoot(root),
      });
    };
    await t.test("the true log: it verifies", async () => {
      const run = await verify({});
      assert.equal(run.status, 0, run.output);
    });
    for (const [claim, change, code] of [
      ["a tree signed by another key", { signer: TOY_KEYS.strangerEd25519 }, "log-signature-missing"],
      ["a tree of another log", { origin: "other.toy.test" }, "checkpoint-origin"],
      [
        "a proof that leads elsewhere",
        { hashes: [new Uint8Array(32), new Uint8Array(32)] },
        "inclusion-root",
      ],
      [
        "a proof into another tree than the signed one",
        { rootHash: new Uint8Array(32) },
        "log-root-mismatch",
      ],
      ["a log that nobody knows", { logId: new Uint8Array(32) }, "log-unknown"],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const run = await verify(change);
        assert.equal(run.status, 1, run.output);
        assert.ok(run.output.includes(`[${code}]`), `wanted ${code}: ${run.output}`);
        if (code !== "log-unknown" && code !== "log-root-mismatch")
          t.saw("whoever verifies", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);
