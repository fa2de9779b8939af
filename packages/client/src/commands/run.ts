// SPDX-License-Identifier: Apache-2.0
import { basename } from "node:path";
import { refuseBypass } from "../drive/bypass.ts";
import { childEnvironment } from "../drive/child-env.ts";
import { findSitePackages, readEnvironment, readInstalled } from "../drive/environment.ts";
import { finishRun } from "../drive/finish.ts";
import { reconcile } from "../drive/reconcile.ts";
import { renameUrls } from "../drive/rename-urls.ts";
import { runChild } from "../drive/run-child.ts";
import { refuseUvSources } from "../drive/uv-config.ts";
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
  if (isInstaller(command)) {
    await refuseBypass(tool === "uv" ? "uv" : "pip", command.slice(1), process.cwd());
    if (tool === "uv") await refuseUvSources(process.cwd());
  }
  return await withProxy(context, proxyOptions(options), (open) =>
    driveCommand(context, open, tool, command),
  );
}

/** Whether the arguments are those of pip or uv, and may be read as such. */
function isInstaller(command: readonly string[]): boolean {
  const tool = basename(command[0] ?? "");
  return (
    /^(?:uv|pip[0-9.]*)$/.test(tool) ||
    (/^python[0-9.]*$/.test(tool) && command[1] === "-m" && command[2] === "pip")
  );
}

async function driveCommand(
  context: CommandContext,
  open: OpenProxy,
  tool: string,
  command: readonly string[],
): Promise<number> {
  const { world, out } = context;
  const before = await readEnvironment(await findSitePackages(command, world.env));
  const [program = "", ...args] = command;
  const env = childEnvironment(world.env, open.proxy);
  const status = await runChild({ command: program, args, env, stdoutToStderr: out.json }, world.stop);
  const names = { secretUrl: open.proxy.secretUrl, index: open.index, findUrl: open.journal.findUrl };
  for (const path of await renameUrls(process.cwd(), command, names)) {
    out.progress(`${path}: the proxy's URLs are the index's now`);
  }
  // Looked for again: the command may have made the environment.
  const folders = await findSitePackages(command, world.env);
  if (folders.length === 0) return await finishRun(context, open, { tool, status, reconciliation: null });
  const installed = await readInstalled(before, await readEnvironment(folders));
  const delivered = [...open.journal.delivered.values()].map(({ file }) => file);
  const reconciliation = reconcile(installed, delivered, open.proxy.secretUrl);
  return await finishRun(context, open, { tool, status, reconciliation });
}
