// SPDX-License-Identifier: Apache-2.0
import { normalizeProjectName, ParseError } from "@countermark/formats";

/** What a page's address names; the project's name is normalised. */
export type PageRoute = { readonly project: string; readonly filename: string | null };

/** `/project/<name>/` or `/project/<name>/<filename>`; null for any other address. */
export function parseRoute(pathname: string): PageRoute | null {
  const [empty, word, name, filename = "", ...more] = pathname.split("/").map(decoded);
  if (empty !== "" || word !== "project" || !name || filename === null || more.length > 0) return null;
  try {
    return { project: normalizeProjectName(name), filename: filename === "" ? null : filename };
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

export function projectPath(project: string): string {
  return `/project/${encodeURIComponent(project)}/`;
}

export function filePath(project: string, filename: string): string {
  return `${projectPath(project)}${encodeURIComponent(filename)}`;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
