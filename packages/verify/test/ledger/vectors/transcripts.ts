// SPDX-License-Identifier: Apache-2.0
import { encodeHex } from "@countermark/formats";
import type { PreviousLeaves, ToyLedger } from "../toy-ledger.ts";
import { AMENDMENT_STORIES } from "./stories/amendments.ts";
import { CONFIGURE_STORIES } from "./stories/configure.ts";
import { ENTRY_STORIES } from "./stories/entries.ts";
import { FILE_STORIES } from "./stories/files.ts";
import { FIRST_STORIES } from "./stories/first.ts";
import { ROLE_STORIES } from "./stories/gates.ts";
import { GENESIS_STORIES } from "./stories/genesis.ts";
import { INDEX_STORIES } from "./stories/index-kinds.ts";
import { OUTSIDE_STORIES } from "./stories/outside.ts";
import { RECOVERY_STORIES } from "./stories/recovery.ts";
import { RELEASE_STORIES } from "./stories/releases.ts";
import { STATE_STORIES } from "./stories/states.ts";
import { SUCCESSION_STORIES } from "./stories/succession.ts";
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
  return await transcribe(STORIES);
}

/** vectors/ledger/transcripts-index.json */
export async function indexTranscriptVectors() {
  return await transcribe([...INDEX_STORIES, ...RECOVERY_STORIES, ...SUCCESSION_STORIES, ...ROLE_STORIES]);
}

/** vectors/ledger/transcripts-files.json */
export async function fileTranscriptVectors() {
  return await transcribe([...RELEASE_STORIES, ...AMENDMENT_STORIES, ...OUTSIDE_STORIES]);
}

async function transcribe(stories: readonly Story[]) {
  const transcripts = [];
  for (const [name, tell] of stories) transcripts.push(writeTranscript(name, await tell()));
  return transcripts;
}

/** The leaves of a ledger, what became of each, and the log that it continues. */
export function writeTranscript(name: string, { leaves, outcomes, origin, previous }: ToyLedger) {
  const steps = leaves.map((leaf, i) => ({ leaf: encodeHex(leaf), ...outcomes[i] }));
  return { name, origin, ...writePrevious(previous), steps };
}

function writePrevious(previous: PreviousLeaves | null): object {
  if (previous === null) return {};
  const leaves = previous.leaves.map(encodeHex);
  return { previous: { leaves, root: previous.root, ...writePrevious(previous.previous) } };
}
