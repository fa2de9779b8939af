// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { type JsonInput, utf8 } from "@countermark/formats";

/** What never changes under its URL may be kept for a year. */
export const IMMUTABLE = "max-age=31536000, immutable, public";
/** Pages of the simple and JSON APIs. */
export const PAGE = "max-age=600, public";
/** What follows the newest released head. */
export const FRESH = "no-cache";

export interface Body {
  /** The exact media type: clients compare it as text. */
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly cacheControl: string;
  readonly vary?: string;
}

/** Serves bytes with a strong ETag; answers 304 to a client that has them. */
export function serveBytes(request: Request, body: Body): Response {
  const etag = `"${createHash("sha256").update(body.bytes).digest("hex")}"`;
  const headers = {
    "access-control-allow-origin": "*",
    "cache-control": body.cacheControl,
    "content-type": body.type,
    etag,
    "x-content-type-options": "nosniff",
    ...(body.vary === undefined ? {} : { vary: body.vary }),
  };
  if (isKnown(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers });
  // A view on bytes of our own: no shared buffer is ever served.
  return new Response(body.bytes as Uint8Array<ArrayBuffer>, { status: 200, headers });
}

/** Serves a JSON value as `application/json`, exactly. */
export function serveJson(request: Request, value: JsonInput, cacheControl: string): Response {
  return serveBytes(request, { type: "application/json", bytes: encodeJson(value), cacheControl });
}

/** A JSON answer to a request that changed something. */
export function answerJson(status: number, value: JsonInput): Response {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return new Response(encodeJson(value), { status, headers });
}

export function encodeJson(value: JsonInput): Uint8Array<ArrayBuffer> {
  return utf8(JSON.stringify(value));
}

/** Whether `If-None-Match` names this entity. @spec rfc9110#13.1.2 */
export function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(",").some((known) => {
    const trimmed = known.trim();
    return trimmed === "*" || trimmed.replace(/^W\//, "") === etag;
  });
}
