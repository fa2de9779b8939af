// SPDX-License-Identifier: Apache-2.0
import { type JsonObject, ParseError } from "@countermark/formats";
import { PROVIDER_NAMES, type ProviderRow, providerRow } from "@countermark/verify";
import { ISSUERS_MAX } from "./limits.ts";

export type AuthorityConfig = {
  readonly dir: string;
  /** 0: any. */
  readonly port: number;
  /** The name of the authority and of its signature log. It never changes: verifiers compare it. */
  readonly hostname: string;
  /** Where clients reach it; null: the loopback address it listens at. */
  readonly publicUrl: string | null;
  readonly issuers: readonly ProviderRow[];
  readonly audience: string;
};

export type OidcIssuerConfig = {
  readonly dir: string;
  readonly port: number;
  /** The `iss` of its tokens; null: the loopback address it listens at. */
  readonly issuer: string | null;
  readonly requestTokens: readonly string[] | null;
};

const TEXT = { charsMax: 1_024, pattern: /^.+$/ } as const;
const URL_TEXT = {
  charsMax: 1_024,
  pattern: /^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]+)?(?:\/[A-Za-z0-9._~-]+)*$/,
} as const;
const HOSTNAME = { charsMax: 253, pattern: /^[a-z0-9.-]+$/ } as const;

/** `{dir, port, issuers: [{provider, issuer, serverUrl}], hostname?, publicUrl?, audience?}` @throws ParseError */
export function parseAuthorityConfig(body: JsonObject): AuthorityConfig {
  const config = {
    dir: body.text("dir", TEXT),
    port: body.integer("port", { min: 0, max: 65_535 }),
    hostname: body.has("hostname") ? body.text("hostname", HOSTNAME) : "localhost",
    publicUrl: body.has("publicUrl") ? body.text("publicUrl", URL_TEXT) : null,
    issuers: body.objects("issuers", { itemsMax: ISSUERS_MAX }).map(parseProvider),
    audience: body.has("audience") ? body.text("audience", TEXT) : "sigstore",
  };
  body.end();
  const issuers = new Set(config.issuers.map(({ issuer }) => issuer));
  if (issuers.size === 0 || issuers.size !== config.issuers.length) {
    throw new ParseError("malformed", "Cannot read authority configuration: wanted issuers, each one once");
  }
  return config;
}

/** `{dir, port, issuer?, requestTokens?}` @throws ParseError */
export function parseOidcIssuerConfig(body: JsonObject): OidcIssuerConfig {
  const config = {
    dir: body.text("dir", TEXT),
    port: body.integer("port", { min: 0, max: 65_535 }),
    issuer: body.has("issuer") ? body.text("issuer", URL_TEXT) : null,
    requestTokens: body.has("requestTokens")
      ? body.texts("requestTokens", { itemsMax: ISSUERS_MAX, charsMax: 256 })
      : null,
  };
  body.end();
  return config;
}

function parseProvider(body: JsonObject): ProviderRow {
  const row = providerRow({
    provider: body.choice("provider", PROVIDER_NAMES),
    issuer: body.text("issuer", URL_TEXT),
    serverUrl: body.text("serverUrl", URL_TEXT),
  });
  body.end();
  return row;
}
