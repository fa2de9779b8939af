// SPDX-License-Identifier: Apache-2.0
import { ClientError } from "../failure.ts";
import type { Env } from "../settings.ts";

/**
 * The proxies that the user's environment names, by the variables that Node reads. `ALL_PROXY` stands for both schemes where the scheme
 * has none of its own.
 *
 * @throws ClientError `usage` for a proxy of a kind that cannot be gone through: going past it would be worse
 */
export function proxyVariables(env: Env): Record<string, string> {
  const value = (name: string): string => env[name.toLowerCase()] || env[name.toUpperCase()] || "";
  const all = value("all_proxy");
  const http = value("http_proxy") || all;
  const https = value("https_proxy") || all;
  for (const url of new Set([http, https])) {
    if (url !== "" && !/^https?:\/\//i.test(url)) {
      const kind = /^([a-z0-9+.-]+):\/\//i.exec(url)?.[1] ?? "an unknown kind of";
      throw new ClientError(
        "usage",
        `Cannot use the proxy that the environment names: it is ${kind}, wanted http:// or https://`,
      );
    }
  }
  const proxies = { http_proxy: http, https_proxy: https, no_proxy: value("no_proxy") };
  return Object.fromEntries(Object.entries(proxies).filter(([, set]) => set !== ""));
}
