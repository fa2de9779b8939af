// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import {
  type Bytes,
  type Certificate,
  EXTENDED_KEY_USAGE_OIDS,
  encodeAuthorityKeyId,
  encodeBasicConstraints,
  encodeCertificate,
  encodeExtendedKeyUsage,
  encodeKeyUsage,
  encodeName,
  encodeSubjectKeyId,
  encodeTbsCertificate,
  equalBytes,
  parseCertificate,
  readDer,
} from "@countermark/formats";
import { type Clock, nodeCrypto, type PrivateKey, type Storage } from "@countermark/log";
import { AuthorityError } from "./failure.ts";
import type { AuthorityKeys } from "./keys.ts";

/** The certificates that stay: two chains of two. */
export type Pki = {
  readonly caRoot: Certificate;
  readonly caIntermediate: Certificate;
  readonly tsaRoot: Certificate;
  readonly tsaLeaf: Certificate;
};

/** ECDSA with SHA-256, as every certificate here is signed. */
export const SIGNATURE_ALGORITHM = { kind: "ecdsa", hash: "sha256" } as const;

/** Ten years of 365 days. */
const LIFETIME_SECONDS = 315_360_000;
const SERIAL_BYTES = 20;

/**
 * The certificates in `storage`; those that are missing are made, from now on.
 *
 * @param organization the name that stands in every subject
 * @throws AuthorityError `pki-mismatch`
 */
export async function readOrCreatePki(
  keys: AuthorityKeys,
  storage: Storage,
  organization: string,
  clock: Clock,
): Promise<Pki> {
  const read = async (path: string, key: PrivateKey, create: () => Bytes): Promise<Certificate> => {
    const stored = (await storage.read(path)) ?? (await keep(storage, path, create()));
    const certificate = parseCertificate(stored, path);
    if (!equalBytes(certificate.publicKey.spki, key.publicSpki)) {
      throw new AuthorityError("pki-mismatch", `Cannot use certificate ${path}: it is for another key`);
    }
    return certificate;
  };
  const name = (commonName: string): Bytes => encodeName({ organization, commonName });
  const now = clock();
  const { codeSigning, timeStamping } = EXTENDED_KEY_USAGE_OIDS;
  const authority = encodeKeyUsage(["keyCertSign", "cRLSign"]);

  const caRoot = await read("pki/ca-root.der", keys.caRoot, () =>
    certify({ key: keys.caRoot, subject: name("Countermark root"), issuer: null, now }, [
      authority,
      encodeBasicConstraints(true, 1),
    ]),
  );
  const caIntermediate = await read("pki/ca-intermediate.der", keys.caIntermediate, () =>
    certify(
      {
        key: keys.caIntermediate,
        subject: name("Countermark intermediate"),
        issuer: { certificate: caRoot, key: keys.caRoot },
        now,
      },
      [authority, encodeExtendedKeyUsage("not-critical", [codeSigning]), encodeBasicConstraints(true, 0)],
    ),
  );
  const tsaRoot = await read("pki/tsa-root.der", keys.tsaRoot, () =>
    certify({ key: keys.tsaRoot, subject: name("Countermark timestamping root"), issuer: null, now }, [
      authority,
      encodeBasicConstraints(true, 0),
    ]),
  );
  const tsaLeaf = await read("pki/tsa-leaf.der", keys.tsaLeaf, () =>
    certify(
      {
        key: keys.tsaLeaf,
        subject: name("Countermark timestamping"),
        issuer: { certificate: tsaRoot, key: keys.tsaRoot },
        now,
      },
      [encodeKeyUsage(["digitalSignature"]), encodeExtendedKeyUsage("critical", [timeStamping])],
    ),
  );
  return { caRoot, caIntermediate, tsaRoot, tsaLeaf };
}

/** 160 random bits, the first cleared so that the number is positive, the second set so that it is long. */
export function randomSerial(): Bytes {
  const serial = new Uint8Array(randomBytes(SERIAL_BYTES));
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** The first 160 bits of the key's SHA-256. @spec rfc7093#2 */
export function keyIdOf(spki: Uint8Array): Bytes {
  const reader = readDer(spki, "public key").sequence();
  reader.any(); // the algorithm: only the key itself is hashed
  return nodeCrypto.sha256(reader.bitStringOctets()).slice(0, 20);
}

async function keep(storage: Storage, path: string, certificate: Bytes): Promise<Bytes> {
  await storage.create(path, certificate);
  return certificate;
}

type CertificateOrder = {
  readonly key: PrivateKey;
  readonly subject: Bytes;
  /** Null: signed by its own key. */
  readonly issuer: { readonly certificate: Certificate; readonly key: PrivateKey } | null;
  readonly now: number;
};

function certify(order: CertificateOrder, extensions: readonly Bytes[]): Bytes {
  const signer = order.issuer?.key ?? order.key;
  const tbs = encodeTbsCertificate({
    serial: randomSerial(),
    signatureAlgorithm: SIGNATURE_ALGORITHM,
    issuer: order.issuer?.certificate.subject ?? order.subject,
    subject: order.subject,
    notBefore: order.now,
    // A chain ends with its root: the year that the root was made before its subject does not count twice.
    notAfter: order.issuer?.certificate.notAfter ?? order.now + LIFETIME_SECONDS,
    spki: order.key.publicSpki,
    extensions: [
      ...extensions,
      encodeSubjectKeyId(keyIdOf(order.key.publicSpki)),
      encodeAuthorityKeyId(keyIdOf(signer.publicSpki)),
    ],
  });
  return encodeCertificate(tbs, SIGNATURE_ALGORITHM, signer.sign(tbs));
}
