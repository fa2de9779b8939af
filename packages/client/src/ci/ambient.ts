// SPDX-License-Identifier: Apache-2.0
import { ID_TOKEN_CHARS_MAX, type IdToken, parseIdToken, parseJsonObject } from "@countermark/formats";
import { ClientError } from "../failure.ts";
import { exchange } from "../fetch/exchange.ts";
import type { Env } from "../settings.ts";
import type { Fetch } from "../world.ts";

/** An identity token of this CI job. `text` is a secret. */
export type AmbientToken = { readonly text: string; readonly token: IdToken };

type Source = {
  readonly name: string;
  /** The token for `audience`, or null where this source is not there. */
  readonly read: (audience: string, env: Env, fetch: Fetch) => Promise<string | null>;
};

const SOURCES: readonly Source[] = [
  { name: "COUNTERMARK_ID_TOKEN", read: async (_audience, env) => env["COUNTERMARK_ID_TOKEN"] ?? null },
  { name: "GitHub Actions", read: fetchGithubToken },
  {
    name: "GitLab CI/CD",
    read: async (audience, env) => env[`${audienceVariable(audience)}_ID_TOKEN`] ?? null,
  },
];

/**
 * The identity token that this CI job may have for `audience`. It is handed on, not verified: that is for those who get it.
 *
 * @throws ClientError `no-identity`, `http-status`, `unreachable`; ParseError for a token that is none
 */
export async function readAmbientToken(audience: string, env: Env, fetch: Fetch): Promise<AmbientToken> {
  for (const source of SOURCES) {
    const text = await source.read(audience, env, fetch);
    if (text === null || text === "") continue;
    const token = parseIdToken(text);
    if (token.audiences.length === 1 && token.audiences[0] === audience) return { text, token };
    if (source.name !== "COUNTERMARK_ID_TOKEN") {
      throw new ClientError(
        "no-identity",
        `Cannot use the identity token of ${source.name}: it is for ${JSON.stringify(token.audiences)}, wanted ${JSON.stringify(audience)}`,
      );
    }
  }
  throw new ClientError(
    "no-identity",
    `Cannot find a CI identity for the audience ${JSON.stringify(audience)}: wanted GitHub Actions with "permissions: id-token: write", ` +
      `GitLab's ${audienceVariable(audience)}_ID_TOKEN, or COUNTERMARK_ID_TOKEN`,
  );
}

/** The variable's name that GitLab users give the token for `audience`, by convention of `id`. */
function audienceVariable(audience: string): string {
  return audience.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

async function fetchGithubToken(audience: string, env: Env, fetch: Fetch): Promise<string | null> {
  const requestUrl = env["ACTIONS_ID_TOKEN_REQUEST_URL"];
  const requestToken = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (!requestUrl || !requestToken) return null;
  const url = new URL(requestUrl);
  url.searchParams.set("audience", audience);
  const answer = await exchange(fetch, {
    url: url.href,
    headers: { authorization: `bearer ${requestToken}`, accept: "application/json" },
    bytesMax: ID_TOKEN_CHARS_MAX * 2,
  });
  // The body is not quoted: it may hold a token.
  if (answer.status !== 200) {
    throw new ClientError(
      "no-identity",
      `Cannot get an identity token from GitHub Actions: status ${answer.status}`,
    );
  }
  const body = parseJsonObject(
    answer.body,
    { bytesMax: ID_TOKEN_CHARS_MAX * 2, depthMax: 4 },
    "token answer",
  );
  const token = body.text("value", { charsMax: ID_TOKEN_CHARS_MAX });
  body.ignoreRest();
  return token;
}
