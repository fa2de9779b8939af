// SPDX-License-Identifier: Apache-2.0
import { mapKey, SIMPLE_JSON_TYPE } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import type { ProcessWorld } from "../process-world.ts";
import type { SampleProject } from "../sample-packages.ts";
import type { Answer, Tampering } from "../tampering-proxy.ts";
import type { Pages } from "./scene.ts";

const ECOSYSTEM = "pypi";

/** The path of the newest proof about `project`. */
export function proofPath(project: string): string {
  return `/map/latest/${mapKey(nodeCrypto.sha256, ECOSYSTEM, project)}`;
}

/** What the index itself says now. Only pages that installers and clients choose by: the rest follows from them by digest. */
export async function recordPages(world: ProcessWorld, projects: readonly SampleProject[]): Promise<Pages> {
  const pages = new Map<string, Uint8Array>();
  const paths = projects.flatMap(({ name }) => [`/simple/${name}/`, proofPath(name)]);
  for (const path of [...paths, "/checkpoint"]) pages.set(path, await readTrue(world, path));
  return pages;
}

/** The index's own answer, past the middleman. */
export async function readTrue(world: ProcessWorld, path: string): Promise<Uint8Array> {
  const headers = { accept: path.startsWith("/simple/") ? SIMPLE_JSON_TYPE : "*/*" };
  const response = await fetch(`${trueUrl(world)}${path}`, { headers });
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

export function trueUrl(world: ProcessWorld): string {
  return `https://localhost:${world.indexPort}`;
}

/** Shows `pages` instead of what is newest; pages of links as JSON, which the installers here read. */
export function showing(pages: Pages): Tampering {
  return (path, answer): Answer => {
    const page = pages.get(path);
    if (page === undefined || answer.status !== 200) return answer;
    const type = path.startsWith("/simple/")
      ? SIMPLE_JSON_TYPE
      : (answer.headers["content-type"] ?? "text/plain");
    return { status: 200, headers: { "content-type": type }, body: page };
  };
}

/** The text of an answer, changed. Tags and caching rules of the true one do not fit it any more. */
export function withText(answer: Answer, change: (text: string) => string): Answer {
  const body = new TextEncoder().encode(change(new TextDecoder().decode(answer.body)));
  return { status: answer.status, headers: contentType(answer), body };
}

export function withBody(answer: Answer, body: Uint8Array): Answer {
  return { status: 200, headers: contentType(answer), body };
}

function contentType(answer: Answer): Record<string, string> {
  const type = answer.headers["content-type"];
  return type === undefined ? {} : { "content-type": type };
}
