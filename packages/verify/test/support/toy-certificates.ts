// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import {
  type Certificate,
  EXTENDED_KEY_USAGE_OIDS,
  encodeAuthorityKeyId,
  encodeBasicConstraints,
  encodeCertificate,
  encodeExtendedKeyUsage,
  encodeFulcioExtensions,
  encodeKeyUsage,
  encodeName,
  encodeSctListExtension,
  encodeSctSignedData,
  encodeSubjectAltName,
  encodeSubjectKeyId,
  encodeTbsCertificate,
  type FulcioClaims,
  type GeneralName,
  NO_FULCIO_CLAIMS,
  parseCertificate,
  precertificateTbs,
} from "@countermark/formats";
import { type ToyKey, toyEd25519, toyP256 } from "./toy-keys.ts";

/** When everything in the toy world happens, in Unix seconds. */
export const TOY_TIME = 1_780_000_000;
const YEAR_SECONDS = 31_536_000;

/** A certificate about to be made; tests change one field. */
export type ToyCertificate = {
  readonly key: ToyKey;
  readonly signer: ToyKey;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whole elements, by name, so that one can be left out or replaced. */
  readonly extensions: { readonly [name: string]: Uint8Array };
};

export type ToySct = {
  readonly logKey: ToyKey;
  readonly signer: ToyKey;
  readonly time: number;
  readonly extensions: Uint8Array;
};

export type ToyCertificatePlans = {
  readonly root: ToyCertificate;
  readonly intermediate: ToyCertificate;
  readonly leaf: ToyCertificate;
  /** Null for a leaf without SCTs. */
  readonly sct: ToySct | null;
  readonly tsaRoot: ToyCertificate;
  readonly tsaLeaf: ToyCertificate;
};

export const TOY_KEYS = {
  root: toyP256("ca root"),
  intermediate: toyP256("ca intermediate"),
  leaf: toyP256("signer"),
  ct: toyP256("ct log"),
  tsaRoot: toyP256("tsa root"),
  tsaLeaf: toyP256("tsa"),
  log: toyEd25519("transparency log"),
  stranger: toyP256("stranger"),
  strangerEd25519: toyEd25519("stranger"),
} as const;

export const TOY_SAN: GeneralName = {
  kind: "uri",
  value: "https://github.com/octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1",
};

export const TOY_CLAIMS: FulcioClaims = {
  ...NO_FULCIO_CLAIMS,
  issuer: "https://token.actions.githubusercontent.com",
  sourceRepositoryUri: "https://github.com/octo-org/sampleproject",
  sourceRepositoryId: "1001",
  ownerId: "2002",
};

/** The plans of a sound world: root and intermediate, a ten-minute leaf, and a timestamp authority. */
export function soundCertificates(): ToyCertificatePlans {
  const name = (commonName: string): Uint8Array => encodeName({ organization: "toy", commonName });
  const authority = (key: ToyKey, signer: ToyKey, subject: string, issuer: string): ToyCertificate => ({
    key,
    signer,
    issuer: name(issuer),
    subject: name(subject),
    notBefore: TOY_TIME - YEAR_SECONDS,
    notAfter: TOY_TIME + YEAR_SECONDS,
    extensions: {
      basicConstraints: encodeBasicConstraints(true, subject === issuer ? 1 : 0),
      keyUsage: encodeKeyUsage(["keyCertSign", "cRLSign"]),
      subjectKeyId: encodeSubjectKeyId(keyIdOf(key)),
      authorityKeyId: encodeAuthorityKeyId(keyIdOf(signer)),
    },
  });
  const { root, intermediate, leaf, ct, tsaRoot, tsaLeaf } = TOY_KEYS;
  return {
    root: authority(root, root, "root", "root"),
    intermediate: withExtension(authority(intermediate, root, "intermediate", "root"), {
      extendedKeyUsage: encodeExtendedKeyUsage("not-critical", [EXTENDED_KEY_USAGE_OIDS.codeSigning]),
    }),
    leaf: {
      key: leaf,
      signer: intermediate,
      issuer: name("intermediate"),
      subject: encodeName({}),
      notBefore: TOY_TIME,
      notAfter: TOY_TIME + 600,
      extensions: {
        keyUsage: encodeKeyUsage(["digitalSignature"]),
        extendedKeyUsage: encodeExtendedKeyUsage("not-critical", [EXTENDED_KEY_USAGE_OIDS.codeSigning]),
        subjectKeyId: encodeSubjectKeyId(keyIdOf(leaf)),
        authorityKeyId: encodeAuthorityKeyId(keyIdOf(intermediate)),
        subjectAltName: encodeSubjectAltName([TOY_SAN]),
        ...fulcioExtensions(TOY_CLAIMS),
      },
    },
    sct: { logKey: ct, signer: ct, time: TOY_TIME + 1, extensions: new Uint8Array(0) },
    tsaRoot: authority(tsaRoot, tsaRoot, "tsa root", "tsa root"),
    tsaLeaf: {
      key: tsaLeaf,
      signer: tsaRoot,
      issuer: name("tsa root"),
      subject: name("tsa"),
      notBefore: TOY_TIME - YEAR_SECONDS,
      notAfter: TOY_TIME + YEAR_SECONDS,
      extensions: {
        keyUsage: encodeKeyUsage(["digitalSignature"]),
        extendedKeyUsage: encodeExtendedKeyUsage("critical", [EXTENDED_KEY_USAGE_OIDS.timeStamping]),
        subjectKeyId: encodeSubjectKeyId(keyIdOf(tsaLeaf)),
      },
    },
  };
}

