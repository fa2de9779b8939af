// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSdist } from "./build-sdist.ts";
import { buildWheel, toyProject } from "./build-wheel.ts";
import { PIP, type Python, userEnvironment } from "./python.ts";
import { runTool } from "./run-tool.ts";

/** How a project's files come to the index in the story. */
export type Way = "pending-publisher" | "publisher" | "twine" | "uv" | "api-token";

/** A project of the story, with the files that are published. */
export interface SampleProject {
  readonly name: string;
  readonly version: string;
  readonly way: Way;
  /** What their metadata states. */
  readonly requiresPython: string;
  /** Absolute paths, wheel first. */
  readonly files: readonly string[];
}

export interface SamplePackages {
  /** Whether they are real ones, from the user's registry. */
  readonly real: boolean;
  /** The first one is what is installed; it needs all the others. */
  readonly projects: readonly SampleProject[];
}

interface Wanted {
  readonly name: string;
  readonly version: string;
  readonly way: Way;
  readonly requiresPython: string;
  readonly sdist: boolean;
}

const REAL: readonly Wanted[] = [
  { name: "requests", version: "2.32.5", way: "pending-publisher", requiresPython: ">=3.9", sdist: true },
  { name: "idna", version: "3.10", way: "publisher", requiresPython: ">=3.6", sdist: true },
  { name: "urllib3", version: "2.5.0", way: "twine", requiresPython: ">=3.9", sdist: true },
  { name: "charset-normalizer", version: "3.4.3", way: "uv", requiresPython: ">=3.7", sdist: false },
  { name: "certifi", version: "2025.8.3", way: "api-token", requiresPython: ">=3.7", sdist: false },
];

const BUILT: readonly Wanted[] = [
  { name: "coinage", version: "1.0.0", way: "pending-publisher", requiresPython: ">=3.8", sdist: true },
  { name: "mint-master", version: "1.4.0", way: "publisher", requiresPython: ">=3.8", sdist: true },
  { name: "touchstone", version: "0.9.1", way: "twine", requiresPython: ">=3.8", sdist: true },
  { name: "assay-office", version: "3.1.4", way: "uv", requiresPython: ">=3.8", sdist: false },
  { name: "trial-plate", version: "2026.11", way: "api-token", requiresPython: ">=3.8", sdist: false },
];

/**
 * Real wheels and sdists from the user's registry, kept in `<cache>`; where that cannot be reached, projects of the same shape,
 * built on the spot.
 */
export async function fetchPackages(
  python: Python,
  cache: string,
  offline: boolean,
): Promise<SamplePackages> {
  const folder = join(cache, `packages-${digestOf(REAL)}`);
  const done = join(folder, ".complete");
  if (!existsSync(done) && (offline || !(await download(python, folder)))) return buildPackages(cache);
  writeFileSync(done, "");
  return { real: true, projects: REAL.map((wanted) => found(folder, wanted)) };
}

async function download(python: Python, folder: string): Promise<boolean> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = { env: userEnvironment() };
  const anyPlatform = ["--platform", "any", "--implementation", "py", "--abi", "none"];
  const only = [...anyPlatform, "--python-version", python.line, "--only-binary", ":all:"];
  const wheels = await runTool(
    python.executable,
    [...PIP, "download", "--quiet", "--no-deps", "--dest", folder, ...only, ...REAL.map(pinned)],
    options,
  );
  if (wheels.status !== 0) return false;
  const script = fileURLToPath(new URL("./fetch-sdists.py", import.meta.url));
  const sdists = REAL.filter((wanted) => wanted.sdist).map(pinned);
  const run = await runTool(python.executable, [script, folder, ...sdists], options);
  if (run.status === 0) return true;
  // A pip whose inside looks different: its own way, which runs the projects' build backends.
  const fallback = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--no-deps",
    "--no-binary",
    ":all:",
    "--dest",
    folder,
  ];
  return (await runTool(python.executable, [...fallback, ...sdists], options)).status === 0;
}

function pinned(wanted: Wanted): string {
  return `${wanted.name}==${wanted.version}`;
}

function buildPackages(cache: string): SamplePackages {
  const folder = join(cache, "packages-built");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  BUILT.forEach((wanted, position) => {
    const requires = position === 0 ? BUILT.slice(1).map((other) => `${other.name}>=${other.version}`) : [];
    const project = toyProject(wanted.name, wanted.version, requires);
    const files = wanted.sdist ? [buildWheel(project), buildSdist(project)] : [buildWheel(project)];
    for (const file of files) writeFileSync(join(folder, file.filename), file.bytes);
  });
  return { real: false, projects: BUILT.map((wanted) => found(folder, wanted)) };
}

/** The files of `wanted` in `folder`. Filenames spell names in more than one way, so names are compared in PEP 503 form. */
function found(folder: string, wanted: Wanted): SampleProject {
  const files = readdirSync(folder).filter((name) => {
    const [project, rest] = name.split("-", 2);
    const plain = (text: string): string => text.replace(/[-_.]+/g, "-").toLowerCase();
    return plain(project ?? "") === plain(wanted.name) && (rest ?? "").startsWith(wanted.version);
  });
  const wheels = files.filter((name) => name.endsWith(".whl"));
  const sdists = files.filter((name) => name.endsWith(".tar.gz"));
  if (wheels.length !== 1 || sdists.length !== (wanted.sdist ? 1 : 0)) {
    throw new Error(`Cannot use ${folder}: found ${files.join(", ")} for ${pinned(wanted)}`);
  }
  const { name, version, way, requiresPython } = wanted;
  return {
    name,
    version,
    way,
    requiresPython,
    files: [...wheels, ...sdists].map((file) => join(folder, file)),
  };
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);
}

/** Lower-case hex SHA-256 of the file at `path`. */
export function fileDigest(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
