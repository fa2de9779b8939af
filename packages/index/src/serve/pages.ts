// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { IndexRefusal } from "../failure.ts";
import { FRESH, serveBytes } from "./respond.ts";

/** The files of the web shell, all of them: nothing else in its folder is ever served. */
const ASSETS: Readonly<Record<string, string>> = {
  "project.html": "text/html; charset=utf-8",
  "file.html": "text/html; charset=utf-8",
  "app.js": "text/javascript; charset=utf-8",
  "software.js": "text/javascript; charset=utf-8",
  "style.css": "text/css; charset=utf-8",
};

/** Scripts and styles of our own origin only; nothing inline, nothing from elsewhere, no frame around us. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * One file of the web shell.
 *
 * @param webDir null: this index has no pages.
 * @throws IndexRefusal `not-found`
 */
export async function serveAsset(request: Request, name: string, webDir: string | null): Promise<Response> {
  const type = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (webDir === null || type === undefined) throw new IndexRefusal("not-found", "There is no such page.");
  const bytes = await readFile(join(webDir, name)).catch((cause) => {
    throw new IndexRefusal("not-found", "There is no such page.", { cause });
  });
  const response = serveBytes(request, { type, bytes, cacheControl: FRESH });
  response.headers.set("content-security-policy", POLICY);
  response.headers.set("referrer-policy", "no-referrer");
  return response;
}