/** The plan with these extensions added or replaced; an empty array leaves one out. */
export function withExtension(
  plan: ToyCertificate,
  extensions: { readonly [name: string]: Uint8Array },
): ToyCertificate {
  return { ...plan, extensions: { ...plan.extensions, ...extensions } };
}

/** ECDSA signs differently each time, so one plan has to be made once. */
const made = new WeakMap<ToyCertificate, Certificate>();

/** Makes the certificate, signed; the same object gives the same certificate. */
export function makeCertificate(plan: ToyCertificate): Certificate {
  const known = made.get(plan);
  if (known !== undefined) return known;
  const certificate = parseCertificate(encodeSigned(plan, Object.values(plan.extensions)));
  made.set(plan, certificate);
  return certificate;
}

/**
 * Makes a leaf with an SCT in it: first as its precertificate would be, then with the promise.
 *
 * @param issuerKey the key that the promise names; a sound one is the issuer's.
 */
export function makeLeaf(plan: ToyCertificate, sct: ToySct | null, issuerKey: ToyKey): Certificate {
  if (sct === null) return makeCertificate(plan);
  const timestampMilliseconds = sct.time * 1000;
  const tbs = precertificateTbs(makeCertificate(plan));
  const unsigned = { timestampMilliseconds, extensions: sct.extensions };
  const signedData = encodeSctSignedData(unsigned, sha256(issuerKey.spki), tbs);
  const list = encodeSctListExtension([
    {
      logId: sha256(sct.logKey.spki),
      ...unsigned,
      algorithm: { kind: "ecdsa", hash: "sha256" },
      signature: sct.signer.sign(signedData),
    },
  ]);
  return makeCertificate(withExtension(plan, { sctList: list }));
}

/** A key identifier: the first 20 bytes of SHA-256 of the key. */
export function keyIdOf(key: ToyKey): Uint8Array {
  return sha256(key.spki).subarray(0, 20);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

function encodeSigned(plan: ToyCertificate, extensions: readonly Uint8Array[]): Uint8Array {
  const tbs = encodeTbsCertificate({
    serial: sha256(plan.key.spki)
      .subarray(0, 8)
      .map((byte, i) => (i === 0 ? (byte & 0x7f) | 1 : byte)),
    signatureAlgorithm: plan.signer.algorithm,
    issuer: plan.issuer,
    subject: plan.subject,
    notBefore: plan.notBefore,
    notAfter: plan.notAfter,
    spki: plan.key.spki,
    extensions: extensions.filter((extension) => extension.length > 0),
  });
  return encodeCertificate(tbs, plan.signer.algorithm, plan.signer.sign(tbs));
}

function fulcioExtensions(claims: FulcioClaims): { readonly [name: string]: Uint8Array } {
  return Object.fromEntries(encodeFulcioExtensions(claims).map((extension, i) => [`fulcio${i}`, extension]));
}
