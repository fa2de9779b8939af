// SPDX-License-Identifier: Apache-2.0
import {
  compareVersions,
  normalizeProjectName,
  ParseError,
  parseVersion,
  type SimpleFile,
} from "@countermark/formats";
import { ClientError } from "../failure.ts";
import type { LockFile } from "../lockfile/lock-file.ts";
import type { IndexPolicy } from "./choose-index.ts";
import { isOfVersion, versionInName } from "./file-name.ts";
import type { IndexPage, IndexPages } from "./index-pages.ts";

/**
 * What a lock of one project alone would say: every file of the version that is asked for, or of the newest one that is not
 * yanked and no pre-release. Its digests are the index's own word.
 *
 * @param argument `project` or `project==version`
 * @throws ClientError `usage`, `not-hosted`; those of {@link IndexPages}
 */
export async function lockOfProject(
  argument: string,
  { pages, policy }: { readonly pages: IndexPages; readonly policy: IndexPolicy },
): Promise<LockFile> {
  const { name, wanted } = readArgument(argument);
  const [index = ""] = policy.allowed;
  const page = await pages.fetchPage(policy.mirrors.get(index) ?? index, name);
  if (page === null) {
    throw new ClientError("not-hosted", `Cannot find ${name}: the index ${index} has no such project`);
  }
  const version = wanted ?? newestVersion(name, page);
  const files = page.files
    .filter(({ filename }) => isOfVersion(filename, name, version))
    .map(({ filename, sha256 }) => ({ filename, sha256 }));
  if (files.length === 0) {
    throw new ClientError(
      "not-hosted",
      `Cannot find ${name} ${version}: the index ${index} lists no file of it`,
    );
  }
  const source = { kind: "index", indexes: [index] } as const;
  const packages = [{ name, version, source, files, identities: null }];
  return { format: "requirements.txt", packages, remarks: [] };
}

function readArgument(argument: string): { readonly name: string; readonly wanted: string | null } {
  const [name = "", version, ...rest] = argument.split("==");
  try {
    if (version !== undefined) parseVersion(version);
    if (rest.length === 0) return { name: normalizeProjectName(name), wanted: version ?? null };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  throw new ClientError(
    "usage",
    `Cannot check ${JSON.stringify(argument)}: it is no file here, and neither PROJECT nor PROJECT==VERSION`,
  );
}

function newestVersion(name: string, page: IndexPage): string {
  const versions = (files: readonly SimpleFile[]) =>
    files
      .flatMap(({ filename }) => versionInName(filename, name) ?? [])
      .map((text) => ({ text, version: parseVersion(text) }));
  const candidates = versions(page.files.filter(({ yanked }) => yanked === null));
  const final = candidates.filter(({ version }) => version.pre === null && version.dev === null);
  const sorted = (final.length > 0 ? final : candidates).toSorted((a, b) =>
    compareVersions(a.version, b.version),
  );
  const newest = sorted.at(-1);
  if (newest !== undefined) return newest.text;
  throw new ClientError(
    "not-hosted",
    `Cannot find a version of ${name}: the index lists no file that is not yanked`,
  );
}
