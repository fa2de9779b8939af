// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { ConfigRecord } from "@countermark/formats";
import { attack } from "@countermark/testkit";
import { VOID_CODES, type VoidCode } from "@countermark/verify";
import {
  DAY,
  type Draft,
  GUARDED,
  K,
  OTHER_PASSKEY,
  OTHER_PRINCIPAL,
  PASSKEY,
  PRINCIPAL,
  type ToyLedger,
} from "../packages/verify/test/ledger/toy-ledger.ts";
import { configure, withFile } from "../packages/verify/test/ledger/vectors/stories/tell.ts";

/** Two maintainers with a passkey each; the second one's is stolen. */
const OWNED: ConfigRecord = { ...GUARDED, principals: [PRINCIPAL, OTHER_PRINCIPAL].sort() };
const THIEFS: ConfigRecord = { ...GUARDED, publishers: ["66".repeat(32)], principals: [OTHER_PRINCIPAL] };

attack(
  {
    by: "account-thief",
    tries: "has a maintainer's passkey for an hour, and makes himself the only one who may say anything",
    stoppedBy:
      "what stood before can be restored for two weeks by any passkey of it; then nothing changes at once for two more",
    noticedBy: "the other maintainer, and everybody",
    when: "at once; undone when the other maintainer looks",
  },
  async (t) => {
    const ledger = await withFile(OWNED);
    await ledger.wait(20 * DAY);
    const thief = { key: OTHER_PASSKEY };
    const by = (
      act: "change" | "undo",
      config: ConfigRecord,
      options: { readonly key: typeof PASSKEY },
    ): Draft => configure(act, "passkey", config, ledger.consent(act, config, options));
    const legal = async (draft: Draft): Promise<void> =>
      assert.equal((await ledger.add(draft)).kind, "legal");
    const refused = async (draft: Draft, code: VoidCode, who: string): Promise<void> => {
      assert.equal(await ledger.outcome(draft), code);
      t.saw(who, `void: ${VOID_CODES[code]} [${code}]`);
    };

    await t.test(
      "the thief's change holds at once, and ten days later it is undone by the other passkey",
      async () => {
        await legal(by("change", THIEFS, thief));
        await ledger.wait(10 * DAY);
        await legal(by("undo", OWNED, { key: PASSKEY }));
        assert.deepEqual(current(ledger), OWNED);
      },
    );
    await t.test("the thief cannot undo the undo", async () => {
      await refused(by("undo", OWNED, thief), "nothing-to-undo", "the thief, who would undo it");
    });
    await t.test("the thief cannot change it again: it is frozen for two weeks", async () => {
      await refused(by("change", THIEFS, thief), "frozen", "the thief, who would change it");
    });
    await t.test(
      "meanwhile the maintainer asks for a configuration without the stolen key, and takes it after a week",
      async () => {
        const without = { ...OWNED, principals: [PRINCIPAL] };
        await legal(configure("ask", "passkey", without, ledger.consent("ask", without)));
        await ledger.wait(7 * DAY + 60);
        await legal(configure("take", "none", null));
        assert.deepEqual(current(ledger), without);
        assert.equal(await ledger.outcome(by("change", THIEFS, thief)), "bad-consent");
      },
    );
  },
);

function current(ledger: ToyLedger): ConfigRecord | null {
  const project = ledger.state.projects.get(K);
  return project?.kind === "project" ? project.current : null;
}
