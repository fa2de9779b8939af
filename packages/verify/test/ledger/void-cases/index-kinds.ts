// SPDX-License-Identifier: Apache-2.0
import { CONFIG, digestOf, I, L, ROOTS, rootSigned, ToyLedger } from "../toy-ledger.ts";
import { trust } from "../vectors/stories/index-kinds.ts";
import { busy, type Case } from "./build.ts";

const SUNSET = { kind: "sunset", project: I, log: L, root: [] } as const;

export const INDEX_CASES: readonly Case[] = [
  [
    "bad-root",
    "a sunset by one of two root keys",
    async () => {
      const ledger = await busy();
      return await ledger.outcome(rootSigned(ledger, SUNSET, ROOTS.slice(0, 1)));
    },
  ],
  [
    "sunset",
    "a project after the index's sunset",
    async () => {
      const ledger = await busy();
      await ledger.add(rootSigned(ledger, SUNSET));
      return await ledger.outcome({ kind: "project-created", config: CONFIG, project: digestOf("another") });
    },
  ],
  [
    "trust-version",
    "keys under the versions that are in force",
    async () => {
      const ledger = await ToyLedger.withProject();
      const targetsVersion = ledger.state.index?.header.targetsVersion ?? 0;
      return await ledger.outcome(rootSigned(ledger, trust(ledger, { targetsVersion })));
    },
  ],
];
