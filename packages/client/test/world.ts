// SPDX-License-Identifier: Apache-2.0
import type { Env } from "../src/settings.ts";
import type { Fetch, World } from "../src/world.ts";

/** A route of a false network: `METHOD URL` -> answer. */
export type Routes = Readonly<Record<string, (init: RequestInit) => Response | Promise<Response>>>;

/** A network that has these routes and nothing else. `calls` holds what was asked, in order. */
export function fakeFetch(routes: Routes): Fetch & { readonly calls: string[] } {
  const calls: string[] = [];
  const fetch: Fetch = async (url, init = {}) => {
    const call = `${init.method ?? "GET"} ${url}`;
    calls.push(call);
    const route = routes[call];
    if (route === undefined) throw new Error(`no route for ${call}`);
    return await route(init);
  };
  return Object.assign(fetch, { calls });
}

/** A world with a false network, whose output is kept. */
export function fakeWorld(
  fetch: Fetch,
  env: Env = {},
): World & { readonly text: () => string; readonly errors: () => string } {
  let stdout = "";
  let stderr = "";
  return {
    env,
    now: () => 1_790_000_000,
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    colours: false,
    terminal: false,
    interactive: false,
    createFetch: () => fetch,
    stop: new AbortController().signal,
    text: () => stdout,
    errors: () => stderr,
  };
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });
}

/** A token of the right form; its signature is nobody's. */
export function toyToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const all = {
    iss: "https://issuer.example",
    sub: "repo:x",
    iat: 1_790_000_000,
    exp: 1_790_000_600,
    ...claims,
  };
  return `${part({ alg: "RS256", kid: "1", typ: "JWT" })}.${part(all)}.${part("signature")}`;
}
