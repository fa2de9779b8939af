// SPDX-License-Identifier: Apache-2.0
import { exchangeUploadToken } from "../ci/exchange-token.ts";
import { EXIT } from "../failure.ts";
import { openFetch } from "../fetch/open.ts";
import { indexUrl } from "../settings.ts";
import type { CommandContext } from "../world.ts";

/** Prints an upload token, and nothing else, on standard output. */
export async function exchangeTokenCommand(context: CommandContext): Promise<number> {
  const { world, settings, out } = context;
  const token = await exchangeUploadToken(indexUrl(settings), world.env, await openFetch(context));
  if (token.expires !== null) {
    out.progress(`upload token for ${Math.max(0, Math.round((token.expires - world.now()) / 60))} minutes`);
  }
  if (out.json) out.result({ token: token.token, expires: token.expires });
  else world.stdout(`${token.token}\n`);
  return EXIT.ok;
}
