// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normalizeProjectName } from "@countermark/formats";
import { openFetch } from "../fetch/open.ts";
import { readLock, writeLock } from "../lock/read-lock.ts";
import { createGatekeeper, type Gatekeeper } from "../proxy/gatekeeper.ts";
import { openHeadMemory } from "../proxy/head-memory.ts";
import { openIndexSource } from "../proxy/index-source.ts";
import { createJournal, type Journal } from "../proxy/journal.ts";
import { type RunningProxy, startProxy } from "../proxy/serve.ts";
import { indexUrl } from "../settings.ts";
import { journalJson } from "../show/journal.ts";
import { readTrust } from "../trust/read-trust.ts";
import type { CommandContext } from "../world.ts";
import { type Isolation, openIsolation } from "./isolate.ts";
import type { Reconciliation } from "./reconcile.ts";

export type ProxyOptions = {
  /** Projects whose change of identity is accepted. */
  readonly acceptChange: readonly string[];
  /** Where to write what was verified, as JSON. */
  readonly report: string | null;
  /** Whether the tool gets a network of its own, in which only the proxy is there. */
  readonly isolate: boolean;
};

/** Reads the options that every command with a proxy has. */
export function proxyOptions(options: Readonly<Record<string, unknown>>): ProxyOptions {
  const { acceptChange, report, isolate } = options;
  return {
    acceptChange: Array.isArray(acceptChange) ? acceptChange.map(String) : [],
    report: typeof report === "string" ? report : null,
    isolate: isolate === true,
  };
}

export type OpenProxy = {
  readonly proxy: RunningProxy;
  readonly journal: Journal;
  readonly gatekeeper: Gatekeeper;
  readonly index: string;
  /** A folder of this run's own, gone at its end. */
  readonly scratch: string;
  /** Writes the lock; says whether there was anything new in it. */
  saveLock(): Promise<boolean>;
  saveReport(reconciliation: Reconciliation | null): Promise<void>;
  /** The command as it is to be started: in a network of its own, if that was asked for. */
  enclose(command: readonly string[]): readonly string[];
};

/** Runs `use` with a proxy whose port is bound, and closes it afterwards. */
export async function withProxy<T>(
  context: CommandContext,
  options: ProxyOptions,
  use: (open: OpenProxy) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), "countermark-"));
  try {
    return await useProxy(context, options, scratch, use);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function useProxy<T>(
  context: CommandContext,
  options: ProxyOptions,
  scratch: string,
  use: (open: OpenProxy) => Promise<T>,
): Promise<T> {
  const { settings } = context;
  const index = indexUrl(settings);
  const { timeoutSeconds } = settings;
  const trust = await readTrust(context);
  const fetch = await openFetch(context);
  const source = openIndexSource({
    index,
    trust,
    fetch,
    now: context.world.now,
    timeoutSeconds,
    memory: openHeadMemory(settings),
  });
  const accept = new Set(options.acceptChange.map(normalizeProjectName));
  const gatekeeper = createGatekeeper(source, await readLock(settings.lockFile), accept);
  const journal = createJournal();
  const proxy = await startProxy({ source, gatekeeper, journal, fetch, keepIn: scratch, timeoutSeconds });
  let isolation: Isolation | null = null;
  try {
    isolation = options.isolate ? await openIsolation(proxy.refusingUrl, scratch, context.world.env) : null;
    return await use({
      enclose: isolation?.wrap ?? ((command) => command),
      proxy,
      journal,
      gatekeeper,
      index,
      scratch,
      saveLock: () => writeLock(settings.lockFile, gatekeeper.lock()),
      saveReport: async (reconciliation) => {
        if (options.report === null) return;
        await writeFile(options.report, `${JSON.stringify(journalJson(journal, reconciliation), null, 2)}\n`);
      },
    });
  } finally {
    await isolation?.close();
    await proxy.close();
  }
}
