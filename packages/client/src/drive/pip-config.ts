// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "../settings.ts";

/** Settings that name a source of packages. */
const SOURCE = /^\s*(index-url|extra-index-url|find-links|no-index|proxy|trusted-host)\s*[=:]/i;

/** One line for each setting in pip's configuration files, by file and line, that would go round the proxy and is switched off. */
export async function namePipConfig(env: Env): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const path of configFiles(env)) {
    const text = await readFile(path, "utf8").catch(() => "");
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      const setting = SOURCE.exec(line)?.[1];
      // The value is not shown: it may hold credentials.
      if (setting !== undefined) lines.push(`switched off: ${setting} in ${path}:${i + 1}`);
    }
  }
  for (const name of [
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_PROXY",
    "PIP_TRUSTED_HOST",
  ]) {
    if (env[name]) lines.push(`switched off: ${name} in the environment`);
  }
  return lines;
}

/** @spec pip.pypa.io/en/stable/topics/configuration (locations) */
function configFiles(env: Env): readonly string[] {
  const home = env["HOME"] ?? "";
  const files = [
    "/etc/pip.conf",
    ...(env["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(":").map((folder) => join(folder, "pip", "pip.conf")),
    join(home, ".pip", "pip.conf"),
    join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "pip", "pip.conf"),
    ...(env["VIRTUAL_ENV"] ? [join(env["VIRTUAL_ENV"], "pip.conf")] : []),
    ...(env["PIP_CONFIG_FILE"] ? [env["PIP_CONFIG_FILE"]] : []),
  ];
  return [...new Set(files)];
}
