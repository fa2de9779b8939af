// SPDX-License-Identifier: Apache-2.0
import {
  encodeCheckpoint,
  encodeInclusionPromise,
  encodeNote,
  encodeRekorV1Body,
  leafHash,
  nodeHash,
  parsePublicKey,
  type RekorV1Body,
  type TlogEntry,
  type TrustedLog,
  utf8,
} from "@countermark/formats";
import { sha256, TOY_TIME } from "./toy-certificates.ts";
import { type ToyKey, toyP256 } from "./toy-keys.ts";

/** An entry of Rekor v1 about to be made; tests change one field. */
export type ToyV1Entry = {
  readonly body: RekorV1Body;
  readonly signer: ToyKey;
  readonly promiseSigner: ToyKey | null;
  readonly time: number;
  readonly origin: string;
  readonly name: string;
};

export const REKOR_V1_KEY = toyP256("rekor v1");
export const REKOR_V1_HOST = "v1.rekor.toy.test";

/** The log of Rekor v1 in a trusted root. */
export function rekorV1Log(change: Partial<TrustedLog> = {}): TrustedLog {
  return {
    baseUrl: `https://${REKOR_V1_HOST}`,
    publicKey: parsePublicKey(REKOR_V1_KEY.spki, "key"),
    keyDetails: "PKIX_ECDSA_P256_SHA_256",
    validFor: { start: TOY_TIME - 86_400, end: null },
    logId: sha256(REKOR_V1_KEY.spki),
    operator: "",
    ...change,
  };
}

export function soundV1Entry(body: RekorV1Body): ToyV1Entry {
  const [signer, promiseSigner] = [REKOR_V1_KEY, REKOR_V1_KEY];
  const origin = `${REKOR_V1_HOST} - 2605736670972794746`;
  return { body, signer, promiseSigner, time: TOY_TIME + 5, origin, name: REKOR_V1_HOST };
}

/** The second entry of a tree of two, and of all trees the 1,000th. */
export function makeV1Entry(plan: ToyV1Entry): TlogEntry {
  const canonicalizedBody = encodeRekorV1Body(plan.body);
  const sibling = leafHash(sha256, utf8("before"));
  const rootHash = nodeHash(sha256, sibling, leafHash(sha256, canonicalizedBody));
  const text = encodeCheckpoint({ origin: plan.origin, size: 2, root: rootHash, extensions: [] });
  const logId = sha256(REKOR_V1_KEY.spki);
  const line = { name: plan.name, keyId: logId.subarray(0, 4), signature: plan.signer.sign(utf8(text)) };
  const promised = { canonicalizedBody, integratedTime: plan.time, logId, logIndex: 1_000 };
  return {
    ...promised,
    kind: plan.body.kind,
    version: plan.body.version,
    inclusionPromise: plan.promiseSigner?.sign(encodeInclusionPromise(promised)) ?? null,
    inclusionProof: {
      logIndex: 1,
      rootHash,
      treeSize: 2,
      hashes: [sibling],
      checkpoint: encodeNote({ text, signatures: [line] }),
    },
  };
}
