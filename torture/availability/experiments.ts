// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeHex } from "@countermark/formats";
import { listen, nodeCrypto, systemClock } from "@countermark/log";
import { createTufSimulator } from "@countermark/testkit";
import { copyOver, empty } from "../folders.ts";
import { upload } from "./operations.ts";
import { completed, type Stage } from "./stage.ts";

/** One thing that is taken down for true, and how it comes back. */
export interface Experiment {
  /** The row's first cell. */
  readonly down: string;
  /** Takes it down; what is returned brings it back. */
  take(stage: Stage): Promise<() => Promise<void>>;
}

const HOUR = 3_600;

/** Every row of the table, in its order. */
export const EXPERIMENTS: readonly Experiment[] = [
  { down: "nothing", take: async () => async () => {} },
  {
    down: "the authority: certificates, timestamps, the log of signatures",
    take: (stage) => killed(stage, ["authority"]),
  },
  { down: "the CI's issuer of identities, with its keys", take: (stage) => killed(stage, ["issuer"]) },
  { down: "one witness of three, of which two are the quorum", take: (stage) => killed(stage, ["oak"]) },
  { down: "so many witnesses that there is no quorum", take: (stage) => killed(stage, ["oak", "ash"]) },
  { down: "the auditor, whom the quorum needs", take: (stage) => killed(stage, ["auditor"]) },
  { down: "every cosigner, while the index starts", take: cosignersSilent },
  { down: "the index", take: (stage) => killed(stage, ["index"]) },
  { down: "the lock store: it does not answer", take: lockHeld },
  {
    down: "the lock store: lost",
    take: (stage) => whileStopped(stage, (world) => replaceFolder(world, "index-lock", null)),
  },
  { down: "the lock store: restored from a backup", take: lockFromBackup },
  { down: "the data store: restored from a backup", take: dataFromBackup },
  { down: "the newest head in the data store: gone", take: headGone },
  { down: "the tiles below the newest head: gone", take: tilesGone },
  { down: "the index's disk: full", take: diskFull },
  { down: "the index's clock: an hour ahead", take: (stage) => clockOff(stage, HOUR) },
  { down: "the index's clock: an hour behind", take: (stage) => clockOff(stage, -HOUR) },
  { down: "a client's trust description: its repository's metadata expired", take: trustExpired },
];

type Back = () => Promise<void>;

async function killed({ town, world }: Stage, names: readonly string[]): Promise<Back> {
  for (const name of names) await world.service(name).kill();
  return async () => {
    for (const name of names) await (isVictim(name) ? town.start(name) : world.startService(name));
  };
}

function isVictim(name: string): name is Parameters<Stage["town"]["start"]>[0] {
  return name !== "issuer" && name !== "authority";
}

async function cosignersSilent(stage: Stage): Promise<Back> {
  const names = ["oak", "ash", "elm", "auditor"] as const;
  const back = await killed(stage, names);
  await restarted(stage);
  return back;
}

/** Somebody else holds the lock store's file: whoever asks it waits, and gives up. */
async function lockHeld({ dir }: Stage): Promise<Back> {
  const file = join(dir, "index-lock", "lock.sqlite");
  const script = `
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync(process.argv[1]);
database.exec("BEGIN EXCLUSIVE");
process.stdout.write("held");
setInterval(() => {}, 1000);
`;
  const child = spawn(process.execPath, ["-e", script, file], { stdio: ["ignore", "pipe", "inherit"] });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return async () => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    kill();
    await gone;
    process.removeListener("exit", kill);
  };
}

/** Stops the index, changes what it stands on, and starts it. What `change` returns undoes it, while it is stopped again. */
async function whileStopped(stage: Stage, change: (stage: Stage) => () => void): Promise<Back> {
  await stage.world.service("index").stop();
  const undo = change(stage);
  // It may refuse to start: that is what the row shows.
  await stage.town.start("index").catch(() => {});
  return async () => {
    await stage.world.service("index").stop();
    undo();
    await stage.town.start("index");
  };
}

