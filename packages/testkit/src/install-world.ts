// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { encodeHex } from "@countermark/formats";
import { nodeCrypto, systemClock } from "@countermark/log";
import { type BuiltFile, buildWheel, toyProject } from "./build-wheel.ts";
import { releaseJob } from "./ci-job.ts";
import { fakeClock } from "./clock.ts";
import { fetchInstaller, INSTALLERS } from "./installers.ts";
import { type Loopback, startLoopback } from "./loopback.ts";
import { type Environment, findPython, makeEnvironment, type Python, scrubbedEnvironment } from "./python.ts";
import { ROOT } from "./root.ts";
import { runTool, type ToolRun } from "./run-tool.ts";
import { createToyTls } from "./toy-tls.ts";
import { createWorld, INDEX_URL, type World } from "./world.ts";

/** What a person has who installs with a real tool: a folder, an environment, and an index on this machine to be told of. */
export interface InstallWorld {
  readonly world: World;
  readonly python: Python;
  /** The index as it is reached over a socket. Its pages name their files there. */
  readonly index: Loopback;
  /** Looks at each request to the index before it is answered, and may answer it itself: then it says true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** PEM of the authority that vouches for the index; null where it speaks plain HTTP. */
  readonly caFile: string | null;
  /** Of everything here; removed at the end. */
  readonly dir: string;
  /** Empty; the commands are run in it. */
  readonly project: string;
  /** Of the tools: where they look for their configuration and keep their caches. */
  readonly home: string;
  /** Publishes files of one project, which is made when it is new. */
  publish(project: string, files: readonly BuiltFile[]): Promise<void>;
  /** A fresh environment with a real pip of this version in it. */
  environment(pip?: string): Promise<Environment>;
  /** The path of a real uv of this version. */
  uv(version?: string): Promise<string>;
  /** `countermark install` with a real pip of this version, into a fresh environment. */
  withPip(args: readonly string[], options?: ToolRunOptions): Promise<Installation>;
  /** `countermark run -- uv pip install` with a real uv of this version, into a fresh environment. */
  withUv(args: readonly string[], options?: ToolRunOptions): Promise<Installation>;
  /** Runs the `countermark` command as its own process and keeps what it and the tool say. */
  countermark(args: readonly string[], options?: PersonOptions): Promise<ToolRun>;
  /** What `countermark` is told of this world; for a test that starts it itself. */
  command(args: readonly string[], options?: PersonOptions): CommandLine;
  /** Writes a file into the project folder and returns its path. */
  write(path: string, text: string | Uint8Array): string;
  close(): Promise<void>;
}

export interface PersonOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly secondsMax?: number;
}

export interface ToolRunOptions extends PersonOptions {
  /** Of the tool; the newest by default. */
  readonly version?: string;
  /** Of `countermark`, before the tool's own arguments. */
  readonly own?: readonly string[];
}

/** How an installation through the proxy went. */
export interface Installation {
  readonly run: ToolRun;
  readonly environment: Environment;
  /** The last line of all. */
  readonly last: string;
}

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The project that every such world has, in version 1.0.0, and what it needs. */
export const INSTALLED_PROJECT = "sampleproject";
export const NEEDED_PROJECT = "needed-project";

