// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { createProcessWorld, freePorts, type ProcessWorld } from "@countermark/testkit";
import { type Between, standBetween } from "./between.ts";
import type { Findings } from "./findings.ts";
import { type Clocks, type Disks, openClocks, openDisks } from "./hosts.ts";
import { type Observer, openObserver } from "./observer.ts";

export const COSIGNERS = ["oak", "ash", "elm", "auditor"] as const;
/** The processes that are killed. The authority and the issuer are not part of the chain that is under attack. */
export const VICTIMS = ["index", ...COSIGNERS] as const;
export type Victim = (typeof VICTIMS)[number];
/** Folders with a disk of their own, and the process that writes there. */
export const DISKS: Readonly<Record<string, Victim>> = {
  index: "index",
  "index-lock": "index",
  oak: "oak",
  ash: "ash",
  elm: "elm",
  auditor: "auditor",
};

/** Every process of the world on a host of its own, and somebody between index and cosigners who sees what goes by. */
export interface Town {
  readonly world: ProcessWorld;
  readonly disks: Disks;
  readonly clocks: Clocks;
  readonly between: ReadonlyMap<string, Between>;
  readonly observer: Observer;
  isRunning(name: Victim): boolean;
  /** Starts a process unless it runs, or is being started. @throws when it does not come to listen */
  start(name: Victim): Promise<void>;
  /** SIGKILL, also to a process that is not listening yet. */
  kill(name: Victim): Promise<void>;
  /** Ends every process. */
  close(keep: boolean): Promise<void>;
}

export interface TownOptions {
  readonly dir: string;
  readonly findings: Findings;
  readonly releaseWaitSeconds: number;
}

/** Builds and starts a town below `dir`, which is empty. */
export async function openTown({ dir, findings, releaseWaitSeconds }: TownOptions): Promise<Town> {
  const disks = openDisks(dir, Object.keys(DISKS));
  const clocks = openClocks(dir, VICTIMS);
  const ports = await freePorts(COSIGNERS.length);
  const cosignerPorts = Object.fromEntries(COSIGNERS.map((name, i) => [name, ports[i] ?? 0]));
  const world = await createProcessWorld(dir, {
    cosignerPorts,
    releaseWaitSeconds,
    environment: (name) => ({
      NODE_COMPILE_CACHE: join(dir, "compile-cache"),
      ...((VICTIMS as readonly string[]).includes(name) ? clocks.environment(name) : {}),
    }),
  });
  const observer = openObserver({
    origin: world.origin,
    logVkey: /^log (\S+)/.exec(world.policy)?.[1] ?? "",
    indexUrl: world.indexUrl,
    file: join(dir, "heads.txt"),
    findings,
  });
  const between = new Map<string, Between>();
  for (const name of COSIGNERS) {
    const see = (note: Uint8Array): void => void observer.see(note, name);
    between.set(name, await standBetween(cosignerPorts[name] ?? 0, world.ports[name] ?? 0, see));
  }
  await world.start();
  const starting = new Map<Victim, { readonly started: Promise<void>; kill: () => void }>();
  const start = async (name: Victim): Promise<void> => {
    const spawned = { kill: () => {} };
    const started = world.startService(name, (kill) => {
      spawned.kill = kill;
    });
    const done = started.then(() => {}).finally(() => starting.delete(name));
    starting.set(name, { started: done, kill: () => spawned.kill() });
    await done;
  };
  return {
    world,
    disks,
    clocks,
    between,
    observer,
    isRunning: (name) => world.service(name).isRunning(),
    start: async (name) => {
      if (world.service(name).isRunning()) return;
      await (starting.get(name)?.started ?? start(name));
    },
    kill: async (name) => {
      const late = starting.get(name);
      late?.kill();
      await late?.started.catch(() => {});
      await world.service(name).kill();
    },
    async close(keep) {
      await Promise.all(world.serviceNames.map((name) => world.service(name).kill()));
      for (const one of between.values()) await one.close();
      disks.close(keep);
    },
  };
}
