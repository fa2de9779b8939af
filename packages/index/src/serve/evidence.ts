// SPDX-License-Identifier: Apache-2.0
import { type Digest, parseNote } from "@countermark/formats";
import type { SealedHead } from "@countermark/log";
import { IndexRefusal } from "../failure.ts";
import type { Blobs } from "../store/blobs.ts";
import { equalSecrets } from "../store/secret.ts";
import { parseAuthorization } from "../trust/upload-tokens.ts";

/** Where the evidence of entries is found. */
export interface EvidencePorts {
  readonly blobs: Blobs;
  /** Null: nobody is an auditor. */
  readonly auditToken: string | null;
  /** One detail by its commitment, of an entry below `size`. */
  readDetail(commitment: Digest, size: number): Promise<Uint8Array | null>;
  /** Whether a released entry refers to the blob. */
  isReleased(digest: Digest): Promise<boolean>;
  /** Whether a file refers to the blob that is released, and in service still. */
  isShown(digest: Digest): Promise<boolean>;
  /** 0 before the first. */
  releasedSize(): number;
  sealedHead(): SealedHead;
}

const NOT_KEPT = { "cache-control": "no-store", "content-type": "application/octet-stream" };

/** What a reader may see: everything sealed, or what was released. */
type Reader = "auditor" | "anybody";

/** Whether a reader may see a blob of this kind. What was signed stays public; bytes that are out of service do not. */
const MAY_SEE: Readonly<Record<string, (digest: Digest, ports: EvidencePorts) => Promise<boolean>>> = {
  attestation: (digest, ports) => ports.isReleased(digest),
  blob: (digest, ports) => ports.isShown(digest),
};

/**
 * One piece of evidence by its digest. Auditors, who show their token, read that of sealed entries; anybody reads that of
 * released ones, and so can check that the index kept its own rules.
 *
 * @throws IndexRefusal `management-refused`, `not-found`
 */
export async function serveEvidence(
  request: Request,
  kind: string,
  digest: string,
  ports: EvidencePorts,
): Promise<Response> {
  const reader: Reader = request.headers.get("authorization") === null ? "anybody" : "auditor";
  if (reader === "auditor") authoriseAuditor(request, ports);
  const body = /^[0-9a-f]{64}$/.test(digest) ? await findEvidence(kind, digest, reader, ports) : null;
  if (body === null) throw new IndexRefusal("not-found", "There is no such evidence.");
  // Not kept by caches either way: what is withdrawn is out of service at once.
  return new Response(request.method === "HEAD" ? null : body, { status: 200, headers: NOT_KEPT });
}

async function findEvidence(
  kind: string,
  digest: Digest,
  reader: Reader,
  ports: EvidencePorts,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null> {
  if (kind === "detail") {
    const size = reader === "auditor" ? Number.MAX_SAFE_INTEGER : ports.releasedSize();
    const detail = await ports.readDetail(digest, size);
    return detail === null ? null : new Uint8Array(detail);
  }
  const maySee = Object.hasOwn(MAY_SEE, kind) ? MAY_SEE[kind] : undefined;
  if (maySee === undefined || (reader === "anybody" && !(await maySee(digest, ports)))) return null;
  const size = await ports.blobs.size(digest);
  return size === null ? null : ports.blobs.stream(digest, 0, size);
}

/** The newest sealed checkpoint, signed by the log alone. @throws IndexRefusal `management-refused`, `token-missing` */
export function serveSealed(request: Request, ports: EvidencePorts): Response {
  authoriseAuditor(request, ports);
  const { note } = ports.sealedHead();
  parseNote(note);
  return new Response(note as Uint8Array<ArrayBuffer>, { status: 200, headers: NOT_KEPT }); // never a shared buffer
}

function authoriseAuditor(request: Request, ports: EvidencePorts): void {
  const token = parseAuthorization(request.headers.get("authorization"));
  if (ports.auditToken === null || !equalSecrets(token, ports.auditToken)) {
    throw new IndexRefusal("management-refused", "That token may not read evidence.");
  }
}
