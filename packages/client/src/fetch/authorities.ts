// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { ClientError } from "../failure.ts";
import type { Env } from "../settings.ts";

/** Where pip, requests, OpenSSL and curl are told of a company's own certificate authorities: a file each. */
const VARIABLES = ["PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"] as const;

/**
 * The certificates, in PEM, that may vouch for a server beside those that Node and the system know: what `--ca` names, and what the
 * variables of the installers do. Null: none. More authorities let more servers be reached; what is believed of them stays as it is.
 *
 * @throws ClientError `usage` for a file that cannot be read
 */
export async function readAuthorities(caFile: string | null, env: Env): Promise<string | null> {
  const files = new Map<string, string>();
  for (const name of VARIABLES) {
    const path = env[name];
    if (path !== undefined && path !== "" && !files.has(path)) files.set(path, name);
  }
  if (caFile !== null) files.set(caFile, "--ca");
  const texts: string[] = [];
  for (const [path, name] of files) texts.push(await readOne(path, name));
  const all = texts.filter((text) => text !== "").join("\n");
  return all === "" ? null : all;
}

async function readOne(path: string, name: string): Promise<string> {
  try {
    // A folder of hashed links is what OpenSSL may be told of; the system's own one is known already.
    if ((await stat(path)).isDirectory()) return "";
    return await readFile(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("usage", `Cannot read the certificates that ${name} names: ${why}`, { cause });
  }
}
