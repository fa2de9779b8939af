// SPDX-License-Identifier: Apache-2.0
// What a process of the torture stands on: a disk that can be full, and a clock that can be wrong.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** How disks are made full here. */
export type DiskWay = "tmpfs" | "file-size-limit" | "none";

export interface Disks {
  readonly way: DiskWay;
  /** In words, for the first lines of a run. */
  readonly words: string;
  /** Leaves so many bytes on the disk of a folder of the world. */
  fill(folder: string, leftBytes: number, pid: number): void;
  /** Gives the space back. */
  free(folder: string, pid: number): void;
  /** Unmounts everything; what was on it lies in the plain folders afterwards when `keep`. */
  close(keep: boolean): void;
}

const SIZE_MAX = "2g";
const FILL_ATTEMPTS_MAX = 20;

/**
 * Disks for the folders `names` of `dir`: a tmpfs each, where we may mount; else, the limit on the size of every file of the process.
 * With a tmpfs, writes fail with ENOSPC; with a limit, those beyond it fail with EFBIG.
 */
export function openDisks(dir: string, names: readonly string[]): Disks {
  const folders = names.map((name) => join(dir, name));
  for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (mountAll(folders)) return tmpfsDisks(dir, folders);
  if (hasProgram("prlimit")) return limitDisks();
  return {
    way: "none",
    words: "none: neither may we mount a tmpfs, nor is there prlimit; no disk fills up in this run",
    fill: () => {},
    free: () => {},
    close: () => {},
  };
}

function tmpfsDisks(dir: string, folders: readonly string[]): Disks {
  const remount = (folder: string, size: string): void => {
    execFileSync("mount", ["-o", `remount,size=${size}`, join(dir, folder)], { stdio: "pipe" });
  };
  return {
    way: "tmpfs",
    words: "a tmpfs for each host, made as small as what is on it",
    fill(folder, leftBytes) {
      // Its process writes meanwhile: a size below what is used by then is refused, and tried again.
      for (let tried = 0; tried < FILL_ATTEMPTS_MAX; tried++) {
        const { blocks, bfree, bsize } = statfsSync(join(dir, folder));
        const used = (blocks - bfree) * bsize;
        try {
          // A tmpfs counts pages.
          return remount(folder, String(Math.max(bsize, used + Math.floor(leftBytes / bsize) * bsize)));
        } catch {}
      }
    },
    free: (folder) => remount(folder, SIZE_MAX),
    close(keep) {
      for (const folder of folders) {
        const kept = `${folder}.kept`;
        if (keep) cpSync(folder, kept, { recursive: true });
        unmount(folder);
        if (!keep) continue;
        rmSync(folder, { recursive: true, force: true });
        cpSync(kept, folder, { recursive: true });
        rmSync(kept, { recursive: true, force: true });
      }
    },
  };
}

function limitDisks(): Disks {
  const limit = (pid: number, size: string): void => {
    try {
      execFileSync("prlimit", ["--pid", String(pid), `--fsize=${size}:`], { stdio: "pipe" });
    } catch {
      // The process is gone; its successor has no limit.
    }
  };
  return {
    way: "file-size-limit",
    words: "the limit on file sizes of a process (RLIMIT_FSIZE), since we may not mount a tmpfs",
    fill: (_folder, leftBytes, pid) => limit(pid, String(leftBytes)),
    free: (_folder, pid) => limit(pid, "unlimited"),
    close: () => {},
  };
}

/** All or none. */
function mountAll(folders: readonly string[]): boolean {
  const mounted: string[] = [];
  for (const folder of folders) {
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE_MAX},mode=700`, "tmpfs", folder], {
        stdio: "pipe",
      });
      mounted.push(folder);
    } catch {
      mounted.forEach(unmount);
      return false;
    }
  }
  return true;
}

/** Ends what a run that was killed left mounted below `dir`. */
export function unmountBelow(dir: string): void {
  if (!existsSync("/proc/mounts")) return;
  const folders = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? []);
  for (const folder of folders) if (folder.startsWith(`${dir}/`)) unmount(folder);
}

function unmount(folder: string): void {
  // Lazily: a process that was killed a moment ago may still be on its way out.
  execFileSync("umount", ["-l", folder], { stdio: "pipe" });
}

function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ["--version"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

export interface Clocks {
  /** What a process needs in its environment to have its clock here. */
  environment(name: string): Readonly<Record<string, string>>;
  /** Makes a process's clock differ from ours by so many seconds, at once. */
  set(name: string, offsetSeconds: number): void;
}

/** A clock for each of the processes `names`, right at first. */
export function openClocks(dir: string, names: readonly string[]): Clocks {
  const folder = join(dir, "clocks");
  mkdirSync(folder, { recursive: true });
  const set = (name: string, offsetSeconds: number): void =>
    writeFileSync(join(folder, name), `${offsetSeconds}\n`);
  for (const name of names) set(name, 0);
  const hook = pathToFileURL(join(import.meta.dirname, "skewed-clock.mjs")).href;
  return {
    set,
    environment: (name) => ({
      NODE_OPTIONS: `--import=${hook}`,
      COUNTERMARK_TORTURE_CLOCK: join(folder, name),
    }),
  };
}
