// SPDX-License-Identifier: Apache-2.0
import { basename, dirname, join, resolve } from "node:path";
import { findBypass, notVerified } from "../drive/bypass.ts";
import { childEnvironment } from "../drive/child-env.ts";
import { finishRun } from "../drive/finish.ts";
import { observeAfter, observeBefore } from "../drive/observe.ts";
import { pipCall, type Setting, toolFolders } from "../drive/places.ts";
import { renameUrls } from "../drive/rename-urls.ts";
import { runChild } from "../drive/run-child.ts";
import { nameSettings } from "../drive/settings-files.ts";
import { readUvCommand } from "../drive/uv-command.ts";
import { findUvSources } from "../drive/uv-config.ts";
import { type OpenProxy, proxyOptions, withProxy } from "../drive/with-proxy.ts";
import { ClientError } from "../failure.ts";
import type { CommandContext } from "../world.ts";

/** Runs a command whose only index is the verifying proxy, and compares the environment after it with what was verified. */
export async function runCommand(
  context: CommandContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const command = args[0] === "--" ? args.slice(1) : args;
  if (command[0] === undefined) throw new ClientError("usage", "Cannot run nothing: name a command after --");
  const tool = basename(command[0]);
  for (const line of await lookBefore(context, command)) context.out.progress(line);
  return await withProxy(context, proxyOptions(options), (open) =>
    driveCommand(context, open, tool, command),
  );
}

/**
 * What the command, its requirements files, its project and its configuration name that goes round the proxy: an index by argument or
 * file is refused; what is switched off, and what is not verified, is returned in words.
 *
 * @throws ClientError `bypass-refused`
 */
async function lookBefore(context: CommandContext, command: readonly string[]): Promise<readonly string[]> {
  const [program = "", ...words] = command;
  const name = basename(program);
  const { env } = context.world;
  if (name === "uv" || name === "uvx") {
    const call = readUvCommand(name, words, process.cwd());
    const sources = await findUvSources(call);
    const found = await findBypass({ tool: "uv", args: call.args, folder: call.folder, env });
    return [...(await nameSettings("uv", env, call.project)), ...[...found, ...sources].map(notVerified)];
  }
  const pip = pipCall(command);
  if (pip === null) return [];
  const found = await findBypass({ tool: "pip", args: pip.words, folder: process.cwd(), env });
  return [...(await nameSettings("pip", env, process.cwd())), ...found.map(notVerified)];
}

async function driveCommand(
  context: CommandContext,
  open: OpenProxy,
  tool: string,
  command: readonly string[],
): Promise<number> {
  const { world, out } = context;
  const setting = { env: world.env, folder: process.cwd(), uvCache: join(open.scratch, "uv") };
  const before = await observeBefore(command, setting);
  const [program = "", ...args] = open.enclose(command);
  const env = childEnvironment(world.env, open.proxy, setting.uvCache);
  // Under this name uv would write the proxy into pyproject.toml, as the project's own index.
  if (readsAsAdd(command)) delete env["UV_DEFAULT_INDEX"];
  const status = await runChild({ command: program, args, env, stdoutToStderr: out.json }, world.stop);
  const names = { secretUrl: open.proxy.secretUrl, index: open.index, findUrl: open.journal.findUrl };
  for (const folder of await foldersOf(command, setting)) {
    for (const path of await renameUrls(folder, command, names)) {
      out.progress(`${path}: the proxy's URLs are the index's now`);
    }
  }
  const proxy = { journal: open.journal, secretUrl: open.proxy.secretUrl };
  const reconciliation = await observeAfter(command, setting, before, proxy);
  return await finishRun(context, open, { tool, status, reconciliation });
}

function readsAsAdd([program = "", ...words]: readonly string[]): boolean {
  return basename(program) === "uv" && readUvCommand("uv", words, process.cwd()).name === "add";
}

/** Where the tool may have written what it resolved. */
async function foldersOf(command: readonly string[], setting: Setting): Promise<ReadonlySet<string>> {
  const { folder, env } = setting;
  const [program = "", ...words] = command;
  const name = basename(program);
  if (name !== "uv" && name !== "uvx") return new Set([folder]);
  const call = readUvCommand(name, words, folder);
  const script = call.script === null ? [] : [dirname(resolve(call.folder, call.script))];
  const tools = call.name.startsWith("tool ") ? await toolFolders(env) : [];
  return new Set([folder, call.folder, call.project, ...script, ...tools]);
}
