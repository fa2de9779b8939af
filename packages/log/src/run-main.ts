// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { type JsonObject, ParseError, parseJsonObject } from "@countermark/formats";
import { LogError } from "./failure.ts";

/** A service that runs until it is closed. */
export interface RunningMain {
  readonly url: string;
  close(): Promise<void>;
}

const CONFIG_BYTES_MAX = 1_048_576;

/**
 * Runs a service as a process: reads the file of `--config`, starts, prints `{"ready":true,"url":...}` on one line, and stops
 * cleanly on SIGTERM or SIGINT. A failure is one line on stderr and exit status 1, a wrong call status 2.
 */
export async function runMain(
  name: string,
  start: (config: JsonObject) => Promise<RunningMain>,
): Promise<void> {
  const file = configFileOf(process.argv.slice(2));
  if (file === null) {
    process.stderr.write(`usage: ${name} --config <file.json>\n`);
    process.exitCode = 2;
    return;
  }
  try {
    const running = await start(await readConfig(file));
    process.stdout.write(`${JSON.stringify({ ready: true, url: running.url })}\n`);
    stopOnSignal(name, running);
  } catch (error) {
    reportAndExit(name, error);
  }
}

/** The configuration in `file`. @throws LogError `config-malformed` */
export async function readConfig(file: string): Promise<JsonObject> {
  try {
    const limits = { bytesMax: CONFIG_BYTES_MAX, depthMax: 16 };
    return parseJsonObject(new Uint8Array(await readFile(file)), limits, "config");
  } catch (cause) {
    throw configError(file, cause);
  }
}

function configFileOf(argv: readonly string[]): string | null {
  const [option, file] = argv;
  return option === "--config" && file !== undefined && argv.length === 2 ? file : null;
}

function configError(file: string, cause: unknown): LogError {
  const reason = cause instanceof Error ? cause.message : "unreadable";
  return new LogError("config-malformed", `Cannot read ${file}: ${reason}`, { cause });
}

function stopOnSignal(name: string, running: RunningMain): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    running.close().then(
      () => process.exit(0),
      (error: unknown) => reportAndExit(name, error),
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

function reportAndExit(name: string, error: unknown): void {
  const code = error instanceof LogError || error instanceof ParseError ? ` [${error.code}]` : "";
  const reason =
    error instanceof Error ? (code === "" ? (error.stack ?? error.message) : error.message) : String(error);
  process.stderr.write(`${name}${code}: ${reason}\n`);
  process.exit(1);
}
