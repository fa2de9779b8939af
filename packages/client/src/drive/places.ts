// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import type { Env } from "../settings.ts";
import { readFromChild } from "./run-child.ts";
import { optionValue, readUvCommand, type UvCommand } from "./uv-command.ts";

/** Where the effect of a command can be seen. */
export type Place =
  | { readonly kind: "environments"; readonly folders: readonly string[] }
  /** A folder that archives are put into. */
  | { readonly kind: "archives"; readonly folder: string }
  /** Nothing is installed; a lock is written. */
  | { readonly kind: "lock"; readonly path: string }
  | { readonly kind: "unknown" };

/** How a command is run. */
export type Setting = {
  readonly env: Env;
  /** Absolute. */
  readonly folder: string;
  /** The cache that uv is given for this run alone. */
  readonly uvCache: string;
};

const PROJECT_COMMANDS = ["sync", "add", "remove", "run"];
const LOCK_COMMANDS = ["lock", "export", "tree", "pip compile"];

/** Where a command of uv or pip will put things, as far as its words and the environment say. */
export async function findPlace(command: readonly string[], setting: Setting): Promise<Place> {
  const [program = "", ...words] = command;
  const tool = basename(program);
  if (tool === "uv" || tool === "uvx")
    return await uvPlace(readUvCommand(tool, words, setting.folder), setting);
  const call = pipCall(command);
  if (call !== null) return await pipPlace(call, setting);
  const active = setting.env["VIRTUAL_ENV"];
  const target = optionValue(words, "--target", "-t");
  if (target !== null) return environments([resolve(setting.folder, target)]);
  return environments(active ? await sitePackagesBelow(active) : []);
}

type PipCall = {
  readonly program: string;
  /** `install`, `download` ... */
  readonly command: string;
  readonly words: readonly string[];
  readonly interpreter: string | null;
};

/** A command that is pip: its own command, its words, and the interpreter that it is for, if that is said. */
export function pipCall(command: readonly string[]): PipCall | null {
  const [program = "", ...words] = command;
  const tool = basename(program);
  const isModule = /^python[0-9.]*$/.test(tool) && words[0] === "-m" && words[1] === "pip";
  if (!isModule && !/^pip[0-9.]*$/.test(tool)) return null;
  const own = isModule ? words.slice(2) : words;
  const name = own.find((word) => !word.startsWith("-")) ?? "";
  return { program, command: name, words: own, interpreter: isModule ? program : null };
}

async function pipPlace(call: PipCall, setting: Setting): Promise<Place> {
  const { words } = call;
  const at = (path: string | null): Place => ({
    kind: "archives",
    folder: resolve(setting.folder, path ?? "."),
  });
  if (call.command === "download") return at(optionValue(words, "--dest", "-d"));
  if (call.command === "wheel") return at(optionValue(words, "--wheel-dir", "-w"));
  if (call.command === "lock")
    return {
      kind: "lock",
      path: resolve(setting.folder, optionValue(words, "--output", "-o") ?? "pylock.toml"),
    };
  const target = optionValue(words, "--target", "-t");
  if (target !== null) return environments([resolve(setting.folder, target)]);
  const prefix = optionValue(words, "--prefix");
  if (prefix !== null) return environments(await sitePackagesBelow(resolve(setting.folder, prefix)));
  const named =
    optionValue(words, "--python") ?? call.interpreter ?? (await interpreterOfPip(call.program, setting.env));
  if (named !== null) return environments(await sitePackagesOf(named, setting));
  const active = setting.env["VIRTUAL_ENV"];
  return environments(active ? await sitePackagesBelow(active) : []);
}

async function uvPlace(call: UvCommand, setting: Setting): Promise<Place> {
  const { args, name } = call;
  const { env } = setting;
  if (LOCK_COMMANDS.includes(name)) return { kind: "lock", path: await lockOf(call) };
  if (name === "tool install" || name === "tool upgrade") return environments(await toolEnvironments(env));
  const hasOverlay = args.some((word) => /^(?:-w$|--with|--isolated$)/.test(word)) || call.script !== null;
  if (name === "tool run" || (name === "run" && hasOverlay)) {
    const isKept = !args.some((word) => word === "-n" || word === "--no-cache");
    return isKept ? environments(await cachedEnvironments(setting.uvCache), true) : { kind: "unknown" };
  }
  if (PROJECT_COMMANDS.includes(name)) return environments(await projectEnvironments(call, env));
  if (!name.startsWith("pip ")) return { kind: "unknown" };
  const target = optionValue(args, "--target", "-t");
  if (target !== null) return environments([resolve(call.folder, target)]);
  const prefix = optionValue(args, "--prefix");
  if (prefix !== null) return environments(await sitePackagesBelow(resolve(call.folder, prefix)));
  const python = optionValue(args, "--python", "-p") ?? env["UV_PYTHON"] ?? null;
  if (python !== null && /[/\\]|^[^0-9]/.test(python))
    return environments(await sitePackagesOf(python, setting));
  if (args.includes("--system")) return environments(await sitePackagesOf("python3", setting));
  const active = env["VIRTUAL_ENV"] ?? env["CONDA_PREFIX"];
  return environments(
    await sitePackagesBelow(active ?? (await venvAbove(call.folder)) ?? join(call.folder, ".venv")),
  );
}

