// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Env, isLoopback } from "../settings.ts";

/** The Authorization header for a URL; null: none is known. */
export type Credentials = (url: string) => string | null;

type Login = { readonly user: string; readonly password: string };

const NETRC_BYTES_MAX = 1_048_576;

/**
 * What is known of user names and passwords: those in the index's URL are for its origin alone, those of the netrc file for the host that it
 * names them for. Neither goes to another origin, or over plain HTTP to another machine.
 *
 * @param index as the user named it, perhaps with user information; null: none.
 */
export async function readCredentials(index: string | null, env: Env): Promise<Credentials> {
  const url = index === null ? null : URL.parse(index);
  const own: Login | null =
    url === null || (url.username === "" && url.password === "")
      ? null
      : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const netrc = parseNetrc(await readNetrc(env));
  return (asked) => {
    const target = URL.parse(asked);
    if (target === null || (target.protocol !== "https:" && !isLoopback(target.hostname))) return null;
    const login = own !== null && target.origin === url?.origin ? own : netrc.get(target.hostname);
    if (login === undefined) return null;
    return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
  };
}

async function readNetrc(env: Env): Promise<string> {
  const path = env["NETRC"] || (env["HOME"] ? join(env["HOME"], ".netrc") : null);
  if (path === null) return "";
  const bytes = await readFile(path).catch(() => null);
  return bytes === null || bytes.length > NETRC_BYTES_MAX ? "" : bytes.toString("utf8");
}

/** Host -> login. `default` is left out: it would give a password to any host that a page names. Macros end it. */
export function parseNetrc(text: string): ReadonlyMap<string, Login> {
  const words = [...text.replaceAll(/^\s*#.*$/gm, "").matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "",
  );
  const logins = new Map<string, Login>();
  let host: string | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "macdef") break;
    if (word === "default") host = null;
    if (!["machine", "login", "password", "account"].includes(word)) continue;
    const value = words[++i] ?? "";
    if (word === "machine") {
      host = value;
      if (!logins.has(host)) logins.set(host, { user: "", password: "" });
    } else if (host !== null) {
      const before = logins.get(host) ?? { user: "", password: "" };
      if (word === "login") logins.set(host, { ...before, user: value });
      if (word === "password") logins.set(host, { ...before, password: value });
    }
  }
  return logins;
}
