// SPDX-License-Identifier: Apache-2.0
import {
  type BuiltFile,
  coreMetadata,
  distributionName,
  member,
  sourceMembers,
  type ToyProject,
} from "./build-wheel.ts";
import { buildTarGz } from "./tar.ts";
import type { ArchiveMember } from "./zip.ts";

/** Builds `<name>-<version>.tar.gz` with PKG-INFO and a pyproject.toml. @spec peps.python.org/pep-0625 */
export function buildSdist(project: ToyProject): BuiltFile {
  return { filename: sdistFilename(project), bytes: buildTarGz(sdistMembers(project)) };
}

/** The members that `buildSdist` writes, for a test that wants one of them wrong. */
export function sdistMembers(project: ToyProject): ArchiveMember[] {
  const folder = `${distributionName(project.name)}-${project.version}/`;
  return [
    member(`${folder}PKG-INFO`, coreMetadata(project)),
    member(`${folder}pyproject.toml`, pyproject(project)),
    ...sourceMembers(project, folder),
  ];
}

export function sdistFilename(project: ToyProject): string {
  return `${distributionName(project.name)}-${project.version}.tar.gz`;
}

function pyproject(project: ToyProject): string {
  const modules = Object.keys(project.modules)
    .map((path) => path.replace(/\.py$/, ""))
    .map((module) => JSON.stringify(module));
  return [
    "[build-system]",
    'requires = ["setuptools"]',
    'build-backend = "setuptools.build_meta"',
    "",
    "[project]",
    `name = ${JSON.stringify(project.name)}`,
    `version = ${JSON.stringify(project.version)}`,
    `dependencies = [${project.requires.map((requirement) => JSON.stringify(requirement)).join(", ")}]`,
    "",
    "[tool.setuptools]",
    `py-modules = [${modules.join(", ")}]`,
    "",
  ].join("\n");
}
