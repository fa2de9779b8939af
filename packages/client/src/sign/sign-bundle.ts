// SPDX-License-Identifier: Apache-2.0
import {
  type BundleContent,
  dssePae,
  IN_TOTO_PAYLOAD_TYPE,
  parseCertificate,
  type SigstoreBundle,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import type { Fetch } from "../world.ts";
import { type RecordedSignature, recordSignature, type Signer } from "./record-signature.ts";

/** Signs an artifact itself. Nothing in the bundle is believed yet. @throws as {@link recordSignature} */
export async function signMessageBundle(
  artifact: Uint8Array,
  signer: Signer,
  fetch: Fetch,
): Promise<SigstoreBundle> {
  const recorded = await recordSignature(artifact, signer, fetch);
  const digest = { algorithm: "SHA2_256", value: nodeCrypto.sha256(artifact) } as const;
  return makeBundle(recorded, signer, {
    kind: "message-signature",
    digest,
    signature: recorded.signature,
  });
}

/** Signs an in-toto statement, whose bytes stay as they are. @throws as {@link recordSignature} */
export async function signStatementBundle(
  statement: Uint8Array,
  signer: Signer,
  fetch: Fetch,
): Promise<SigstoreBundle> {
  const recorded = await recordSignature(dssePae(IN_TOTO_PAYLOAD_TYPE, statement), signer, fetch);
  return makeBundle(recorded, signer, {
    kind: "dsse",
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    payload: statement,
    signature: recorded.signature,
  });
}

function makeBundle(
  { timestamp, entry }: RecordedSignature,
  { certificate }: Signer,
  content: BundleContent,
): SigstoreBundle {
  return {
    version: "0.3",
    signer: { kind: "certificate", certificate: parseCertificate(certificate, "certificate") },
    tlogEntries: [entry],
    timestamps: [timestamp],
    content,
  };
}
