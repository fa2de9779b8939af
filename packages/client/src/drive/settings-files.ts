// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Env } from "../settings.ts";
import { isDropped } from "./child-env.ts";
import type { Tool } from "./installer-options.ts";

/** Settings that name a source of packages, or how it is reached. */
const SOURCE =
  /^\s*\[?\[?(index-url|extra-index-url|find-links|no-index|proxy|trusted-host|allow-insecure-host|constraint|index)\]?\]?\s*(?:[=:]|$)/i;

/**
 * One line for each setting that would go round the proxy and is switched off: in the tool's configuration files, by file and line, and in
 * the environment. Values are not shown: they may hold credentials.
 *
 * @param folder where the tool looks for a configuration of the project.
 */
export async function nameSettings(tool: Tool, env: Env, folder: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const path of tool === "pip" ? pipFiles(env) : uvFiles(env, folder)) {
    const text = await readFile(path, "utf8").catch(() => "");
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      const setting = SOURCE.exec(line)?.[1];
      if (setting !== undefined) lines.push(`switched off: ${setting} in ${path}:${i + 1}`);
    }
  }
  const prefix = tool === "pip" ? "PIP_" : "UV_";
  for (const name of Object.keys(env)) {
    if (name.startsWith(prefix) && name !== "PIP_CONFIG_FILE" && isDropped(name) && env[name] !== "")
      lines.push(`switched off: ${name} in the environment`);
  }
  return lines;
}

/** @spec pip.pypa.io/en/stable/topics/configuration (locations) */
function pipFiles(env: Env): readonly string[] {
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

/** Where uv looks: the system, the user, the folder and those above it. */
function uvFiles(env: Env, folder: string): readonly string[] {
  const above: string[] = [];
  for (let at = folder; above.at(-1) !== join(at, "uv.toml"); at = dirname(at))
    above.push(join(at, "uv.toml"));
  const files = [
    ...(env["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(":").map((each) => join(each, "uv", "uv.toml")),
    "/etc/uv/uv.toml",
    join(env["XDG_CONFIG_HOME"] ?? join(env["HOME"] ?? "", ".config"), "uv", "uv.toml"),
    ...above,
    ...(env["UV_CONFIG_FILE"] ? [env["UV_CONFIG_FILE"]] : []),
  ];
  return [...new Set(files)];
}
