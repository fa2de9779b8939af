// SPDX-License-Identifier: Apache-2.0
import { type FileRecord, ParseError, parseDistributionFilename } from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import { respondRefusal } from "../refusals.ts";
import type { Blobs } from "../store/blobs.ts";
import { decideRange } from "./range.ts";
import { IMMUTABLE, isKnown } from "./respond.ts";

export interface FilePorts {
  readonly blobs: Blobs;
  /** The record of a file that may be served now; null otherwise. */
  findFile(normalizedName: string, filename: string): FileRecord | null;
}

const METADATA_SUFFIX = ".metadata";

/**
 * Serves a file, or its `.metadata`, under the URL that carries its digest.
 *
 * A range that the file does not have is answered here, with `range-unsatisfiable`.
 *
 * @throws IndexRefusal `not-found`
 * @spec rfc9110#14, PEP 658
 */
export async function serveFile(
  request: Request,
  path: { readonly sha256: string; readonly filename: string },
  ports: FilePorts,
): Promise<Response> {
  const isMetadata = path.filename.endsWith(METADATA_SUFFIX);
  const filename = isMetadata ? path.filename.slice(0, -METADATA_SUFFIX.length) : path.filename;
  const record = findRecord(filename, path.sha256, ports);
  const blob = isMetadata ? record?.metadata : record?.sha256;
  const size = blob == null ? null : await ports.blobs.size(blob);
  if (blob == null || size === null) throw new IndexRefusal("not-found", "There is no such file.");
  const etag = `"${blob}"`;
  const headers = {
    "accept-ranges": "bytes",
    "access-control-allow-origin": "*",
    "cache-control": IMMUTABLE,
    // Neither a browser nor a proxy may make anything of a stranger's bytes.
    "content-security-policy": "sandbox",
    "content-type": isMetadata ? "text/plain; charset=utf-8" : "application/octet-stream",
    etag,
    "x-content-type-options": "nosniff",
  };
  if (isKnown(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers });
  const range = decideRange(
    { range: request.headers.get("range"), ifRange: request.headers.get("if-range") },
    { etag, size },
  );
  if (range.kind === "beyond") return refuseRange(request, size);
  const { from, to } = range.kind === "part" ? range : { from: 0, to: size };
  const body = request.method === "HEAD" ? null : ports.blobs.stream(blob, from, to);
  const partial = range.kind === "part" ? { "content-range": `bytes ${from}-${to - 1}/${size}` } : {};
  return new Response(body, {
    status: range.kind === "part" ? 206 : 200,
    headers: { ...headers, ...partial, "content-length": String(to - from) },
  });
}

/** Says how long the file is, so that the client can ask again for what there is. @spec rfc9110#15.5.17 */
function refuseRange(request: Request, size: number): Response {
  const range = request.headers.get("range") ?? "";
  const refusal = new IndexRefusal("range-unsatisfiable", `Cannot serve ${range} of ${size} bytes.`);
  const response = respondRefusal("json", refusal, null);
  response.headers.set("content-range", `bytes */${size}`);
  return response;
}

function findRecord(filename: string, sha256: string, ports: FilePorts): FileRecord | null {
  try {
    const { name } = parseDistributionFilename(filename);
    const record = ports.findFile(name, filename);
    return record?.sha256 === sha256 ? record : null;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
