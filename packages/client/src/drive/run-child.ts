// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { ClientError } from "../failure.ts";
import { WATCH_VARIABLE, watchTool } from "./watchdog.ts";

export type Child = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** With `--json` our standard output is one document: the tool's goes to standard error. */
  readonly stdoutToStderr: boolean;
};

/** Runs a tool to its end and returns its exit status. @throws ClientError `tool-missing` */
export async function runChild(child: Child, stop: AbortSignal): Promise<number> {
  const watch = await watchTool();
  return await new Promise((resolve, reject) => {
    const running = spawn(child.command, child.args, {
      env: { ...child.env, [WATCH_VARIABLE]: watch.mark },
      stdio: ["inherit", child.stdoutToStderr ? process.stderr : "inherit", "inherit"],
    });
    if (running.pid !== undefined) watch.started(running.pid);
    const end = () => running.kill("SIGTERM");
    stop.addEventListener("abort", end, { once: true });
    if (stop.aborted) end();
    running.on("error", (cause) => {
      stop.removeEventListener("abort", end);
      watch.end();
      reject(
        new ClientError("tool-missing", `Cannot run ${JSON.stringify(child.command)}: ${cause.message}`, {
          cause,
        }),
      );
    });
    running.on("close", (status) => {
      stop.removeEventListener("abort", end);
      watch.end();
      resolve(status ?? 1);
    });
  });
}

/** Runs a short program and returns what it prints; null when it fails. */
export async function readFromChild(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string | null> {
  return await new Promise((resolve) => {
    const running = spawn(command, args, { env, stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    running.stdout.setEncoding("utf8").on("data", (part: string) => {
      if (text.length < 65_536) text += part;
    });
    running.on("error", () => resolve(null));
    running.on("close", (status) => resolve(status === 0 ? text.trim() : null));
  });
}
