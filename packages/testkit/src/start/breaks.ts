// SPDX-License-Identifier: Apache-2.0
import { stripPublisher, swapBytes, swapMetadata, withhold } from "./breaks-files.ts";
import { fork, freeze, rollback, tornTile } from "./breaks-head.ts";
import { backDate, stealOnlineKey } from "./breaks-keys.ts";
import { type Break, honest } from "./scene.ts";

/** Nothing is broken any more. What was published or logged meanwhile stays: a ledger forgets nothing. */
const nothing: Break = {
  name: "nothing",
  does: "the middleman is honest again",
  lines: () => [],
  begin: async () => ({ tampering: honest, done: [] }),
};

/** Every attack that `npm run break` knows, and the way back. */
export const BREAKS: readonly Break[] = [
  swapBytes,
  withhold,
  fork,
  freeze,
  rollback,
  swapMetadata,
  backDate,
  stealOnlineKey,
  stripPublisher,
  tornTile,
  nothing,
];
