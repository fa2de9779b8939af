// SPDX-License-Identifier: Apache-2.0
import { compareVersions, normalizeProjectName, ParseError, parseVersion } from "@countermark/formats";

const SDIST_SUFFIX = /\.(?:tar\.gz|tar\.bz2|tar\.xz|tgz|zip)$/i;
const WHEEL_SUFFIX = /\.whl$/i;

/** The version that a file of `project` has by its name; null when the name is of another project, or of no distribution. */
export function versionInName(filename: string, project: string): string | null {
  if (WHEEL_SUFFIX.test(filename)) {
    const [name = "", version = ""] = filename.split("-");
    return isName(name, project) && isVersion(version) ? version : null;
  }
  if (!SDIST_SUFFIX.test(filename)) return null;
  const stem = filename.replace(SDIST_SUFFIX, "");
  // Before PEP 625 a name may have had hyphens in it, so each of them may be the one before the version.
  for (let i = stem.indexOf("-"); i >= 0; i = stem.indexOf("-", i + 1)) {
    const version = stem.slice(i + 1);
    if (isName(stem.slice(0, i), project) && isVersion(version)) return version;
  }
  return null;
}

/** Whether a file is of this version by its name, however both spell it. */
export function isOfVersion(filename: string, project: string, version: string): boolean {
  const named = versionInName(filename, project);
  if (named === null || !isVersion(version)) return false;
  return compareVersions(parseVersion(named), parseVersion(version)) === 0;
}

function isName(text: string, project: string): boolean {
  return accepts(() => normalizeProjectName(text)) === project;
}

function isVersion(text: string): boolean {
  return accepts(() => parseVersion(text)) !== null;
}

function accepts<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
