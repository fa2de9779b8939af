// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { ClientError } from "./failure.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** What every command may be told by option or, where the option is absent, by environment. */
export type Settings = {
  /** `FILE` or `FILE#sha256=HEX`. */
  readonly trust: string | null;
  /** URL of a TUF repository that has the trust description, the root to begin with, and for how many days it may have expired. */
  readonly trustRepository: string | null;
  readonly trustRoot: string | null;
  readonly trustOffline: string | null;
  readonly index: string | null;
  /** A signing_config.json: a path or a URL; or the base URL of an authority that serves one. */
  readonly authority: string | null;
  /** PEM file with the certificates that may vouch for the index and the authority beside the system's. */
  readonly caFile: string | null;
  readonly lockFile: string;
  /** How long a server may be silent, and how long one document may take. */
  readonly timeoutSeconds: number;
  /** What is in it the user put there, and therefore vouches for. */
  readonly configFolder: string;
  readonly cacheFolder: string;
  /** What this machine has seen and must not forget. */
  readonly stateFolder: string;
  readonly json: boolean;
};

/** The options as commander stores them. */
export type CommonOptions = {
  readonly trust?: string;
  readonly trustRepository?: string;
  readonly trustRoot?: string;
  readonly trustOffline?: string;
  readonly index?: string;
  readonly authority?: string;
  readonly ca?: string;
  readonly lock?: string;
  readonly timeout?: string;
  readonly json?: boolean;
};

export function readSettings(options: CommonOptions, env: Env): Settings {
  return {
    trust: options.trust ?? present(env["COUNTERMARK_TRUST"]),
    trustRepository: options.trustRepository ?? present(env["COUNTERMARK_TRUST_REPOSITORY"]),
    trustRoot: options.trustRoot ?? present(env["COUNTERMARK_TRUST_ROOT"]),
    trustOffline: options.trustOffline ?? present(env["COUNTERMARK_TRUST_OFFLINE"]),
    index: options.index ?? present(env["COUNTERMARK_INDEX"]),
    authority: options.authority ?? present(env["COUNTERMARK_SIGNING_CONFIG"]),
    caFile: options.ca ?? present(env["COUNTERMARK_CA"]),
    lockFile: options.lock ?? present(env["COUNTERMARK_LOCK"]) ?? "countermark.lock",
    timeoutSeconds: readTimeout(options.timeout ?? present(env["COUNTERMARK_TIMEOUT"])),
    configFolder: ownFolder(env, { own: "COUNTERMARK_CONFIG_DIR", base: "XDG_CONFIG_HOME", home: ".config" }),
    cacheFolder: ownFolder(env, { own: "COUNTERMARK_CACHE_DIR", base: "XDG_CACHE_HOME", home: ".cache" }),
    stateFolder: ownFolder(env, {
      own: "COUNTERMARK_STATE_DIR",
      base: "XDG_STATE_HOME",
      home: ".local/state",
    }),
    json: options.json === true,
  };
}

const TIMEOUT_SECONDS = 60;
const TIMEOUT_SECONDS_MAX = 3_600;

/** @throws ClientError `usage` */
function readTimeout(text: string | null): number {
  if (text === null) return TIMEOUT_SECONDS;
  const seconds = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > TIMEOUT_SECONDS_MAX) {
    throw new ClientError(
      "usage",
      `Cannot use --timeout: wanted 1 to ${TIMEOUT_SECONDS_MAX} seconds, found "${text}"`,
    );
  }
  return seconds;
}

/** Our folder: named by a variable of our own, or in the base folder that the user or the platform sets. */
function ownFolder(
  env: Env,
  names: { readonly own: string; readonly base: string; readonly home: string },
): string {
  const own = present(env[names.own]);
  if (own !== null) return own;
  return join(present(env[names.base]) ?? join(present(env["HOME"]) ?? ".", names.home), "countermark");
}

function present(value: string | undefined): string | null {
  return value === undefined || value === "" ? null : value;
}

/** The index's base URL, without user information, and without a slash at its end. @throws ClientError `no-index`, `usage` */
export function indexUrl(settings: Settings): string {
  if (settings.index === null) {
    throw new ClientError(
      "no-index",
      "Cannot choose an index: name one with --index URL or COUNTERMARK_INDEX",
    );
  }
  const url = URL.parse(settings.index);
  if (url === null) return baseUrl(settings.index, "--index");
  url.username = "";
  url.password = "";
  return baseUrl(url.href, "--index");
}

/** `text` as a base URL without a slash at its end. Plain HTTP is for this machine only. @throws ClientError `usage` */
export function baseUrl(text: string, option: string): string {
  const url = URL.parse(text);
  if (url === null || url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
    throw new ClientError("usage", `Cannot use ${option}: wanted a plain URL, found ${JSON.stringify(text)}`);
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new ClientError("usage", `Cannot use ${option}: ${JSON.stringify(text)} is not https`);
  }
  return url.href.replace(/\/+$/, "");
}

export function isLoopback(hostname: string): boolean {
  return hostname === "127.0.0.1" || hostname === "[::1]" || hostname === "localhost";
}
