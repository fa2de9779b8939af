// SPDX-License-Identifier: Apache-2.0
import { decisionVectors } from "./decisions.ts";
import { evidenceVectors } from "./evidence.ts";
import { historyVectors, publisherVectors, rememberedVectors } from "./remembered.ts";
import { settledVectors } from "./settled.ts";

/** The files of vectors/lock/, by name. */
export async function lockVectors(): Promise<Readonly<Record<string, unknown>>> {
  return {
    "decision.json": decisionVectors(),
    "evidence.json": evidenceVectors(),
    "settled.json": settledVectors(),
    "history.json": historyVectors(),
    "publishers.json": publisherVectors(),
    "remembered.json": rememberedVectors(),
  };
}
