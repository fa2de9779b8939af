// SPDX-License-Identifier: Apache-2.0
import { devNull } from "node:os";
import type { Env } from "../settings.ts";

/** Variables of pip and uv that choose where things go and what is shown, but not where they come from. */
const KEPT = new Set([
  "PIP_BREAK_SYSTEM_PACKAGES",
  "PIP_DISABLE_PIP_VERSION_CHECK",
  "PIP_NO_COLOR",
  "PIP_NO_INPUT",
  "PIP_PREFIX",
  "PIP_PROGRESS_BAR",
  "PIP_QUIET",
  "PIP_REQUIRE_VIRTUALENV",
  "PIP_ROOT_USER_ACTION",
  "PIP_TARGET",
  "PIP_USER",
  "UV_PROJECT_ENVIRONMENT",
  "UV_PYTHON",
  "UV_SYSTEM_PYTHON",
]);
/** Secrets and settings of this program that a tool it drives has no use for. */
const OWN = /^(?:COUNTERMARK_|ACTIONS_ID_TOKEN_|(?:[A-Z0-9_]+_)?ID_TOKEN$)/;
const PROXY = /^(?:https?|all|no|ftp)_proxy$/i;

export type ProxyPlace = {
  /** Of the simple API, with a slash at its end. */
  readonly simpleUrl: string;
  /** `http://127.0.0.1:PORT`: refuses everything that is sent through it. */
  readonly refusingUrl: string;
};

/**
 * The environment of a driven tool: the verifying proxy is its only index, its configuration files are off, its caches are empty (what
 * was in them was not seen here), and any other traffic is sent where it is refused. No host is exempt, not even this machine: a
 * tool that honours proxies asks the verifying proxy for the proxy's own pages too, and reaches no other port of loopback.
 *
 * @param uvCache an empty folder; uv keeps environments there too, and they are looked into afterwards.
 */
export function childEnvironment(env: Env, proxy: ProxyPlace, uvCache: string): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || OWN.test(name) || PROXY.test(name)) continue;
    if (isDropped(name)) continue;
    child[name] = value;
  }
  return {
    ...child,
    PIP_CONFIG_FILE: devNull,
    PIP_INDEX_URL: proxy.simpleUrl,
    PIP_NO_CACHE_DIR: "1",
    PIP_RETRIES: "0",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    UV_NO_CONFIG: "1",
    UV_DEFAULT_INDEX: proxy.simpleUrl,
    UV_INDEX_URL: proxy.simpleUrl,
    UV_CACHE_DIR: uvCache,
    UV_HTTP_RETRIES: "0",
    UV_PYTHON_DOWNLOADS: "never",
    HTTP_PROXY: proxy.refusingUrl,
    HTTPS_PROXY: proxy.refusingUrl,
    ALL_PROXY: proxy.refusingUrl,
    http_proxy: proxy.refusingUrl,
    https_proxy: proxy.refusingUrl,
    all_proxy: proxy.refusingUrl,
    // Set, so that no file of variables that the tool reads sets them.
    NO_PROXY: "",
    no_proxy: "",
    ...gitProxy(env, proxy.refusingUrl),
  };
}

/** A proxy in git's own configuration would be taken instead of the environment's; this is taken instead of that. */
function gitProxy(env: Env, url: string): Record<string, string> {
  const count = Number(env["GIT_CONFIG_COUNT"] ?? "0");
  const at = Number.isSafeInteger(count) && count >= 0 ? count : 0;
  return {
    GIT_CONFIG_COUNT: String(at + 1),
    [`GIT_CONFIG_KEY_${at}`]: "http.proxy",
    [`GIT_CONFIG_VALUE_${at}`]: url,
  };
}

/** Whether a variable of pip or uv is not handed to the tool. */
export function isDropped(name: string): boolean {
  return /^(?:PIP|UV)_/.test(name) && !KEPT.has(name);
}
