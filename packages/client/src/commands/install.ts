// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { normalizeProjectName } from "@countermark/formats";
import { findBypass, notVerified } from "../drive/bypass.ts";
import { childEnvironment } from "../drive/child-env.ts";
import { finishRun } from "../drive/finish.ts";
import { findInstalled, observeAfter, observeBefore } from "../drive/observe.ts";
import { parsePipReport } from "../drive/pip-report.ts";
import { type Reconciliation, reconcile } from "../drive/reconcile.ts";
import { readFromChild, runChild } from "../drive/run-child.ts";
import { nameSettings } from "../drive/settings-files.ts";
import { optionValue } from "../drive/uv-command.ts";
import { type OpenProxy, proxyOptions, withProxy } from "../drive/with-proxy.ts";
import { ClientError } from "../failure.ts";
import type { Journal } from "../proxy/journal.ts";
import type { CommandContext } from "../world.ts";

const PIP_ARGUMENTS = ["--disable-pip-version-check", "--no-input"] as const;

/** Drives the pip of an interpreter through the verifying proxy, and compares its own report with what was verified. */
export async function installCommand(
  context: CommandContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { python } = options;
  const interpreter = typeof python === "string" ? python : "python3";
  if (args.some(isReconciled)) {
    throw new ClientError(
      "usage",
      "Cannot pass --report or --dry-run to pip: what it installs is reconciled with them",
    );
  }
  const call = { tool: "pip", args, folder: process.cwd(), env: context.world.env } as const;
  for (const place of await findBypass(call)) context.out.progress(notVerified(place));
  for (const line of await nameSettings("pip", context.world.env, process.cwd())) context.out.progress(line);
  // What pip is told of certificates is meant for the index, which the proxy talks to in its place.
  const caFile = context.settings.caFile ?? optionValue(args, "--cert");
  const told = { ...context, settings: { ...context.settings, caFile } };
  return await withProxy(told, proxyOptions(options), (open) => drivePip(told, open, interpreter, args));
}

/** Whether pip reads `arg` as `--report` or `--dry-run`: it takes every unambiguous beginning of an option. */
function isReconciled(arg: string): boolean {
  const [name = ""] = arg.split("=", 1);
  return (
    name.length > 3 && ["--report", "--dry-run"].some((option) => option.startsWith(name)) && name !== "--re"
  );
}

/**
 * Runs pip. What it installed is what its own report says, with digests, and what is on disk; a pip that writes no report is compared by what
 * is on disk alone.
 */
async function drivePip(
  context: CommandContext,
  open: OpenProxy,
  interpreter: string,
  args: readonly string[],
): Promise<number> {
  const { world, out } = context;
  const setting = { env: world.env, folder: process.cwd(), uvCache: join(open.scratch, "uv") };
  const command = [interpreter, "-m", "pip", "install", ...args];
  const env = childEnvironment(world.env, open.proxy, setting.uvCache);
  const hasReport = await writesReport(interpreter, env);
  const reportFile = join(open.scratch, "report.json");
  const before = await observeBefore(command, setting);
  const words = [...PIP_ARGUMENTS, ...(hasReport ? ["--report", reportFile] : []), ...args];
  const [program = "", ...rest] = open.enclose([interpreter, "-m", "pip", "install", ...words]);
  const status = await runChild({ command: program, args: rest, env, stdoutToStderr: out.json }, world.stop);
  const { journal, proxy } = open;
  const seen = { journal, secretUrl: proxy.secretUrl };
  const reconciliation = hasReport
    ? await reconcileReport(reportFile, status, await findInstalled(command, setting, before), seen)
    : await observeAfter(command, setting, before, seen);
  if (hasReport && reconciliation === null && status === 0) {
    throw new ClientError("tool-failed", "Cannot tell what pip installed: it wrote no report");
  }
  return await finishRun(context, open, { tool: "pip", status, reconciliation });
}

/** Whether this pip knows `--report`. One that cannot be asked is run as if it did, and fails as it does. */
async function writesReport(interpreter: string, env: Record<string, string>): Promise<boolean> {
  const version = await readFromChild(interpreter, ["-c", "import pip; print(pip.__version__)"], env);
  const [major = 0, minor = 0] = (version ?? "99").split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 2);
}

async function reconcileReport(
  file: string,
  status: number,
  installed: ReadonlyMap<string, string>,
  { journal, secretUrl }: { readonly journal: Journal; readonly secretUrl: string },
): Promise<Reconciliation | null> {
  const report = await readFile(file).catch(() => null);
  if (report === null || status !== 0) return null;
  const delivered = [...journal.delivered.values()].map(({ file }) => file);
  const items = parsePipReport(report).map((item) => ({
    ...item,
    info: installed.get(normalizeProjectName(item.name)) ?? null,
  }));
  return await reconcile(items, delivered, secretUrl);
}