/** `isSure`: there may be none yet, and none is no sign of not knowing. */
function environments(folders: readonly string[], isSure = false): Place {
  return folders.length > 0 || isSure ? { kind: "environments", folders } : { kind: "unknown" };
}

async function sitePackagesOf(python: string, setting: Setting): Promise<readonly string[]> {
  const near = resolve(setting.folder, python);
  if ((await stat(near).catch(() => null))?.isDirectory()) return await sitePackagesBelow(near);
  const path = python.includes("/") ? near : python;
  // The user's own folder too: `--user`, and where the environment may not be written.
  const script =
    "import site, sysconfig; print(site.getusersitepackages()); print(sysconfig.get_path('purelib')); print(sysconfig.get_path('platlib'))";
  const clean = { PATH: setting.env["PATH"] ?? "", HOME: setting.env["HOME"] ?? "" };
  const text = await readFromChild(path, ["-I", "-c", script], clean);
  return text === null ? [] : [...new Set(text.split("\n"))];
}

/** The environments of the project and of the workspaces around it: which one is used, uv alone knows. */
async function projectEnvironments(call: UvCommand, env: Env): Promise<readonly string[]> {
  const named = env["UV_PROJECT_ENVIRONMENT"];
  const active = env["VIRTUAL_ENV"];
  const prefixes = call.args.includes("--active") && active !== undefined ? [active] : [];
  for (const folder of foldersUp(call.project)) {
    if (await exists(join(folder, "pyproject.toml"))) prefixes.push(resolve(folder, named ?? ".venv"));
  }
  return [...new Set((await Promise.all(prefixes.map(sitePackagesBelow))).flat())];
}

async function venvAbove(folder: string): Promise<string | null> {
  for (const at of foldersUp(folder)) {
    if (await exists(join(at, ".venv", "pyvenv.cfg"))) return join(at, ".venv");
  }
  return null;
}

/** The lock that a command of uv writes: of a script, a named file, or the nearest workspace that has one. */
async function lockOf(call: UvCommand): Promise<string> {
  if (call.script !== null) return `${resolve(call.folder, call.script)}.lock`;
  const output = optionValue(call.args, "--output-file", "-o");
  if (output !== null) return resolve(call.folder, output);
  for (const folder of foldersUp(call.project)) {
    if (await exists(join(folder, "uv.lock"))) return join(folder, "uv.lock");
  }
  return join(call.project, "uv.lock");
}

async function toolEnvironments(env: Env): Promise<readonly string[]> {
  return (await Promise.all((await toolFolders(env)).map(sitePackagesBelow))).flat();
}

/** The folders of the tools that uv installed: an environment each, and a receipt that names the index. */
export async function toolFolders(env: Env): Promise<readonly string[]> {
  const data = env["XDG_DATA_HOME"] || join(env["HOME"] ?? ".", ".local", "share");
  const tools = join(data, "uv", "tools");
  const found = await readdir(tools, { withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isDirectory()).map((entry) => join(tools, entry.name));
}

/** Where uv keeps the environments that it makes for one program: in its cache, which is this run's own. */
async function cachedEnvironments(cache: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const bucket of await readdir(cache).catch(() => [])) {
    if (!/^(?:environments|archive)-/.test(bucket)) continue;
    for (const name of await readdir(join(cache, bucket)).catch(() => []))
      found.push(...(await sitePackagesBelow(join(cache, bucket, name))));
  }
  return [...new Set(found)];
}

async function sitePackagesBelow(prefix: string): Promise<readonly string[]> {
  const folders = new Set<string>();
  // One is often a link to the other.
  for (const lib of ["lib", "lib64"]) {
    for (const name of await readdir(join(prefix, lib)).catch(() => [])) {
      const folder = join(prefix, lib, name, "site-packages");
      if (/^(?:python|pypy)[0-9.]+t?$/.test(name)) folders.add(await realpath(folder).catch(() => folder));
    }
  }
  return [...folders];
}

/** The interpreter that a `pip` script is for: its first line says so. Null when it cannot be told. */
async function interpreterOfPip(program: string, env: Env): Promise<string | null> {
  const candidates = program.includes("/")
    ? [program]
    : (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
  for (const path of candidates) {
    const text = await readFile(path, "latin1").catch(() => null);
    if (text === null) continue;
    // An interpreter whose path is too long for that line is called by a shell.
    const python = /^(?:#!|(?:''')?exec'? "?)(\S*python[0-9.]*)/m.exec(text.slice(0, 512))?.[1];
    return python ?? null;
  }
  return null;
}

function foldersUp(folder: string): readonly string[] {
  const folders: string[] = [];
  for (let at = folder; folders.at(-1) !== at; at = dirname(at)) folders.push(at);
  return folders;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
