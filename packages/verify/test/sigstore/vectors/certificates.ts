// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  derBitString,
  derCertificateTime,
  derExplicit,
  derInteger,
  derOctetString,
  derSequence,
  EXTENSION_OIDS,
  encodeExtension,
  encodeSctSignedData,
  encodeSignatureAlgorithm,
  u8,
  u16,
  u64,
} from "@countermark/formats";
import { sha256, type ToyCertificate } from "../../support/toy-certificates.ts";
import type { ToyKey } from "../../support/toy-keys.ts";

type Elements = readonly Uint8Array[];

/** A certificate about to be made; a case changes one field. */
export type CertificatePlan = ToyCertificate & {
  /** Null for one that the key gives. */
  readonly serial?: Uint8Array;
  /** The AlgorithmIdentifier that is signed, and the one beside the signature; the signer's when absent. */
  readonly innerAlgorithm?: Uint8Array;
  readonly outerAlgorithm?: Uint8Array;
  /** Changes the elements of the signed part. */
  readonly tbs?: (elements: Elements) => Elements;
};

/** A certificate transparency log's promise about to be made. */
export type SctPlan = {
  readonly log: ToyKey;
  readonly signer: ToyKey;
  /** Unix milliseconds. */
  readonly time: number;
  readonly extensions: Uint8Array;
  /** Whose key the promise names as the issuer's; null for the issuer's own. */
  readonly issuer: ToyKey | null;
  /** The version byte, and the numbers of hash and signature; 0 is version 1. */
  readonly version: number;
  readonly numbers: readonly [number, number];
};

const made = new WeakMap<CertificatePlan, Uint8Array>();

/** The certificate, signed. */
export function certificateDer(plan: CertificatePlan): Uint8Array {
  const known = made.get(plan);
  if (known !== undefined) return known;
  const tbs = tbsOf(plan, Object.values(plan.extensions));
  const algorithm = plan.outerAlgorithm ?? encodeSignatureAlgorithm(plan.signer.algorithm);
  const der = derSequence(tbs, algorithm, derBitString(plan.signer.sign(tbs)));
  made.set(plan, der);
  return der;
}

/** The leaf with promises in it, which its issuer's key stands behind. Without any it has no list. */
export function leafDer(
  plan: CertificatePlan,
  scts: readonly SctPlan[] | Uint8Array,
  issuer: ToyKey,
): Uint8Array {
  const list = scts instanceof Uint8Array ? scts : sctListOf(plan, scts, issuer);
  return certificateDer({ ...plan, extensions: { ...plan.extensions, sctList: list } });
}

/** The extension with these promises for the certificate. */
export function sctListOf(plan: CertificatePlan, scts: readonly SctPlan[], issuer: ToyKey): Uint8Array {
  if (scts.length === 0) return new Uint8Array(0);
  const tbs = tbsOf(plan, Object.values(plan.extensions));
  return sctListExtension(scts.map((sct) => sctBytes(sct, tbs, issuer)));
}

/** The extension around SCTs, whatever they are. @spec rfc6962#3.3 */
export function sctListExtension(
  scts: readonly Uint8Array[],
  after: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const items = concat(...scts.map((sct) => concat(u16(sct.length), sct)));
  const list = derOctetString(u16(items.length), items, after);
  return encodeExtension(EXTENSION_OIDS.sctList, "not-critical", list);
}

function sctBytes(plan: SctPlan, tbs: Uint8Array, issuer: ToyKey): Uint8Array {
  const unsigned = { timestampMilliseconds: plan.time, extensions: plan.extensions };
  const signature = plan.signer.sign(
    encodeSctSignedData(unsigned, sha256((plan.issuer ?? issuer).spki), tbs),
  );
  return concat(
    u8(plan.version),
    sha256(plan.log.spki),
    u64(plan.time),
    u16(plan.extensions.length),
    plan.extensions,
    Uint8Array.of(...plan.numbers),
    u16(signature.length),
    signature,
  );
}

function tbsOf(plan: CertificatePlan, extensions: Elements): Uint8Array {
  const elements = [
    derExplicit(0, derInteger(2)),
    derInteger(plan.serial ?? serialOf(plan)),
    plan.innerAlgorithm ?? encodeSignatureAlgorithm(plan.signer.algorithm),
    plan.issuer,
    derSequence(derCertificateTime(plan.notBefore), derCertificateTime(plan.notAfter)),
    plan.subject,
    plan.key.spki,
    derExplicit(3, derSequence(...extensions.filter(({ length }) => length > 0))),
  ];
  return derSequence(...(plan.tbs?.(elements) ?? elements));
}

/** The same for the same key, as in the other tests. */
export function serialOf(plan: CertificatePlan): Uint8Array {
  return sha256(plan.key.spki)
    .subarray(0, 8)
    .map((byte, i) => (i === 0 ? (byte & 0x7f) | 1 : byte));
}