async function restarted({ town, world }: Stage): Promise<void> {
  await world.service("index").stop();
  await town.start("index");
}

/** Puts the folder `from` in place of a folder of the world, or nothing. Returns what puts back what was there. */
function replaceFolder({ dir }: Stage, name: string, from: string | null): () => void {
  const folder = join(dir, name);
  const kept = join(dir, `${name}.present`);
  copyOver(folder, kept);
  if (from === null) empty(folder);
  else copyOver(from, folder);
  return () => {
    copyOver(kept, folder);
    rmSync(kept, { recursive: true });
  };
}

async function lockFromBackup(stage: Stage): Promise<Back> {
  const backup = await backedUp(stage, "index-lock");
  return await whileStopped(stage, () => replaceFolder(stage, "index-lock", backup));
}

/** What everybody does at some time: the folder of yesterday is put in the place of today's. */
async function dataFromBackup(stage: Stage): Promise<Back> {
  const backup = await backedUp(stage, "index");
  return await whileStopped(stage, () => replaceFolder(stage, "index", backup));
}

/** Copies a folder while the index is stopped; then something is published that is not in the copy. */
async function backedUp(stage: Stage, name: string): Promise<string> {
  const backup = join(stage.dir, `${name}.backup`);
  await stage.world.service("index").stop();
  copyOver(join(stage.dir, name), backup);
  await completed("the index after its backup", stage, () => upload({ ...stage, version: "0.3" }));
  return backup;
}

async function headGone(stage: Stage): Promise<Back> {
  return await whileStopped(stage, () => withoutFile(join(stage.dir, "index", "log", "sealed")));
}

async function tilesGone(stage: Stage): Promise<Back> {
  return await whileStopped(stage, () => withoutFile(join(stage.dir, "index", "log", "tile")));
}

function withoutFile(path: string): () => void {
  cpSync(path, `${path}.present`, { recursive: true });
  rmSync(path, { recursive: true });
  return () => {
    cpSync(`${path}.present`, path, { recursive: true });
    rmSync(`${path}.present`, { recursive: true });
  };
}

async function diskFull({ town, world }: Stage): Promise<Back> {
  town.disks.fill("index", 0, world.service("index").pid);
  return async () => town.disks.free("index", world.service("index").pid);
}

async function clockOff({ town }: Stage, seconds: number): Promise<Back> {
  town.clocks.set("index", seconds);
  return async () => town.clocks.set("index", 0);
}

/** A repository of trusted keys that nobody signed anew for longer than its metadata lasts. */
async function trustExpired({ world, dir, clientEnvironment }: Stage): Promise<Back> {
  const years = 20 * 365 * 86_400;
  const repo = createTufSimulator(() => systemClock() - years);
  repo.addTarget("targets", "trust.json", readFileSync(world.trustFile, "utf8"));
  repo.addTarget(
    "targets",
    "trusted_root.json",
    readFileSync(join(dir, "trust", "trusted_root.json"), "utf8"),
  );
  repo.publish("targets", "snapshot", "timestamp");
  const root = repo.published.get("root")?.[0] ?? new Uint8Array();
  const rootFile = join(dir, "tuf-root.json");
  writeFileSync(rootFile, root);
  const { cert, key } = world.tls;
  const serving = await listen(repo, { port: 0, tls: { cert, key } });
  const changed = {
    COUNTERMARK_TRUST: "",
    COUNTERMARK_TRUST_REPOSITORY: serving.url.replace("127.0.0.1", "localhost"),
    COUNTERMARK_TRUST_ROOT: `${rootFile}#sha256=${encodeHex(nodeCrypto.sha256(root))}`,
    COUNTERMARK_CACHE_DIR: join(dir, "tuf-cache"),
  };
  Object.assign(clientEnvironment, changed);
  return async () => {
    for (const name of Object.keys(changed)) delete clientEnvironment[name];
    await serving.close();
  };
}
