// SPDX-License-Identifier: Apache-2.0
import {
  type IssuerKey,
  JSON_DEPTH_MAX,
  ParseError,
  parseJsonObject,
  parseJwks,
  quote,
} from "@countermark/formats";
import type { Clock } from "./clock.ts";
import { fetchBytes } from "./fetch-bytes.ts";
import type { Fetch } from "./port.ts";

/** Of a configuration, and of a key set. */
const RESPONSE_BYTES_MAX = 262_144;
const TIMEOUT_MS = 5_000;
/** How long keys are believed: a withdrawn key is gone after this at the latest. */
const LIFETIME_SECONDS = 3_600;
/** How often an unknown key id may make us ask. */
const REFETCH_SECONDS = 60;
/** How often an issuer that did not answer is asked. */
const RETRY_SECONDS = 10;

/** Issuers that keep their keys at another origin of theirs, as their configuration says. */
const KEY_ORIGINS: ReadonlyMap<string, string> = new Map([
  ["https://accounts.google.com", "https://www.googleapis.com"],
]);

/** The signing keys of issuers: fetched, believed for an hour, asked for again at most once a minute; after a failure, after ten seconds. */
export interface IssuerKeys {
  /**
   * The keys of `issuer`, fetched anew when they lack `keyId` and were not fetched within the last minute.
   *
   * @throws what `unavailable` makes, when the issuer does not answer as it must
   */
  keysOf(issuer: string, keyId: string): Promise<readonly IssuerKey[]>;
}

export interface IssuerKeysOptions {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** The refusal of the service that asks. */
  unavailable(message: string, cause: unknown): Error;
}

export function createIssuerKeys({ fetch, clock, unavailable }: IssuerKeysOptions): IssuerKeys {
  const known = new Map<string, { readonly keys: readonly IssuerKey[]; readonly fetchedAt: number }>();
  const asked = new Map<string, { readonly answer: Promise<readonly IssuerKey[]>; readonly at: number }>();
  // All who need an issuer's keys at once, or soon after it did not answer, share one question and its outcome: a stranger's
  // tokens may not make us ask for each of them.
  const ask = (issuer: string, now: number): Promise<readonly IssuerKey[]> => {
    const last = asked.get(issuer);
    if (last !== undefined && now >= last.at && now - last.at < RETRY_SECONDS) return last.answer;
    const answer = fetchKeys(issuer, fetch).then(
      (keys) => {
        known.set(issuer, { keys, fetchedAt: now });
        return keys;
      },
      (cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : "it did not answer";
        throw unavailable(`Cannot get the keys of ${quote(issuer)}: ${reason}`, cause);
      },
    );
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
      const fresh = has ? age < LIFETIME_SECONDS : age < REFETCH_SECONDS;
      if (kept !== undefined && fresh) return kept.keys;
      return await ask(issuer, now);
    },
  };
}

/** Discovery, then the key set. @spec openid-connect-discovery#4 */
async function fetchKeys(issuer: string, fetch: Fetch): Promise<readonly IssuerKey[]> {
  const url = `${issuer}/.well-known/openid-configuration`;
  const limits = { bytesMax: RESPONSE_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
  const configuration = parseJsonObject(await fetchDocument(url, fetch), limits, "openid-configuration");
  const stated = configuration.text("issuer", { charsMax: 2_048 });
  const jwksUri = configuration.text("jwks_uri", { charsMax: 2_048 });
  configuration.ignoreRest();
  if (stated !== issuer) throw new ParseError("malformed", `it is the configuration of ${quote(stated)}`);
  // Keys from elsewhere would let that elsewhere speak for the issuer.
  const { origin } = new URL(jwksUri);
  if (origin !== new URL(issuer).origin && origin !== KEY_ORIGINS.get(issuer)) {
    throw new ParseError("malformed", `its keys are at another origin: ${quote(jwksUri)}`);
  }
  return parseJwks(await fetchDocument(jwksUri, fetch));
}

async function fetchDocument(url: string, fetch: Fetch): Promise<Uint8Array> {
  const limits = { bytesMax: RESPONSE_BYTES_MAX, timeoutMs: TIMEOUT_MS };
  const answer = await fetchBytes(fetch, url, { redirect: "error" }, limits);
  if (answer.status !== 200) throw new ParseError("malformed", `${url} answered ${answer.status}`);
  return answer.bytes;
}
