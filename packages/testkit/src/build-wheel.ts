// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type ArchiveMember, buildZip, type ZipMethod } from "./zip.ts";

/** A pure-Python project, as small as an installer accepts. */
export interface ToyProject {
  /** As its author spells it; file names use its PEP 625 / PEP 427 form. */
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly requiresPython: string | null;
  /** PEP 508 requirements. */
  readonly requires: readonly string[];
  /** Path inside the archive -> text. */
  readonly modules: Readonly<Record<string, string>>;
  /** Put in place of the METADATA that the other members make: what another file of this version says. */
  readonly metadata?: Uint8Array;
}

/** A file that can be uploaded to an index. */
export interface BuiltFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/** A project with one module `<name>.py` that says its version, and nothing else. */
export function toyProject(name: string, version: string, requires: readonly string[] = []): ToyProject {
  const module = distributionName(name);
  return {
    name,
    version,
    summary: `The toy project ${name}`,
    requiresPython: ">=3.8",
    requires,
    modules: { [`${module}.py`]: `"""The toy project ${name}."""\n__version__ = "${version}"\n` },
  };
}

/** Builds `<name>-<version>-py3-none-any.whl`: deterministic, with METADATA, WHEEL and a RECORD that agrees. */
export function buildWheel(project: ToyProject, method: ZipMethod = "deflated"): BuiltFile {
  return { filename: wheelFilename(project), bytes: buildZip(wheelMembers(project), method) };
}

/** The members that `buildWheel` writes, for a test that wants one of them wrong. */
export function wheelMembers(project: ToyProject): ArchiveMember[] {
  const info = `${distributionName(project.name)}-${project.version}.dist-info`;
  const members: ArchiveMember[] = [
    ...sourceMembers(project, ""),
    { name: `${info}/METADATA`, bytes: project.metadata ?? new TextEncoder().encode(coreMetadata(project)) },
    member(
      `${info}/WHEEL`,
      "Wheel-Version: 1.0\nGenerator: countermark-testkit\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ),
  ];
  const record = members
    .map((m) => `${m.name},sha256=${digestForRecord(m.bytes)},${m.bytes.length}\n`)
    .join("");
  return [...members, member(`${info}/RECORD`, `${record}${info}/RECORD,,\n`)];
}

export function wheelFilename(project: ToyProject): string {
  return `${distributionName(project.name)}-${project.version}-py3-none-any.whl`;
}

/** Core metadata 2.4 of the project. */
export function coreMetadata(project: ToyProject): string {
  return [
    "Metadata-Version: 2.4",
    `Name: ${project.name}`,
    `Version: ${project.version}`,
    `Summary: ${project.summary}`,
    ...(project.requiresPython === null ? [] : [`Requires-Python: ${project.requiresPython}`]),
    ...project.requires.map((requirement) => `Requires-Dist: ${requirement}`),
    "",
    "",
  ].join("\n");
}

/** The project's name as file names carry it. @spec peps.python.org/pep-0625 */
export function distributionName(name: string): string {
  return name.replace(/[-_.]+/g, "_").toLowerCase();
}

/** The modules of `project` under `folder` (which ends with a slash, or is empty). */
export function sourceMembers(project: ToyProject, folder: string): ArchiveMember[] {
  return Object.entries(project.modules).map(([path, text]) => member(`${folder}${path}`, text));
}

export function member(name: string, text: string): ArchiveMember {
  return { name, bytes: new TextEncoder().encode(text) };
}

function digestForRecord(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}
