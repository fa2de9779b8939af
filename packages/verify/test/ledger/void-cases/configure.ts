// SPDX-License-Identifier: Apache-2.0
import {
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  GUARDED,
  OTHER_PASSKEY,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  PUBLISHER,
  ToyLedger,
} from "../toy-ledger.ts";

import {
  ASK,
  busy,
  CANCEL,
  type Case,
  configure,
  inProject,
  OTHER,
  OTHER_GUARDED,
  TAKE,
  UNMET,
  withHeader,
  withPending,
} from "./build.ts";

export const CONFIGURE_CASES: readonly Case[] = [
  [
    "bad-config",
    "a creation that asks publishers where there are none",
    async () => (await ToyLedger.create()).outcome({ kind: "project-created", config: UNMET }),
  ],
  [
    "bad-config",
    "attestations required of uploads by anybody",
    () =>
      inProject(
        configure("change", "free", { ...CONFIG, policy: { ...CONFIG.policy, attestations: "required" } }),
      ),
  ],
  [
    "bad-config",
    "a release by passkey where there is none",
    () =>
      inProject(
        configure("change", "free", { ...CONFIG, policy: { ...CONFIG.policy, release: "staged-passkey" } }),
      ),
  ],
  [
    "bad-config",
    "an undo to something else than the base",
    async () => {
      const ledger = await busy(GUARDED);
      await ledger.add(
        configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED)),
      );
      return await ledger.outcome(
        configure("undo", "passkey", OTHER_GUARDED, ledger.consent("undo", GUARDED)),
      );
    },
  ],
  [
    "bad-consent",
    "a passkey that the project has not",
    () =>
      inProject(
        (ledger) =>
          configure(
            "change",
            "passkey",
            OTHER_GUARDED,
            ledger.consent("change", OTHER_GUARDED, { key: OTHER_PASSKEY }),
          ),
        GUARDED,
      ),
  ],
  [
    "bad-consent",
    "a consent to another configuration",
    () =>
      inProject(
        (ledger) => configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", GUARDED)),
        GUARDED,
      ),
  ],
  [
    "bad-consent",
    "a consent to another act",
    () =>
      inProject(
        (ledger) => configure("change", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)),
        GUARDED,
      ),
  ],
  [
    "bad-consent",
    "a consent without user verification",
    () =>
      inProject(
        (ledger) =>
          configure(
            "change",
            "passkey",
            OTHER_GUARDED,
            ledger.consent("change", OTHER_GUARDED, { flags: 0x01 }),
          ),
        GUARDED,
      ),
  ],
  [
    "bad-consent",
    "a consent with extensions",
    () =>
      inProject(
        (ledger) =>
          configure(
            "change",
            "passkey",
            OTHER_GUARDED,
            ledger.consent("change", OTHER_GUARDED, { flags: 0x85 }),
          ),
        GUARDED,
      ),
  ],
  [
    "bad-consent",
    "a consent in another form than it says",
    () =>
      inProject((ledger) => {
        const consent = { ...ledger.consent("change", OTHER_GUARDED, { form: 2 }), form: 0 };
        return configure("change", "passkey", OTHER_GUARDED, consent);
      }, GUARDED),
  ],
  [
    "bad-consent",
    "a publisher that the project has not",
    () =>
      inProject(
        configure("ask", "publisher", OTHER, {
          kind: "publisher",
          evidence: digestOf("e"),
          publisher: OTHER_PUBLISHER,
        }),
      ),
  ],
  [
    "bad-consent",
    "a consent used before",
    async () => {
      const ledger = await ToyLedger.withProject(GUARDED);
      const change = configure(
        "change",
        "passkey",
        { ...GUARDED, publishers: [] },
        ledger.consent("change", { ...GUARDED, publishers: [] }),
      );
      await ledger.add(change);
      await ledger.add(configure("change", "free", GUARDED));
      return await ledger.outcome(change);
    },
  ],
  [
    "has-files",
    "a free change once there are files",
    async () => (await busy()).outcome(configure("change", "free", OTHER)),
  ],
  [
    "frozen",
    "a change after an undo",
    async () => {
      const ledger = await busy(GUARDED);
      await ledger.add(
        configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED)),
      );
      await ledger.add(configure("undo", "passkey", GUARDED, ledger.consent("undo", GUARDED)));
      await ledger.wait(14 * DAY + 9);
      return await ledger.outcome(
        configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED)),
      );
    },
  ],
  [
    "frozen",
    "a tightening after an undo",
    async () => {
      const ledger = withHeader(await busy(), { frozen: 3 });
      return await ledger.outcome(
        configure("change", "account", { ...CONFIG, policy: { ...CONFIG.policy, closeDays: 14 } }),
      );
    },
  ],
  ["not-tighter", "an account that changes nothing", () => inProject(configure("change", "account", CONFIG))],
  [
    "not-tighter",
    "an account that changes the publishers",
    () =>
      inProject(
        configure("change", "account", { ...OTHER, policy: { ...CONFIG.policy, uploads: "publisher" } }),
      ),
  ],
  [
    "not-tighter",
    "an account that is stricter here and laxer there",
    () =>
      inProject(
        configure("change", "account", {
          ...CONFIG,
          policy: { ...CONFIG.policy, uploads: "publisher", closeDays: null },
        }),
        { ...CONFIG, policy: { ...CONFIG.policy, closeDays: 14 } },
      ),
  ],
  [
    "has-principals",
    "an account that asks where there is a passkey",
    async () => (await busy(GUARDED)).outcome(ASK),
  ],
  ["no-files", "an account that asks before the first file", () => inProject(ASK)],
  [
    "no-files",
    "a publisher who asks before the first file",
    () =>
      inProject(
        configure("ask", "publisher", OTHER, {
          kind: "publisher",
          evidence: digestOf("e"),
          publisher: PUBLISHER,
        }),
      ),
  ],
  [
    "no-files",
    "a passkey that asks before the first file",
    () =>
      inProject(
        (ledger) => configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)),
        GUARDED,
      ),
  ],
  [
    "has-principals",
    "a publisher who cancels where there is a passkey",
    async () => {
      const ledger = await busy(GUARDED);
      await ledger.add(configure("ask", "passkey", OTHER_GUARDED, ledger.consent("ask", OTHER_GUARDED)));
      const consent = { kind: "publisher", evidence: digestOf("e"), publisher: PUBLISHER } as const;
      return await ledger.outcome({ ...CANCEL, way: "publisher", consent } as Draft);
    },
  ],
  [
    "pending",
    "a second ask",
    async () => {
      const ledger = await busy();
      await ledger.add(ASK);
      return await ledger.outcome(ASK);
    },
  ],
  ["no-pending", "a take of nothing", () => inProject(TAKE)],
  [
    "no-pending",
    "a take of what staff asked for",
    async () => withPending(await busy(), "staff").outcome(TAKE),
  ],
  [
    "too-early",
    "a take a second before the delay is over",
    async () => {
      const ledger = await busy();
      await ledger.add(ASK);
      await ledger.wait(7 * DAY + 9);
      return await ledger.outcome(TAKE);
    },
  ],
  [
    "too-early",
    "a take before any anchor covers the ask",
    async () => {
      const ledger = await busy();
      await ledger.wait(30 * DAY);
      await ledger.add(ASK);
      return await ledger.outcome(TAKE);
    },
  ],
  [
    "bad-config",
    "a take of what is no longer legal",
    async () => {
      const ledger = await busy();
      await ledger.wait(7 * DAY + 10);
      return await withPending(ledger, "account", UNMET).outcome(TAKE);
    },
  ],
  ["not-cancellable", "a cancel of nothing", () => inProject(CANCEL)],
  [
    "not-cancellable",
    "a cancel of what root keys asked for",
    async () => withPending(await busy(), "root").outcome(CANCEL),
  ],
  [
    "nothing-to-undo",
    "an undo of nothing",
    () =>
      inProject((ledger) => configure("undo", "passkey", GUARDED, ledger.consent("undo", GUARDED)), GUARDED),
  ],
  [
    "nothing-to-undo",
    "an undo after the window",
    async () => {
      const ledger = await busy(GUARDED);
      const both = { ...GUARDED, principals: [...GUARDED.principals, OTHER_PRINCIPAL].sort() };
      await ledger.add(configure("change", "passkey", both, ledger.consent("change", both)));
      await ledger.wait(14 * DAY + 10);
      return await ledger.outcome(configure("undo", "passkey", both, ledger.consent("undo", both)));
    },
  ],
];
