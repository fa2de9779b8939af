// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { type JsonObject, ParseError, parseJsonObject } from "@countermark/formats";
import { PROVIDER_NAMES, type ProviderRow, providerRow } from "@countermark/verify";
import { AuthorityError } from "./failure.ts";
import { CONFIG_BYTES_MAX, ISSUERS_MAX } from "./limits.ts";

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
const URL_TEXT = { charsMax: 1_024, pattern: /^https?:\/\/[^/]+(?:\/[^/]+)*$/ } as const;
const HOSTNAME = { charsMax: 253, pattern: /^[a-z0-9.-]+$/ } as const;

/** Reads the file after `--config`, the only option a service has. @throws AuthorityError `config-malformed` */
export function readConfig<Config>(argv: readonly string[], parse: (bytes: Uint8Array) => Config): Config {
  const [option, path, ...rest] = argv;
  if (option !== "--config" || path === undefined || rest.length > 0) {
    throw new AuthorityError("config-malformed", "Cannot start: wanted exactly --config <file.json>");
  }
  try {
    return parse(new Uint8Array(readFileSync(path)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "it cannot be read";
    throw new AuthorityError("config-malformed", `Cannot start with ${path}: ${reason}`, { cause });
  }
}

/** `{dir, port, issuers: [{provider, issuer, serverUrl}], hostname?, publicUrl?, audience?}` @throws ParseError, TypeError */
export function parseAuthorityConfig(bytes: Uint8Array): AuthorityConfig {
  const body = parseJsonObject(bytes, { bytesMax: CONFIG_BYTES_MAX, depthMax: 4 }, "authority configuration");
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
export function parseOidcIssuerConfig(bytes: Uint8Array): OidcIssuerConfig {
  const body = parseJsonObject(bytes, { bytesMax: CONFIG_BYTES_MAX, depthMax: 2 }, "issuer configuration");
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
