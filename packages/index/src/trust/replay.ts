// SPDX-License-Identifier: Apache-2.0
import { quote } from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import { REPLAY_MARGIN_SECONDS } from "../limits.ts";
import type { Database } from "../store/database.ts";

/**
 * Remembers that an identity token was used, durably, before anything is granted against it.
 *
 * @param tokenId unique among the tokens of `issuer`; issuers do not share a space.
 * @param expires Unix seconds; the record is kept a little longer than the token lives.
 * @throws IndexRefusal `id-token-reused`
 */
export async function rememberTokenId(
  database: Database,
  token: { readonly issuer: string; readonly tokenId: string; readonly expires: number },
  now: number,
): Promise<void> {
  await database.deleteFrom("replayed_tokens").where("expires_at", "<", now).execute();
  const inserted = await database
    .insertInto("replayed_tokens")
    .values({
      issuer: token.issuer,
      token_id: token.tokenId,
      expires_at: token.expires + REPLAY_MARGIN_SECONDS,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) {
    throw new IndexRefusal(
      "id-token-reused",
      `The identity token ${quote(token.tokenId)} of ${quote(token.issuer)} was exchanged before.`,
    );
  }
}
