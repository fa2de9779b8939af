// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  concat,
  encodeCanonicalJson,
  encodeRfc3339,
  encodeTrustedRoot,
  parseEd25519Spki,
  parsePublicKey,
  type TrustedLog,
  u8,
  utf8,
} from "@countermark/formats";
import { nodeCrypto, type PrivateKey } from "@countermark/log";
import type { AuthorityKeys } from "./keys.ts";
import type { Pki } from "./pki.ts";

/**
 * Whom to believe about what this authority signed, in the common denominator of the real clients: media type 0.1, log ids of
 * 32 bytes, no checkpointKeyId.
 *
 * The URLs in it are names, without a port: they, and so its digest, stay the same wherever the authority listens.
 *
 * @spec github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */
export function encodeAuthorityRoot(pki: Pki, keys: AuthorityKeys, hostname: string): Bytes {
  const name = `https://${hostname}`;
  const validFor = (start: number) => ({ start, end: null });
  const log = (key: PrivateKey, more: Pick<TrustedLog, "baseUrl" | "keyDetails" | "logId">): TrustedLog => ({
    publicKey: parsePublicKey(key.publicSpki, more.baseUrl),
    validFor: validFor(pki.caRoot.notBefore),
    operator: "",
    ...more,
  });
  return encodeTrustedRoot({
    tlogs: [
      log(keys.rekor, { baseUrl: name, keyDetails: "PKIX_ED25519", logId: rekorLogId(hostname, keys.rekor) }),
    ],
    ctlogs: [
      log(keys.ctLog, {
        baseUrl: `${name}/ct`,
        keyDetails: "PKIX_ECDSA_P256_SHA_256",
        logId: nodeCrypto.sha256(keys.ctLog.publicSpki),
      }),
    ],
    certificateAuthorities: [
      {
        uri: name,
        certificates: [pki.caIntermediate, pki.caRoot],
        validFor: validFor(pki.caIntermediate.notBefore),
        operator: "",
      },
    ],
    timestampAuthorities: [
      {
        uri: `${name}/api/v1/timestamp`,
        certificates: [pki.tsaLeaf, pki.tsaRoot],
        validFor: validFor(pki.tsaLeaf.notBefore),
        operator: "",
      },
    ],
  });
}

/** Where clients reach the services. @spec github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto */
export function encodeSigningConfig(pki: Pki, publicUrl: string, oidcUrls: readonly string[]): Bytes {
  const service = (url: string, majorApiVersion: number) => ({
    url,
    majorApiVersion,
    validFor: { start: encodeRfc3339(pki.caRoot.notBefore) },
    operator: publicUrl,
  });
  return encodeCanonicalJson({
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: [service(publicUrl, 1)],
    oidcUrls: oidcUrls.map((url) => service(url, 1)),
    rekorTlogUrls: [service(publicUrl, 2)],
    rekorTlogConfig: { selector: "ANY" },
    tsaUrls: [service(`${publicUrl}/api/v1/timestamp`, 1)],
    tsaConfig: { selector: "ANY" },
  });
}

/** The log's id: all of the hash whose first four bytes are the key id of its checkpoints. @spec c2sp.org/signed-note#signatures */
export function rekorLogId(origin: string, key: PrivateKey): Bytes {
  return nodeCrypto.sha256(concat(utf8(`${origin}\n`), u8(1), parseEd25519Spki(key.publicSpki)));
}
