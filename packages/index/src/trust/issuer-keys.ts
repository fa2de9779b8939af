// SPDX-License-Identifier: Apache-2.0
import {
  type IssuerKey,
  JSON_DEPTH_MAX,
  ParseError,
  parseJsonObject,
  parseJwks,
  quote,
} from "@countermark/formats";
import type { Clock } from "@countermark/log";
import { IndexRefusal } from "../failure.ts";
import {
  ISSUER_RESPONSE_BYTES_MAX,
  ISSUER_TIMEOUT_MS,
  JWKS_LIFETIME_SECONDS,
  JWKS_REFETCH_SECONDS,
  JWKS_RETRY_SECONDS,
} from "../limits.ts";

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The issuers' signing keys: fetched, believed for an hour at most, asked for again at most once a minute. */
export interface IssuerKeys {
  /**
   * The keys of `issuer`; fetched anew when they do not contain `keyId` and were not fetched within the last minute.
   *
   * @throws IndexRefusal `issuer-unavailable`
   */
  keysOf(issuer: string, keyId: string): Promise<readonly IssuerKey[]>;
}

interface Known {
  readonly keys: readonly IssuerKey[];
  readonly fetchedAt: number;
}

export function createIssuerKeys(fetch: Fetch, clock: Clock): IssuerKeys {
  const known = new Map<string, Known>();
  const attempts = new Map<string, { readonly at: number; readonly keys: Promise<readonly IssuerKey[]> }>();
  const fetchOnce = async (issuer: string, fetchedAt: number): Promise<readonly IssuerKey[]> => {
    const keys = await fetchIssuerKeys(issuer, fetch);
    known.set(issuer, { keys, fetchedAt });
    return keys;
  };
  // Requests of one moment share one attempt, and so do those right after one that failed: strangers send the requests.
  const refetch = async (issuer: string): Promise<readonly IssuerKey[]> => {
    const now = clock();
    const last = attempts.get(issuer);
    if (last !== undefined && now - last.at < JWKS_RETRY_SECONDS) return await last.keys;
    const keys = fetchOnce(issuer, now);
    attempts.set(issuer, { at: now, keys });
    return await keys;
  };
  return {
    async keysOf(issuer, keyId) {
      const kept = known.get(issuer);
      const now = clock();
      if (kept === undefined || now - kept.fetchedAt >= JWKS_LIFETIME_SECONDS) return await refetch(issuer);
      if (kept.keys.some((key) => key.keyId === keyId)) return kept.keys;
      // A stranger can name any key id: what is known is used until the minute is over.
      if (now - kept.fetchedAt < JWKS_REFETCH_SECONDS) return kept.keys;
      return await refetch(issuer);
    },
  };
}

/** Issuers that keep their keys at another origin of theirs. @spec https://accounts.google.com/.well-known/openid-configuration */
const KEY_ORIGINS: ReadonlyMap<string, string> = new Map([
  ["https://accounts.google.com", "https://www.googleapis.com"],
]);

/** Discovery, then the key set. @spec openid-connect-discovery#4 */
async function fetchIssuerKeys(issuer: string, fetch: Fetch): Promise<readonly IssuerKey[]> {
  try {
    const configuration = parseJsonObject(
      await fetchBytes(`${issuer}/.well-known/openid-configuration`, fetch),
      { bytesMax: ISSUER_RESPONSE_BYTES_MAX, depthMax: JSON_DEPTH_MAX },
      "openid-configuration",
    );
    const stated = configuration.text("issuer", { charsMax: 2_048 });
    const jwksUri = configuration.text("jwks_uri", { charsMax: 2_048 });
    configuration.ignoreRest();
    if (stated !== issuer) throw new ParseError("malformed", `it is the configuration of ${quote(stated)}`);
    // Keys from elsewhere would let that elsewhere speak for the issuer.
    const { origin } = new URL(jwksUri);
    if (origin !== new URL(issuer).origin && origin !== KEY_ORIGINS.get(issuer)) {
      throw new ParseError("malformed", `its keys are at another origin: ${quote(jwksUri)}`);
    }
    return parseJwks(await fetchBytes(jwksUri, fetch));
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new IndexRefusal("issuer-unavailable", `Cannot get the keys of ${quote(issuer)}: ${found}`, {
      cause,
    });
  }
}

async function fetchBytes(url: string, fetch: Fetch): Promise<Uint8Array> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS) });
  if (response.status !== 200 || response.body === null) {
    throw new ParseError("malformed", `${url} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > ISSUER_RESPONSE_BYTES_MAX) throw new ParseError("too-large", `${url} answered too much`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
