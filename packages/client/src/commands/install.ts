// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBypass, notVerified } from "../drive/bypass.ts";
import { childEnvironment } from "../drive/child-env.ts";
import { finishRun } from "../drive/finish.ts";
import { parsePipReport } from "../drive/pip-report.ts";
import { reconcile } from "../drive/reconcile.ts";
import { runChild } from "../drive/run-child.ts";
import { nameSettings } from "../drive/settings-files.ts";
import { type OpenProxy, proxyOptions, withProxy } from "../drive/with-proxy.ts";
import { ClientError } from "../failure.ts";
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
  const folder = await mkdtemp(join(tmpdir(), "countermark-"));
  try {
    return await withProxy(context, proxyOptions(options), (open) =>
      drivePip(context, open, { interpreter, args, reportFile: join(folder, "report.json") }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether pip reads `arg` as `--report` or `--dry-run`: it takes every unambiguous beginning of an option. */
function isReconciled(arg: string): boolean {
  const [name = ""] = arg.split("=", 1);
  return (
    name.length > 3 && ["--report", "--dry-run"].some((option) => option.startsWith(name)) && name !== "--re"
  );
}

type PipRun = { readonly interpreter: string; readonly args: readonly string[]; readonly reportFile: string };

async function drivePip(context: CommandContext, open: OpenProxy, run: PipRun): Promise<number> {
  const { world, out } = context;
  const status = await runChild(
    {
      command: run.interpreter,
      args: ["-m", "pip", "install", ...PIP_ARGUMENTS, "--report", run.reportFile, ...run.args],
      env: childEnvironment(world.env, open.proxy),
      stdoutToStderr: out.json,
    },
    world.stop,
  );
  const report = await readFile(run.reportFile).catch(() => null);
  const reconciliation =
    report === null || status !== 0
      ? null
      : reconcile(
          parsePipReport(report),
          [...open.journal.delivered.values()].map(({ file }) => file),
          open.proxy.secretUrl,
        );
  if (reconciliation === null && status === 0) {
    throw new ClientError(
      "tool-failed",
      "Cannot tell what pip installed: it wrote no report (pip 22.2 or newer does)",
    );
  }
  return await finishRun(context, open, { tool: "pip", status, reconciliation });
}
