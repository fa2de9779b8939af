// SPDX-License-Identifier: Apache-2.0
import type { Blobs } from "./blobs.ts";
import type { Database } from "./database.ts";
import { createInTurn } from "./in-turn.ts";

/** Blobs on their way into the ledger: in place and durable before the seal, gone again if it is refused. */
export interface HeldBlobs {
  /** Puts blobs in place with `keep`, on the books first: a crash from here on leaves nothing unaccounted. A throw holds nothing. */
  hold(digests: readonly string[], keep: () => Promise<void>): Promise<void>;
  /** Ends a hold. What no sealed entry and no other hold refers to is removed. */
  release(digests: readonly string[]): Promise<void>;
}

/** Opens the books, and removes what an earlier process held and did not seal. Call it when the ledger is read back. */
export async function openHeldBlobs(database: Database, blobs: Blobs): Promise<HeldBlobs> {
  const holders = new Map<string, number>();
  // One at a time: a removal must never meet the arrival of the same bytes.
  const inTurn = createInTurn();
  const removeUnsealed = async (digest: string): Promise<void> => {
    const sealed = await database
      .selectFrom("sealed_blobs")
      .select("sha256")
      .where("sha256", "=", digest)
      .executeTakeFirst();
    if (sealed === undefined) await blobs.remove(digest);
    await database.deleteFrom("pending_blobs").where("sha256", "=", digest).execute();
  };
  const left = await database.selectFrom("pending_blobs").select("sha256").execute();
  for (const { sha256 } of left) await removeUnsealed(sha256);
  const endHolds = async (digests: readonly string[]): Promise<void> => {
    for (const digest of digests) {
      const others = (holders.get(digest) ?? 1) - 1;
      if (others > 0) holders.set(digest, others);
      else {
        holders.delete(digest);
        await removeUnsealed(digest);
      }
    }
  };
  return {
    async hold(digests, keep) {
      await inTurn(async () => {
        const held: string[] = [];
        try {
          for (const sha256 of digests) {
            holders.set(sha256, (holders.get(sha256) ?? 0) + 1);
            held.push(sha256);
            await database
              .insertInto("pending_blobs")
              .values({ sha256 })
              .onConflict((conflict) => conflict.doNothing())
              .execute();
          }
          await keep();
        } catch (error) {
          // On a full disk even this may fail; the books then have the rest, for the next start.
          await endHolds(held).catch(() => {});
          throw error;
        }
      });
    },
    release: (digests) => inTurn(() => endHolds(digests)),
  };
}
