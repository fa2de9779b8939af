// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A program of ours that runs as a process of its own and says on its first line when it listens. */
export interface ServiceSpec {
  readonly name: string;
  /** Its TypeScript entry file. */
  readonly entry: string;
  /** Written to `<dir>/<name>.json`, mode 0600, and given as `--config`. */
  readonly config: unknown;
  readonly dir: string;
  /** The whole environment, beside PATH. Nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningService {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** SIGTERM, then SIGKILL when it does not go. Resolves when the process is gone; again is fine. */
  stop(): Promise<void>;
  /** SIGKILL at once: nothing is finished. Resolves when the process is gone; again is fine. */
  kill(): Promise<void>;
  isRunning(): boolean;
}

const READY_SECONDS_MAX = 30;
const STOP_SECONDS_MAX = 5;
const LOG_TAIL_CHARS = 1_500;

/** Every child that still runs; killed with us, whatever happens. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Starts `spec` and waits until it listens. Throws with the end of its log when it does not.
 *
 * @param onSpawned given what ends the process by SIGKILL, before it listens or later.
 */
export async function startService(
  spec: ServiceSpec,
  onSpawned: (kill: () => void) => void = () => {},
): Promise<RunningService> {
  mkdirSync(spec.dir, { recursive: true });
  const configFile = join(spec.dir, `${spec.name}.json`);
  writeFileSync(configFile, `${JSON.stringify(spec.config, null, 2)}\n`, { mode: 0o600 });
  const logFile = join(spec.dir, `${spec.name}.log`);
  const log = openSync(logFile, "a");
  const child = spawn(process.execPath, ["--conditions=source", spec.entry, "--config", configFile], {
    stdio: ["ignore", "pipe", log],
    env: { PATH: process.env["PATH"] ?? "", ...spec.env },
  });
  closeSync(log);
  running.add(child);
  onSpawned(() => child.kill("SIGKILL"));
  const gone = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  void gone.then(() => running.delete(child));
  const stop = async (): Promise<void> => {
    if (!running.has(child)) return;
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_SECONDS_MAX * 1000);
    await gone;
    clearTimeout(killer);
  };
  const kill = async (): Promise<void> => {
    if (!running.has(child)) return;
    child.kill("SIGKILL");
    await gone;
  };
  try {
    const url = await readReadyLine(child, gone);
    const isRunning = (): boolean => running.has(child);
    return { name: spec.name, url, pid: child.pid ?? 0, logFile, stop, kill, isRunning };
  } catch (cause) {
    await stop();
    const tail = readFileSync(logFile, "utf8").slice(-LOG_TAIL_CHARS);
    throw new Error(`Cannot start ${spec.name}: ${String(cause)}\n${tail}`, { cause });
  }
}

/** The `url` of the line `{"ready":true,"url":...}`; what is printed afterwards is dropped. */
async function readReadyLine(child: ChildProcess, gone: Promise<void>): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error("it has no standard output");
  const lines = createInterface({ input: stdout });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      new Promise<string>((resolve, reject) => {
        lines.on("line", (line) => {
          const url = /^\{.*"ready":true.*"url":"([^"]+)".*\}$/.exec(line)?.[1];
          if (url === undefined) reject(new Error(`its first line is "${line}"`));
          else resolve(url);
        });
      }),
      gone.then(() => Promise.reject(new Error(`it ended with status ${child.exitCode}`))),
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`not ready in ${READY_SECONDS_MAX} s`)),
          READY_SECONDS_MAX * 1000,
        );
      }),
    ]);
  } finally {
    clearTimeout(timer);
    stdout.resume();
  }
}

/** `count` different loopback ports that nobody listens on now. Someone else may take one before it is used. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a server on loopback has no port");
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
