// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";

/**
 * Waits for the end of its standard input, which this process holds open and never writes to: then this process is gone, however that came,
 * and the tool is killed with everything that it started. Its port could be anybody's from that moment on, and the tool believes it.
 */
const SCRIPT = `
read -r _ <&0
stop() {
  kill -STOP "$1" 2>/dev/null
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do stop "$child"; done
  kill -9 "$1" 2>/dev/null
}
stop "$1"
`;

/** Stops watching. */
export type Unwatch = () => void;

/**
 * Ends the process `pid` when this one dies without having ended it. On systems without /proc only the process itself, not what it started; on
 * Windows there is no such watch.
 */
export function watchTool(pid: number): Unwatch {
  if (process.platform === "win32") return () => undefined;
  const watcher = spawn("/bin/sh", ["-c", SCRIPT, "countermark-watch", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // A group of its own: a Ctrl-C in the terminal is for the tool and for us.
    detached: true,
    env: { PATH: "/usr/bin:/bin" },
  });
  // Without a shell there is no watch, and no other harm.
  watcher.on("error", () => undefined);
  watcher.unref();
  return () => {
    watcher.kill("SIGKILL");
    watcher.stdin?.destroy();
  };
}
