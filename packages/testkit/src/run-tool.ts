// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";

/** How a program ended and what it said. */
export interface ToolRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order they came. */
  readonly output: string;
  readonly seconds: number;
}

export interface ToolOptions {
  readonly cwd?: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly secondsMax?: number;
}

const OUTPUT_CHARS_MAX = 4_000_000;
const SECONDS_MAX = 300;

/** Runs a program without a shell and without a terminal to its end; a status other than 0 is for the caller to judge. */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolRun> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const killChild = (): void => {
      child.kill("SIGKILL");
    };
    process.once("exit", killChild);
    const timer = setTimeout(killChild, (options.secondsMax ?? SECONDS_MAX) * 1000);
    const said = { stdout: "", stderr: "", output: "" };
    const keep = (stream: "stdout" | "stderr") => (chunk: string) => {
      said[stream] = (said[stream] + chunk).slice(-OUTPUT_CHARS_MAX);
      said.output = (said.output + chunk).slice(-OUTPUT_CHARS_MAX);
    };
    child.stdout.setEncoding("utf8").on("data", keep("stdout"));
    child.stderr.setEncoding("utf8").on("data", keep("stderr"));
    child.once("error", (cause) => {
      settle();
      reject(new Error(`Cannot run ${command}: ${cause.message}`, { cause }));
    });
    child.once("close", (status) => {
      settle();
      resolve({ ...said, status: status ?? -1, seconds: (performance.now() - startedAt) / 1000 });
    });
    const settle = (): void => {
      clearTimeout(timer);
      process.removeListener("exit", killChild);
    };
  });
}

/** Runs a program that must succeed. Throws with the end of what it said. */
export async function runToolOrThrow(
  command: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolRun> {
  const run = await runTool(command, args, options);
  if (run.status !== 0) {
    throw new Error(
      `${command} ${args.join(" ")} ended with status ${run.status}:\n${run.output.slice(-2_000)}`,
    );
  }
  return run;
}
