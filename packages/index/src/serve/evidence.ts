// SPDX-License-Identifier: Apache-2.0
import { type Digest, parseNote } from "@countermark/formats";
import type { SealedHead } from "@countermark/log";
import { IndexRefusal } from "../failure.ts";
import type { Blobs } from "../store/blobs.ts";
import { equalSecrets } from "../store/secret.ts";
import { parseAuthorization } from "../trust/upload-tokens.ts";

/** What an auditor asks for: the evidence of entries that are sealed and not yet released. */
export interface EvidencePorts {
  readonly blobs: Blobs;
  /** Null: nobody may ask. */
  readonly auditToken: string | null;
  readDetail(commitment: Digest): Promise<Uint8Array | null>;
  sealedHead(): SealedHead;
}

const HEADERS = { "cache-control": "no-store", "content-type": "application/octet-stream" };

/** Kinds of evidence -> where each is found. All but the newest sealed note are named by their digest. */
const FINDERS: Readonly<
  Record<string, (digest: Digest, ports: EvidencePorts) => Promise<Uint8Array | null>>
> = {
  detail: (digest, ports) => ports.readDetail(digest),
  attestation: (digest, ports) => ports.blobs.read(digest),
  blob: (digest, ports) => ports.blobs.read(digest),
};

/** One piece of evidence by its digest. @throws IndexRefusal `management-refused`, `token-missing`, `not-found` */
export async function serveEvidence(
  request: Request,
  kind: string,
  digest: string,
  ports: EvidencePorts,
): Promise<Response> {
  authoriseAuditor(request, ports);
  const find = Object.hasOwn(FINDERS, kind) ? FINDERS[kind] : undefined;
  const bytes = find === undefined || !/^[0-9a-f]{64}$/.test(digest) ? null : await find(digest, ports);
  if (bytes === null) throw new IndexRefusal("not-found", "There is no such evidence.");
  return new Response(bytes as Uint8Array<ArrayBuffer>, { status: 200, headers: HEADERS }); // never a shared buffer
}

/** The newest sealed checkpoint, signed by the log alone. @throws IndexRefusal as serveEvidence */
export function serveSealed(request: Request, ports: EvidencePorts): Response {
  authoriseAuditor(request, ports);
  const { note } = ports.sealedHead();
  parseNote(note);
  return new Response(note as Uint8Array<ArrayBuffer>, { status: 200, headers: HEADERS }); // never a shared buffer
}

function authoriseAuditor(request: Request, ports: EvidencePorts): void {
  const token = parseAuthorization(request.headers.get("authorization"));
  if (ports.auditToken === null || !equalSecrets(token, ports.auditToken)) {
    throw new IndexRefusal("management-refused", "That token may not read evidence.");
  }
}
