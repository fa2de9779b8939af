// SPDX-License-Identifier: Apache-2.0
import {
  type IssuerKey,
  JSON_DEPTH_MAX,
  ParseError,
  parseJsonObject,
  parseJwks,
  quote,
} from "@countermark/formats";
import { type Clock, type Fetch, fetchBytes } from "@countermark/log";
import { AuthorityError } from "./failure.ts";
import {
  ISSUER_RESPONSE_BYTES_MAX,
  ISSUER_TIMEOUT_MS,
  JWKS_LIFETIME_SECONDS,
  JWKS_REFETCH_SECONDS,
  JWKS_RETRY_SECONDS,
} from "./limits.ts";

/** The signing keys of issuers: fetched, believed for an hour, asked for again at most once a minute; after a failure, after ten seconds. */
export interface IssuerKeys {
  /**
   * The keys of `issuer`, fetched anew when they lack `keyId` and were not fetched within the last minute.
   *
   * @throws AuthorityError `issuer-unavailable`
   */
  keysOf(issuer: string, keyId: string): Promise<readonly IssuerKey[]>;
}

export function createIssuerKeys(fetch: Fetch, clock: Clock): IssuerKeys {
  const known = new Map<string, { readonly keys: readonly IssuerKey[]; readonly fetchedAt: number }>();
  const asked = new Map<string, { readonly answer: Promise<readonly IssuerKey[]>; readonly at: number }>();
  // All who need an issuer's keys at once, or soon after it did not answer, share one question and its outcome: a stranger's
  // tokens may not make us ask for each of them.
  const ask = (issuer: string, now: number): Promise<readonly IssuerKey[]> => {
    const last = asked.get(issuer);
    if (last !== undefined && now - last.at < JWKS_RETRY_SECONDS) return last.answer;
    const answer = fetchKeys(issuer, fetch).then((keys) => {
      known.set(issuer, { keys, fetchedAt: now });
      return keys;
    });
    asked.set(issuer, { answer, at: now });
    return answer;
  };
  return {
    async keysOf(issuer, keyId) {
      const now = clock();
      const kept = known.get(issuer);
      const age = kept === undefined ? Number.POSITIVE_INFINITY : now - kept.fetchedAt;
      const has = kept?.keys.some((key) => key.keyId === keyId) ?? false;
      // A stranger can name any key id: it may not make us ask more than once a minute.
      const fresh = has ? age < JWKS_LIFETIME_SECONDS : age < JWKS_REFETCH_SECONDS;
      if (kept !== undefined && fresh) return kept.keys;
      return await ask(issuer, now);
    },
  };
}

/** Discovery, then the key set, which must have the issuer's origin. @spec openid-connect-discovery#4 */
async function fetchKeys(issuer: string, fetch: Fetch): Promise<readonly IssuerKey[]> {
  try {
    const url = `${issuer}/.well-known/openid-configuration`;
    const limits = { bytesMax: ISSUER_RESPONSE_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
    const configuration = parseJsonObject(await fetchDocument(url, fetch), limits, "openid-configuration");
    const stated = configuration.text("issuer", { charsMax: 2_048 });
    const jwksUri = configuration.text("jwks_uri", { charsMax: 2_048 });
    configuration.ignoreRest();
    if (stated !== issuer) throw new ParseError("malformed", `it is the configuration of ${quote(stated)}`);
    if (new URL(jwksUri).origin !== new URL(issuer).origin) {
      throw new ParseError("malformed", `its keys are at another origin: ${quote(jwksUri)}`);
    }
    return parseJwks(await fetchDocument(jwksUri, fetch));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it did not answer";
    throw new AuthorityError("issuer-unavailable", `Cannot get the keys of ${quote(issuer)}: ${reason}`, {
      cause,
    });
  }
}

async function fetchDocument(url: string, fetch: Fetch): Promise<Uint8Array> {
  const limits = { bytesMax: ISSUER_RESPONSE_BYTES_MAX, timeoutMs: ISSUER_TIMEOUT_MS };
  const answer = await fetchBytes(fetch, url, { redirect: "error" }, limits);
  if (answer.status !== 200) throw new ParseError("malformed", `${url} answered ${answer.status}`);
  return answer.bytes;
}