/** A world whose clock is the machine's, for programs that read it themselves. @param transport "tls": by an authority that nobody knows. */
export async function createInstallWorld(transport: "plain" | "tls" = "plain"): Promise<InstallWorld> {
  const world = await createWorld({ clock: fakeClock(systemClock()) });
  const python = await findPython();
  const { dir } = world;
  const tls = transport === "tls" ? createToyTls(systemClock()) : null;
  const scheme = tls === null ? "http" : "https";
  const index = await startLoopback(async (request, response) => {
    if (!self.intercept(request, response)) await bridge(world, scheme, request, response);
  }, tls);
  const caFile = tls === null ? null : join(dir, "ca.pem");
  if (tls !== null) writeFileSync(join(dir, "ca.pem"), tls.caCertificate);
  const [project, home] = [join(dir, "project"), join(dir, "home")];
  for (const folder of [project, home]) mkdirSync(folder);
  const trustFile = join(dir, "trust.json");
  writeFileSync(trustFile, world.trust);
  writeFileSync(join(dir, "trusted_root.json"), world.authority.trustedRoot());
  const known = {
    COUNTERMARK_TRUST: `${trustFile}#sha256=${encodeHex(nodeCrypto.sha256(world.trust))}`,
    COUNTERMARK_INDEX: index.url,
    COUNTERMARK_LOCK: join(dir, "countermark.lock"),
  };
  const registered = new Set<string>();
  let environments = 0;
  const command = (args: readonly string[], options: PersonOptions = {}): CommandLine => {
    const { PIP_CONFIG_FILE: _, ...clean } = scrubbedEnvironment(home, known);
    return {
      program: process.execPath,
      args: ["--conditions=source", join(ROOT, "packages/client/src/main.ts"), ...args],
      cwd: options.cwd ?? project,
      env: { ...clean, ...options.env },
    };
  };
  const self: InstallWorld = {
    world,
    python,
    index,
    intercept: () => false,
    caFile,
    dir,
    project,
    home,
    publish: async (name, files) => {
      const claims = releaseJob(`example/${name}`);
      if (!registered.has(name)) await world.registerProject(name, claims);
      registered.add(name);
      const run = await world.publish(claims, files);
      if (run.status !== 0) throw new Error(`Cannot publish ${name}: ${run.output}`);
    },
    environment: async (pip = INSTALLERS.pip.newest) => {
      const from = await fetchInstaller(python, "pip", pip);
      return makeEnvironment(python, join(dir, `environment-${environments++}`), from);
    },
    uv: async (version = INSTALLERS.uv.newest) =>
      join(await fetchInstaller(python, "uv", version), "bin", "uv"),
    withPip: async (args, options = {}) => {
      const environment = await self.environment(options.version);
      const own = ["install", "--python", environment.python, ...(options.own ?? [])];
      const run = await self.countermark([...own, ...args], options);
      return { run, environment, last: lastLine(run) };
    },
    withUv: async (args, options = {}) => {
      const [environment, uv] = [await self.environment(), await self.uv(options.version)];
      const own = ["run", ...(options.own ?? []), "--", uv];
      const run = await self.countermark(
        [...own, "pip", "install", "--python", environment.python, ...args],
        options,
      );
      return { run, environment, last: lastLine(run) };
    },
    command,
    countermark: (args, options = {}) => {
      const line = command(args, options);
      const { secondsMax = 120 } = options;
      return runTool(line.program, line.args, { cwd: line.cwd, env: line.env, secondsMax });
    },
    write: (path, text) => {
      const target = join(project, path);
      mkdirSync(join(target, ".."), { recursive: true });
      writeFileSync(target, text);
      return target;
    },
    close: async () => {
      await index.close();
      await world.close();
    },
  };
  await self.publish(NEEDED_PROJECT, [buildWheel(toyProject(NEEDED_PROJECT, "1.0.0"))]);
  await self.publish(INSTALLED_PROJECT, [
    buildWheel(toyProject(INSTALLED_PROJECT, "1.0.0", [NEEDED_PROJECT])),
  ]);
  return self;
}

/** An index of the process's own network, answered over a socket. What it says of its own place is put right on the way. */
async function bridge(
  world: World,
  scheme: "http" | "https",
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === "string" && !["host", "connection"].includes(name)) headers.set(name, value);
  }
  const init = { method: request.method ?? "GET", headers };
  const truth = await world.network.fetch(`${INDEX_URL}${request.url ?? "/"}`, init);
  const body = Buffer.from(await truth.arrayBuffer());
  const isPage = request.url?.startsWith("/simple/") === true;
  const here = `${scheme}://${request.headers.host ?? ""}`;
  const shown = isPage ? Buffer.from(body.toString("utf8").replaceAll(INDEX_URL, here)) : body;
  const kept = ["content-type", "location", "etag", "accept-ranges", "content-range"].flatMap((name) => {
    const value = truth.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(truth.status, { ...Object.fromEntries(kept), "content-length": shown.length });
  response.end(request.method === "HEAD" ? undefined : shown);
}

/** What the environment has of a toy project's module: its text, or null. */
export function installedModule(environment: Environment, module: string): string | null {
  const path = join(environment.sitePackages, `${module}.py`);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** The last line that somebody was shown. */
export function lastLine(run: { readonly output: string }): string {
  return run.output.trimEnd().split("\n").at(-1) ?? "";
}
