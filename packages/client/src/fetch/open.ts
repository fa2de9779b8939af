// SPDX-License-Identifier: Apache-2.0
import type { CommandContext, Fetch } from "../world.ts";
import { readAuthorities } from "./authorities.ts";
import { readCredentials } from "./credentials.ts";

/**
 * The `fetch` that this command's settings ask for. It knows the credentials that belong to an origin; a request with some of its own keeps
 * those.
 */
export async function openFetch(context: Pick<CommandContext, "world" | "settings">): Promise<Fetch> {
  const { world, settings } = context;
  const ca = await readAuthorities(settings.caFile, world.env);
  const fetch = world.createFetch({ ca, env: world.env, idleSeconds: settings.timeoutSeconds });
  const credentials = await readCredentials(settings.index, world.env);
  return async (url, init = {}) => {
    const authorization = credentials(url);
    if (authorization === null) return await fetch(url, init);
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", authorization);
    return await fetch(url, { ...init, headers });
  };
}
