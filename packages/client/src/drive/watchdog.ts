// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";

/**
 * Waits for the end of its standard input, which this process holds open: then this process is gone, however that came, and whatever
 * bears the mark in its environment is killed with everything that it started. Its port could be anybody's from that moment on, and the tool
 * believes it. The line that may come before the end is the tool's process id, for systems without /proc.
 */
const SCRIPT = `
read -r tool
while read -r _; do :; done
stop() {
  kill -STOP "$1" 2>/dev/null
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do stop "$child"; done
  kill -9 "$1" 2>/dev/null
}
[ -n "$tool" ] && stop "$tool"
# What was being started when this process died has no mark until it runs its own program.
for again in 1 2 3 4 5; do
  for folder in /proc/[0-9]*; do
    tr '\\0' '\\n' < "$folder/environ" 2>/dev/null | grep -qxF "$1" && stop "\${folder#/proc/}"
  done
  sleep 0.2
done
`;

/** The variable by which a watcher knows what this process started. */
export const WATCH_VARIABLE = "WATCHED_BY_COUNTERMARK";

export type Watch = {
  /** To be in the tool's environment. */
  readonly mark: string;
  /** The tool has started as this process. */
  started(pid: number): void;
  /** The tool has ended: nothing is killed any more. */
  end(): void;
};

/**
 * Ends a tool when this process dies without having ended it. It watches before the tool starts: there is no moment at which nobody
 * would. On systems without /proc only the process itself is ended, not what it started; on Windows there is no such watch.
 */
export async function watchTool(): Promise<Watch> {
  const mark = randomBytes(16).toString("hex");
  if (process.platform === "win32") return { mark, started: () => undefined, end: () => undefined };
  const watcher = spawn("/bin/sh", ["-c", SCRIPT, "countermark-watch", `${WATCH_VARIABLE}=${mark}`], {
    stdio: ["pipe", "ignore", "ignore"],
    // A group of its own: a Ctrl-C in the terminal is for the tool and for us.
    detached: true,
    env: { PATH: "/usr/bin:/bin" },
  });
  watcher.unref();
  watcher.stdin.on("error", () => undefined);
  // Without a shell there is no watch, and no other harm.
  await once(watcher, "spawn").catch(() => undefined);
  watcher.on("error", () => undefined);
  return {
    mark,
    started: (pid) => void watcher.stdin.write(`${pid}\n`),
    end: () => {
      watcher.kill("SIGKILL");
      watcher.stdin.destroy();
    },
  };
}
