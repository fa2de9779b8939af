// SPDX-License-Identifier: Apache-2.0
import type { JsonInput } from "@countermark/formats";
import { compareVersions, parseVersion } from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import { PAGE, serveJson } from "./respond.ts";
import type { ShownFile, ShownProject } from "./shown-project.ts";
import { fileUrl, isoTime } from "./urls.ts";

/**
 * The older JSON form of a project, or of one release of it.
 *
 * @throws IndexRefusal `not-found`
 * @spec warehouse/json
 */
export function serveJsonApi(
  request: Request,
  project: ShownProject | null,
  version: string | null,
  publicUrl: string,
): Response {
  if (project === null || project.status === "quarantined") {
    throw new IndexRefusal("not-found", "There is no such project.");
  }
  const releases = Map.groupBy(project.files, (file) => file.version);
  const newest = [...releases.keys()].sort(byVersion).at(-1) ?? null;
  const shown = version ?? newest;
  const urls = shown === null ? [] : (releases.get(shown) ?? []);
  if (version !== null && urls.length === 0) throw new IndexRefusal("not-found", "There is no such release.");
  const body = {
    info: infoOf(project, shown, urls, publicUrl),
    last_serial: project.serial,
    urls: urls.map((file) => fileOf(file, publicUrl)),
    vulnerabilities: [],
    ownership: { roles: [], organization: null },
    ...(version === null ? { releases: releasesOf(releases, publicUrl) } : {}),
  };
  const response = serveJson(request, body, PAGE);
  response.headers.set("x-pypi-last-serial", String(project.serial));
  return response;
}

function infoOf(
  project: ShownProject,
  version: string | null,
  files: readonly ShownFile[],
  publicUrl: string,
): JsonInput {
  return {
    name: project.name,
    version,
    requires_python: files[0]?.requiresPython ?? null,
    package_url: `${publicUrl}/project/${project.name}/`,
    project_url: `${publicUrl}/project/${project.name}/`,
    yanked: files.length > 0 && files.every(({ yanked }) => yanked !== null),
    yanked_reason: files.find(({ yanked }) => yanked !== null)?.yanked ?? null,
  };
}

function releasesOf(releases: ReadonlyMap<string, readonly ShownFile[]>, publicUrl: string): JsonInput {
  // A version from outside never becomes a property of a shared prototype.
  const body: Record<string, JsonInput> = Object.create(null);
  for (const [version, files] of releases) body[version] = files.map((file) => fileOf(file, publicUrl));
  return body;
}

function fileOf(file: ShownFile, publicUrl: string): JsonInput {
  return {
    filename: file.filename,
    packagetype: file.kind === "wheel" ? "bdist_wheel" : "sdist",
    python_version: file.kind === "wheel" ? (file.filename.split("-").at(-3) ?? "") : "source",
    has_sig: false,
    comment_text: "",
    digests: { sha256: file.sha256 },
    "core-metadata": file.metadata === null ? false : { sha256: file.metadata },
    size: file.size,
    downloads: -1,
    upload_time: isoTime(file.uploadedAt).slice(0, 19),
    upload_time_iso_8601: isoTime(file.uploadedAt),
    url: fileUrl(publicUrl, file.sha256, file.filename),
    requires_python: file.requiresPython,
    yanked: file.yanked !== null,
    yanked_reason: file.yanked === "" ? null : file.yanked,
  };
}

function byVersion(a: string, b: string): number {
  return compareVersions(parseVersion(a), parseVersion(b));
}
