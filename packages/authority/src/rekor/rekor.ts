// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  type DigestName,
  encodeCanonicalJson,
  encodeHashedRekordBody,
  encodeHex,
  HASHEDREKORD_KIND,
  HASHEDREKORD_VERSION,
  type HashedRekord,
  loggedKeyOf,
  type PublicKey,
  parseCertificate,
  parseHashedRekordRequest,
  parseJsonObject,
  parsePublicKey,
  quote,
  tlogEntryJson,
} from "@countermark/formats";
import { LogError, nodeCrypto, type Storage } from "@countermark/log";
import type { EntryLog } from "../entry-log.ts";
import { AuthorityError } from "../failure.ts";
import { ENTRY_REQUEST_BYTES_MAX } from "../limits.ts";

export type RekorPorts = {
  readonly entries: EntryLog;
  /** Keeps what was answered, so that the same request is answered the same for ever. */
  readonly storage: Storage;
  /** 32 bytes. */
  readonly logId: Uint8Array;
};

const REQUEST_NAME = "hashedRekordRequestV002";

/**
 * Reads a proposed entry and checks that its signature is by its key over its digest.
 *
 * @throws ParseError; AuthorityError `request-kind`, `key-mismatch`, `digest-length`, `signature-invalid`
 * @spec github.com/sigstore/rekor-tiles/blob/main/api/proto/rekor/v2
 *
 * Not checked here: whose certificate it is. Verifiers do that, with their own trusted root.
 */
export async function verifyProposedEntry(bytes: Uint8Array): Promise<HashedRekord> {
  requireKind(bytes);
  const { digest, signature, verifier } = parseHashedRekordRequest(bytes);
  const key = readKey(verifier.kind, verifier.der);
  const { keyDetails, hash, hashAlgorithm } = loggedKeyOf(key);
  if (verifier.keyDetails !== keyDetails) {
    throw new AuthorityError(
      "key-mismatch",
      `Cannot log entry: its key is called ${quote(verifier.keyDetails)}, wanted ${keyDetails}`,
    );
  }
  if (digest.length !== DIGEST_BYTES[hash]) {
    throw new AuthorityError(
      "digest-length",
      `Cannot log entry: ${digest.length} bytes are not a ${hash} digest`,
    );
  }
  if (!(await isSignedDigest(key, hash, digest, signature))) {
    throw new AuthorityError(
      "signature-invalid",
      "Cannot log entry: its signature is not by its key over its digest",
    );
  }
  return { hashAlgorithm, digest, signature, verifier };
}

/**
 * Logs `entry` and returns its TransparencyLogEntry, in JSON.
 *
 * The same entry gets the same answer, proof and checkpoint included, however often it is asked for: a client that lost
 * the first answer goes on as if it had not.
 */
export async function logEntry(entry: HashedRekord, ports: RekorPorts): Promise<Bytes> {
  const body = encodeHashedRekordBody(entry);
  const path = `answers/${encodeHex(nodeCrypto.sha256(body))}`;
  const answered = await ports.storage.read(path);
  if (answered !== null) return new Uint8Array(answered);
  const proof = await ports.entries.prove(await ports.entries.append(body));
  const answer = encodeCanonicalJson(
    tlogEntryJson({
      logIndex: proof.index,
      logId: ports.logId,
      kind: HASHEDREKORD_KIND,
      version: HASHEDREKORD_VERSION,
      integratedTime: 0, // this log has no clock: a timestamp says when
      inclusionPromise: null,
      inclusionProof: {
        logIndex: proof.index,
        rootHash: proof.rootHash,
        treeSize: proof.treeSize,
        hashes: proof.hashes,
        checkpoint: proof.checkpoint,
      },
      canonicalizedBody: body,
    }),
  );
  return await keepFirst(ports.storage, path, answer);
}

/** Keeps `answer`, unless the same request asked twice at once and the other answer was first: then that one counts. */
async function keepFirst(storage: Storage, path: string, answer: Bytes): Promise<Bytes> {
  try {
    await storage.create(path, answer);
    return answer;
  } catch (error) {
    const first = await storage.read(path);
    if (first === null || !(error instanceof LogError) || error.code !== "storage-conflict") throw error;
    return new Uint8Array(first);
  }
}

const DIGEST_BYTES = { sha256: 32, sha384: 48, sha512: 64 } as const;

function requireKind(bytes: Uint8Array): void {
  const limits = { bytesMax: ENTRY_REQUEST_BYTES_MAX, depthMax: 8 };
  const names = parseJsonObject(bytes, limits, "log entry request").names();
  if (names.length === 1 && names[0] === REQUEST_NAME) return;
  throw new AuthorityError(
    "request-kind",
    `Cannot log entry: the request is ${names.map(quote).join(", ") || "empty"}, wanted "${REQUEST_NAME}" alone`,
  );
}

/** The log is given digests, not messages. */
async function isSignedDigest(
  key: PublicKey,
  hash: DigestName,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const scheme =
    key.kind === "ecdsa"
      ? ({ kind: "ecdsa", curve: key.curve, hash, encoding: "der" } as const)
      : ({ kind: "rsa-pkcs1", hash } as const);
  return await nodeCrypto.verifyDigest(scheme, key.spki, digest, signature);
}

function readKey(kind: HashedRekord["verifier"]["kind"], der: Uint8Array): PublicKey {
  switch (kind) {
    case "certificate":
      return parseCertificate(der).publicKey;
    case "public-key":
      return parsePublicKey(der, "public key of the entry");
  }
}
