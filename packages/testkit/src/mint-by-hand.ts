// SPDX-License-Identifier: Apache-2.0
import type { World } from "./world.ts";
import { INDEX_URL } from "./world.ts";

/** How an exchange of an identity token for an upload token ended. */
export interface MintAnswer {
  readonly status: number;
  /** Our own code; null where a token was granted. */
  readonly code: string | null;
  /** Code and description of the first error, as publishing tools print it; "granted". */
  readonly said: string;
}

/** Posts `token`, whatever it is, to the index's `/_/oidc/mint-token`. */
export async function mintByHand(world: World, token: string): Promise<MintAnswer> {
  const body = JSON.stringify({ token });
  const answer = await world.network.fetch(`${INDEX_URL}/_/oidc/mint-token`, { method: "POST", body });
  if (answer.status === 200) return { status: 200, code: null, said: "granted" };
  const refusal = (await answer.json()) as Refusal; // our own index's answer
  const [first] = refusal.errors ?? [];
  const said = first === undefined ? refusal.message : `${first.code}: ${first.description}`;
  return { status: answer.status, code: refusal.code, said };
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly errors?: readonly { readonly code: string; readonly description: string }[];
}

/** A compact JWS over any header and claims. */
export function signTokenByHand(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  sign: (message: Buffer) => Uint8Array,
): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const message = `${part(header)}.${part(claims)}`;
  return `${message}.${Buffer.from(sign(Buffer.from(message))).toString("base64url")}`;
}

/** Header and claims of a compact JWS, unverified. */
export function readTokenByHand(token: string): {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
} {
  const [header = "", claims = ""] = token.split(".");
  const read = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>; // a token of our own issuer
  return { header: read(header), claims: read(claims) };
}
