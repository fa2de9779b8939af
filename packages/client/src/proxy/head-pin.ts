// SPDX-License-Identifier: Apache-2.0
import { equalBytes } from "@countermark/formats";
import { createLogReader, httpTiles, type LogReader, nodeCrypto } from "@countermark/log";
import type { LedgerHead } from "@countermark/verify";
import { ClientError } from "../failure.ts";
import type { Fetch } from "../world.ts";

/** The newest head that this session has seen: it is never gone back behind, and every later one must begin with it. */
export type HeadPin = {
  /** @throws ClientError `head-went-back`; LogError `not-authentic`, `not-found`, `unavailable` */
  advance(head: LedgerHead): Promise<void>;
};

/** A pin that takes the first head it is shown. @param index base URL of the log, for consistency proofs. */
export function createHeadPin(index: string, fetch: Fetch): HeadPin {
  let pinned: LogReader | null = null;
  let turn: Promise<void> = Promise.resolve();
  const advance = async (head: LedgerHead): Promise<void> => {
    const { size, root } = head.checkpoint;
    if (pinned === null) {
      pinned = createLogReader(httpTiles(index, fetch), { size, root }, nodeCrypto.sha256);
    } else if (size > pinned.head.size) {
      pinned = await pinned.extend({ size, root });
    } else if (size < pinned.head.size || !equalBytes(root, pinned.head.root)) {
      throw new ClientError(
        "head-went-back",
        `Cannot use the index: expected its ledger to go on from size ${pinned.head.size}, seen ` +
          (size < pinned.head.size ? `size ${size}` : "another tree of that size"),
      );
    }
  };
  return {
    advance: (head) => {
      // Heads are compared one after the other: requests run side by side.
      const next = turn.then(() => advance(head));
      turn = next.catch(() => undefined);
      return next;
    },
  };
}
