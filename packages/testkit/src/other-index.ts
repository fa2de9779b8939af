// SPDX-License-Identifier: Apache-2.0
import type { BuiltFile } from "./build-wheel.ts";
import { type Loopback, serveFiles, startLoopback } from "./loopback.ts";

export interface OtherIndex extends Loopback {
  /** Of its simple API, with a slash at its end. */
  readonly simpleUrl: string;
  /** Where it serves a file. */
  fileUrl(file: BuiltFile): string;
}

/** An index on this machine that knows no ledger: the one that a configuration of somebody else's choosing names. */
export async function startOtherIndex(files: readonly BuiltFile[]): Promise<OtherIndex> {
  const pages = new Map<string, Uint8Array | string>();
  for (const { filename, bytes } of files) {
    const page = `/simple/${(filename.split("-")[0] ?? "").replaceAll("_", "-")}/`;
    pages.set(page, `${pages.get(page) ?? ""}<a href="/files/${filename}">${filename}</a>\n`);
    pages.set(`/files/${filename}`, bytes);
  }
  const server = await startLoopback(serveFiles(pages));
  return {
    ...server,
    simpleUrl: `${server.url}/simple/`,
    fileUrl: (file) => `${server.url}/files/${file.filename}`,
  };
}
