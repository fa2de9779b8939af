// SPDX-License-Identifier: Apache-2.0
import { ClientError } from "../failure.ts";
import type { Fetch } from "../world.ts";
import { type Answer, exchange, type Request, withoutSecrets, wrongStatus } from "./exchange.ts";

/** The answer's body; null for 404. @throws ClientError `content-type` for an answer of another kind, whatever is in it; those of `exchange` */
export async function fetchTyped(
  fetch: Fetch,
  request: Request,
  types: readonly string[],
): Promise<Uint8Array | null> {
  const answer = await exchange(fetch, request);
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw wrongStatus(request.url, answer);
  requireType(request.url, answer, types);
  return answer.body;
}

/** @throws ClientError `content-type` */
export function requireType(
  url: string,
  { headers }: Pick<Answer, "headers">,
  types: readonly string[],
): void {
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  if (types.includes(type.trim().toLowerCase())) return;
  throw new ClientError(
    "content-type",
    `Cannot use the answer of ${withoutSecrets(url)}: it is ${JSON.stringify(type)}, wanted ${types.join(" or ")}`,
  );
}

/** An address on the page at `base`: only https, or the page's own origin, is gone to. @throws ClientError `not-hosted` */
export function resolveListed(text: string, base: string): string {
  const url = URL.parse(text, base);
  if (url === null || (url.protocol !== "https:" && url.origin !== new URL(base).origin)) {
    throw new ClientError("not-hosted", `Cannot go to ${JSON.stringify(text)}: it is not https`);
  }
  url.hash = "";
  return url.href;
}
