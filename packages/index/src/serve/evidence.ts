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
  /** Whether a file refers to the blob that is released, and in service still. */
  isShown(digest: Digest): Promise<boolean>;
  /** 0 before the first. */
  releasedSize(): number;
  sealedHead(): SealedHead;
}

const NOT_KEPT = { "cache-control": "no-store", "content-type": "application/octet-stream" };

/** What a reader may see: everything sealed, or what was released and is in service. */
type Reader = "auditor" | "anybody";
type Find = (digest: Digest, reader: Reader, ports: EvidencePorts) => Promise<Uint8Array | null>;

const findBlob: Find = async (digest, reader, ports) =>
  reader === "auditor" || (await ports.isShown(digest)) ? await ports.blobs.read(digest) : null;

/** Kinds of evidence -> where each is found, by its digest. */
const FINDERS: Readonly<Record<string, Find>> = {
  detail: (digest, reader, ports) =>
    ports.readDetail(digest, reader === "auditor" ? Number.MAX_SAFE_INTEGER : ports.releasedSize()),
  attestation: findBlob,
  blob: findBlob,
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
  const find = Object.hasOwn(FINDERS, kind) ? FINDERS[kind] : undefined;
  const isDigest = /^[0-9a-f]{64}$/.test(digest);
  const bytes = find === undefined || !isDigest ? null : await find(digest, reader, ports);
  if (bytes === null) throw new IndexRefusal("not-found", "There is no such evidence.");
  // Not kept by caches either way: what is withdrawn is out of service at once.
  return new Response(bytes as Uint8Array<ArrayBuffer>, { status: 200, headers: NOT_KEPT }); // never a shared buffer
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
