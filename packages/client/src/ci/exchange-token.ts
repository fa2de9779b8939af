// SPDX-License-Identifier: Apache-2.0
import { parseJsonObject } from "@countermark/formats";
import { ClientError } from "../failure.ts";
import { describeAnswer, exchange, wrongStatus } from "../fetch/exchange.ts";
import type { Env } from "../settings.ts";
import type { Fetch } from "../world.ts";
import { readAmbientToken } from "./ambient.ts";

const ANSWER_BYTES_MAX = 65_536;
const TOKEN_CHARS_MAX = 16_384;
const JSON_LIMITS = { bytesMax: ANSWER_BYTES_MAX, depthMax: 8 } as const;

/**
 * Audiences that belong to somebody: a token for one is good there too, and the index that asks for it could sign or publish
 * in this job's name.
 */
const AUDIENCE_OWNERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["sigstore", []],
  ["pypi", ["pypi.org", "upload.pypi.org"]],
  ["testpypi", ["test.pypi.org"]],
  ["npm:registry.npmjs.org", ["registry.npmjs.org"]],
  ["rubygems.org", ["rubygems.org"]],
  ["crates.io", ["crates.io"]],
]);

/** What the index gives for an identity: `token` is a secret. `expires` in Unix seconds, where the index says it. */
export type UploadToken = { readonly token: string; readonly expires: number | null };

/**
 * Exchanges this CI job's identity for an upload token of the index at `index`.
 *
 * @throws ClientError `no-identity`, `upload-refused`, `http-status`, `unreachable`
 */
export async function exchangeUploadToken(index: string, env: Env, fetch: Fetch): Promise<UploadToken> {
  const audience = await fetchAudience(index, fetch);
  const ambient = await readAmbientToken(audience, env, fetch);
  const answer = await exchange(fetch, {
    method: "POST",
    url: `${index}/_/oidc/mint-token`,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ token: ambient.text }),
    bytesMax: ANSWER_BYTES_MAX,
  });
  if (answer.status !== 200) {
    const code = answer.status >= 500 ? "http-status" : "upload-refused";
    throw new ClientError(code, `Cannot get an upload token: ${describeRefusal(answer)}`);
  }
  const body = parseJsonObject(answer.body, JSON_LIMITS, "token answer");
  const token = body.text("token", { charsMax: TOKEN_CHARS_MAX });
  const expires = body.has("expires")
    ? body.integer("expires", { min: 0, max: Number.MAX_SAFE_INTEGER })
    : null;
  body.ignoreRest();
  return { token, expires };
}

async function fetchAudience(index: string, fetch: Fetch): Promise<string> {
  const url = `${index}/_/oidc/audience`;
  const answer = await exchange(fetch, { url, bytesMax: ANSWER_BYTES_MAX });
  if (answer.status === 403 || answer.status === 404) {
    throw new ClientError("upload-refused", `Cannot publish with a CI identity: ${index} does not offer it`);
  }
  if (answer.status !== 200) throw wrongStatus(url, answer);
  const body = parseJsonObject(answer.body, JSON_LIMITS, "audience answer");
  const audience = body.text("audience", { charsMax: 255 });
  body.ignoreRest();
  const owners = AUDIENCE_OWNERS.get(audience);
  if (owners !== undefined && !owners.includes(new URL(index).hostname)) {
    throw new ClientError(
      "upload-refused",
      `Cannot publish with a CI identity: ${index} asks for a token for ${JSON.stringify(audience)}, which is another's`,
    );
  }
  return audience;
}

/** The codes and sentences of the index's `errors`, or the answer as it is. */
function describeRefusal(answer: Awaited<ReturnType<typeof exchange>>): string {
  try {
    const body = parseJsonObject(answer.body, JSON_LIMITS, "token refusal");
    const errors = body.objects("errors", { itemsMax: 16 });
    return errors
      .map(
        (error) =>
          `${error.text("description", { charsMax: 4_096 })} (${error.text("code", { charsMax: 64 })})`,
      )
      .join("; ");
  } catch {
    // Not in the shape of a refusal: shown as it came.
    return describeAnswer(answer);
  }
}
