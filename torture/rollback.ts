// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildWheel, postUpload, readHead, toyProject, uploadForm } from "@countermark/testkit";
import type { Findings } from "./findings.ts";
import { copyOver } from "./folders.ts";
import { sleep } from "./sleep.ts";
import type { Town } from "./town.ts";

/** The index's folder as it was, to be put back when more has happened. */
export interface Backup {
  readonly folder: string;
  /** Of the head that was released then. */
  readonly size: number;
}

/** A few ticks of the index: what it would do by itself, it has done. */
const WATCHED_MS = 2_500;

/** Stops the index, copies its folder, and starts it again. The lock store stays where it is, outside. */
export async function takeBackup(town: Town, dir: string): Promise<Backup> {
  const folder = join(dir, "index.backup");
  await town.world.service("index").stop();
  copyOver(join(dir, "index"), folder);
  await town.start("index");
  return { folder, size: (await town.world.readHead()).size };
}

/**
 * Puts the backup in the place of the index's folder, as an operator does who knows no better: the index must read only, say why, take nothing
 * and sign nothing. Then the present folder is put back.
 */
export async function restoreBackup(
  backup: Backup,
  { town, dir, findings, token }: { town: Town; dir: string; findings: Findings; token: string },
): Promise<void> {
  const { world } = town;
  const present = join(dir, "index.present");
  const log = world.service("index").logFile;
  await world.service("index").stop();
  copyOver(join(dir, "index"), present);
  copyOver(backup.folder, join(dir, "index"));
  const from = statSync(log).size;
  await town.start("index");
  await expectReadOnly(backup, { town, findings, token });
  if (!readFileSync(log, "utf8").slice(from).includes("[behind-own-head]")) {
    findings.add("forked", "restored from a backup, the index does not say behind-own-head");
  }
  await world.service("index").stop();
  copyOver(present, join(dir, "index"));
  rmSync(present, { recursive: true });
  await town.start("index");
}

async function expectReadOnly(
  backup: Backup,
  { town, findings, token }: { town: Town; findings: Findings; token: string },
): Promise<void> {
  const { world } = town;
  const toy = toyProject("never-taken", "1.0");
  const until = performance.now() + WATCHED_MS;
  while (performance.now() < until) {
    const answer = await postUpload(fetch, world.indexUrl, token, uploadForm(toy, buildWheel(toy)));
    const text = await answer.text();
    if (answer.status !== 503 || !text.includes("ledger-unavailable")) {
      findings.add(
        "forked",
        `restored from a backup, the index answers an upload with ${answer.status} ${text}`,
      );
    }
    const note = await world.readText("/checkpoint");
    // What it signs now goes by the cosigners too, and is compared with everything that was ever seen.
    await town.observer.see(new TextEncoder().encode(note), "index, restored from a backup");
    const { size } = readHead(note);
    if (size !== backup.size) {
      findings.add("forked", `restored from a backup of ${backup.size} leaves, the index releases ${size}`);
    }
    await sleep(250);
  }
}
