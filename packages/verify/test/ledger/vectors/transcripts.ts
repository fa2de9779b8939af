// SPDX-License-Identifier: Apache-2.0
import { encodeHex } from "@countermark/formats";
import { ORIGIN } from "../toy-ledger.ts";
import { CONFIGURE_STORIES } from "./stories/configure.ts";
import { ENTRY_STORIES } from "./stories/entries.ts";
import { FILE_STORIES } from "./stories/files.ts";
import { FIRST_STORIES } from "./stories/first.ts";
import { GENESIS_STORIES } from "./stories/genesis.ts";
import { STATE_STORIES } from "./stories/states.ts";
import type { Story } from "./stories/tell.ts";
import { VOID_STORIES } from "./stories/voids.ts";

/** Stories that together show each kind at work, legal and not. */
const STORIES: readonly Story[] = [
  ...FIRST_STORIES,
  ...GENESIS_STORIES,
  ...ENTRY_STORIES,
  ...FILE_STORIES,
  ...CONFIGURE_STORIES,
  ...VOID_STORIES,
  ...STATE_STORIES,
];

/** vectors/ledger/transcripts.json */
export async function transcriptVectors() {
  const transcripts = [];
  for (const [name, tell] of STORIES) {
    const { leaves, outcomes } = await tell();
    const steps = leaves.map((leaf, i) => ({ leaf: encodeHex(leaf), ...outcomes[i] }));
    transcripts.push({ name, origin: ORIGIN, steps });
  }
  return transcripts;
}
