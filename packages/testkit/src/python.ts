// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runTool, runToolOrThrow } from "./run-tool.ts";

/** The machine's Python: it needs pip, and neither venv nor ensurepip. */
export interface Python {
  readonly executable: string;
  /** `3.11` */
  readonly line: string;
  readonly version: string;
  readonly pipVersion: string;
}

/** Unmodified third-party tools, in a folder of their own. */
export interface PythonTools {
  readonly uv: string;
  readonly uvVersion: string;
  /** `python -m twine` with this PYTHONPATH. */
  readonly packages: string;
  readonly twineVersion: string;
}

/** An environment to install into. */
export interface Environment {
  readonly dir: string;
  readonly python: string;
  readonly bin: string;
  readonly sitePackages: string;
}

/** How the user's pip is called: it gives up on a network that is not there in seconds, not minutes. */
export const PIP = ["-m", "pip", "--retries", "1", "--timeout", "20"] as const;
export const TOOL_VERSIONS = { twine: "7.0.0", uv: "0.13.9", pip: "26.2" } as const;

const ASK_PYTHON = [
  "import sys, os, pip",
  "base = getattr(sys, '_base_executable', None) or sys.executable",
  "print(os.path.realpath(base)); print('%d.%d' % sys.version_info[:2])",
  "print('.'.join(map(str, sys.version_info[:3]))); print(pip.__version__)",
].join("\n");

/** Finds `python3` with pip. Throws a sentence that says what is needed. */
export async function findPython(): Promise<Python> {
  const wanted = "Countermark's demo needs Python 3.9 or newer as `python3`, with pip";
  const run = await runTool("python3", ["-c", ASK_PYTHON], { env: userEnvironment() }).catch(() => null);
  const [executable, line, version, pipVersion] = run?.status === 0 ? run.stdout.trim().split("\n") : [];
  if (executable === undefined || line === undefined || version === undefined || pipVersion === undefined) {
    throw new Error(
      `${wanted}: ${run === null ? "there is no python3" : run.stderr.trim().split("\n").at(-1)}`,
    );
  }
  const [, minor = 0] = line.split(".").map(Number);
  if (!line.startsWith("3.") || minor < 9) throw new Error(`${wanted}: found ${version}`);
  return { executable, line, version, pipVersion };
}

/** The user's own environment: their index, certificates, proxies. For downloads only. */
export function userEnvironment(): Record<string, string> {
  const env: Record<string, string> = { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore" };
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  return env;
}

/**
 * What a tool that the demo drives may see: a path, a home of its own, no configuration, no credentials, no proxy.
 *
 * @param home an existing folder; caches and configuration files are looked for there
 */
export function scrubbedEnvironment(
  home: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_CONFIG_DIRS: join(home, "config"),
    TMPDIR: process.env["TMPDIR"] ?? "/tmp",
    LANG: "C.UTF-8",
    PIP_CONFIG_FILE: "/dev/null",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_ROOT_USER_ACTION: "ignore",
    PYTHONDONTWRITEBYTECODE: "1",
    NO_COLOR: "1",
    ...extra,
  };
}

/**
 * twine and uv in `<cache>/tools`, installed with the user's pip, index and certificates unless they are there. `--target` is no
 * global install, so a system pip that refuses those allows it (PEP 668). Null when they cannot be had (no network).
 */
export async function fetchTools(
  python: Python,
  cache: string,
  offline: boolean,
): Promise<PythonTools | null> {
  const { twine, uv } = TOOL_VERSIONS;
  const folder = join(cache, `tools-twine-${twine}-uv-${uv}-python-${python.line}`);
  const done = join(folder, ".complete");
  if (!existsSync(done)) {
    if (offline) return null;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const requirements = [`twine==${twine}`, `uv==${uv}`];
    const run = await runTool(
      python.executable,
      [...PIP, "install", "--quiet", "--target", folder, "--only-binary", ":all:", ...requirements],
      { env: userEnvironment() },
    );
    if (run.status !== 0) return null;
    writeFileSync(done, "");
  }
  return { uv: join(folder, "bin", "uv"), uvVersion: uv, packages: folder, twineVersion: twine };
}

/** A current pip in `<cache>`, to be put into fresh environments; without a network the machine's own pip. */
export async function fetchPip(
  python: Python,
  cache: string,
  offline: boolean,
): Promise<{ folder: string; version: string }> {
  const folder = join(cache, `pip-${TOOL_VERSIONS.pip}`);
  const done = join(folder, ".complete");
  if (!existsSync(done)) {
    if (offline) return { folder: await pipFolder(python), version: python.pipVersion };
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const run = await runTool(
      python.executable,
      [...PIP, "install", "--quiet", "--target", folder, "--no-deps", `pip==${TOOL_VERSIONS.pip}`],
      { env: userEnvironment() },
    );
    if (run.status !== 0) return { folder: await pipFolder(python), version: python.pipVersion };
    writeFileSync(done, "");
  }
  return { folder, version: TOOL_VERSIONS.pip };
}

async function pipFolder(python: Python): Promise<string> {
  const script = "import os, pip; print(os.path.dirname(os.path.dirname(pip.__file__)))";
  const run = await runToolOrThrow(python.executable, ["-c", script], { env: userEnvironment() });
  return run.stdout.trim();
}

/**
 * Makes a fresh environment in `dir` as PEP 405 describes it: a `pyvenv.cfg` beside a link to the interpreter. Neither venv nor
 * ensurepip is needed. pip is linked in from `pipFrom`.
 */
export function makeEnvironment(python: Python, dir: string, pipFrom: string): Environment {
  rmSync(dir, { recursive: true, force: true });
  const bin = join(dir, "bin");
  const sitePackages = join(dir, "lib", `python${python.line}`, "site-packages");
  mkdirSync(bin, { recursive: true });
  mkdirSync(sitePackages, { recursive: true });
  writeFileSync(
    join(dir, "pyvenv.cfg"),
    `home = ${dirname(python.executable)}\ninclude-system-site-packages = false\nversion = ${python.version}\n`,
  );
  for (const name of ["python", "python3"]) symlinkSync(python.executable, join(bin, name));
  for (const name of readdirSync(pipFrom)) {
    if (name === "pip" || /^pip-[0-9.]+\.dist-info$/.test(name))
      symlinkSync(join(pipFrom, name), join(sitePackages, name));
  }
  const pip = join(bin, "pip");
  writeFileSync(pip, `#!/bin/sh\nexec "${join(bin, "python")}" -m pip "$@"\n`, { mode: 0o755 });
  return { dir, python: join(bin, "python"), bin, sitePackages };
}
