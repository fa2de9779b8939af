// SPDX-License-Identifier: Apache-2.0
// The toy world of the vectors: everything that a bundle and a trusted root say, of which a case changes one thing.
import { concat, dssePae, encodeExtension, encodeHex, encodeRfc3339, utf8 } from "@countermark/formats";
import {
  sha256,
  soundCertificates,
  TOY_CLAIMS,
  TOY_KEYS,
  TOY_SAN,
  TOY_TIME,
  withExtension,
} from "../../support/toy-certificates.ts";
import { type ToyKey, toyP256 } from "../../support/toy-keys.ts";
import { type CertificatePlan, certificateDer, leafDer, type SctPlan } from "./certificates.ts";
import {
  type EntryKindName,
  type EntryPlan,
  entryJson,
  type Logged,
  type LogPlan,
  soundEntry,
} from "./entries.ts";
import { base64, type Changes, changed, type Json } from "./json.ts";
import { hash, type StampPlan, soundStamp, stampDer } from "./stamps.ts";

export type Window = { readonly start: string; readonly end?: string };

export type TrustedLogPlan = LogPlan & { readonly validFor: Window; readonly operator: string };

export type AuthorityPlan = {
  readonly certificates: readonly CertificatePlan[];
  readonly validFor: Window;
  readonly operator: string;
};

export type RootPlan = {
  readonly cas: readonly AuthorityPlan[];
  readonly tsas: readonly AuthorityPlan[];
  readonly ctlogs: readonly TrustedLogPlan[];
  readonly tlogs: readonly TrustedLogPlan[];
  readonly changes: Changes;
};

export type Content =
  /** `hash` of the hint beside the signature; null for none. */
  | { readonly kind: "artifact"; readonly bytes: Uint8Array; readonly hint: ToyKey["hash"] | null }
  | { readonly kind: "envelope"; readonly payload: Uint8Array; readonly type: string };

export type BundlePlan = {
  readonly mediaType: string;
  /** What the bundle holds of its signer. */
  readonly material: "certificate" | "chain" | "public-key";
  readonly leaf: CertificatePlan;
  readonly scts: readonly SctPlan[] | Uint8Array;
  /** Who issued the leaf, for the SCTs. */
  readonly issuer: CertificatePlan;
  readonly signer: ToyKey;
  readonly content: Content;
  /** In place of the signature; null for the signer's. */
  readonly signature: Uint8Array | null;
  readonly entries: readonly EntryPlan[];
  readonly timestamps: readonly StampPlan[];
  /** Changes of the bundle when everything else is made. */
  readonly changes: Changes;
};

export const V2_HOST = "rekor.toy.test";
export const V1_HOST = "v1.rekor.toy.test";
export const V03 = "application/vnd.dev.sigstore.bundle.v0.3+json";
export const ARTIFACT = utf8("a wheel");
export const NAME = "value" in TOY_SAN ? TOY_SAN.value : "";
export const ISSUER = TOY_CLAIMS.issuer ?? "";
export const PLANS = soundCertificates();
/** With the issuer in its older spelling too, as Fulcio writes it. */
export const LEAF: CertificatePlan = withExtension(PLANS.leaf, {
  olderIssuer: encodeExtension("1.3.6.1.4.1.57264.1.1", "not-critical", utf8(ISSUER)),
});

export const IN_TOTO = "application/vnd.in-toto+json";

export function at(seconds: number): string {
  return encodeRfc3339(TOY_TIME + seconds);
}

/** Open, from a day before everything. */
export const WINDOW: Window = { start: at(-86_400) };

/** The id of a log is the hash of its key, or for Ed25519 in Rekor v2 of name, type and key. @spec c2sp.org/signed-note */
export function logOf(key: ToyKey, host: string): LogPlan {
  const isNoted = key.algorithm.kind === "ed25519";
  const id = isNoted ? concat(utf8(`${host}\n`), Uint8Array.of(1), key.spki.subarray(-32)) : key.spki;
  return { key, host, logId: sha256(id) };
}

export function trusted(log: LogPlan, change: Partial<TrustedLogPlan> = {}): TrustedLogPlan {
  return { ...log, validFor: WINDOW, operator: "", ...change };
}

export const V2_LOG = logOf(TOY_KEYS.log, V2_HOST);
export const V1_LOG = logOf(toyP256("rekor v1"), V1_HOST);
export const CT_LOG: LogPlan = { key: TOY_KEYS.ct, host: "ct.toy.test", logId: sha256(TOY_KEYS.ct.spki) };

export const CA: AuthorityPlan = {
  certificates: [PLANS.intermediate, PLANS.root],
  validFor: WINDOW,
  operator: "",
};
export const TSA: AuthorityPlan = {
  certificates: [PLANS.tsaLeaf, PLANS.tsaRoot],
  validFor: WINDOW,
  operator: "",
};

/** One certificate authority, one timestamp authority, one certificate log, Rekor of both versions. */
export const SOUND_ROOT: RootPlan = {
  cas: [CA],
  tsas: [TSA],
  ctlogs: [trusted(CT_LOG)],
  tlogs: [trusted(V1_LOG), trusted(V2_LOG)],
  changes: {},
};

export const SCT: SctPlan = {
  log: TOY_KEYS.ct,
  signer: TOY_KEYS.ct,
  time: (TOY_TIME + 1) * 1000,
  extensions: new Uint8Array(0),
  issuer: null,
  version: 0,
  numbers: [4, 3],
};

export const STAMP: StampPlan = soundStamp(PLANS.tsaLeaf);

/** A statement about the artifact under this name. */
export function statementOf(changes: Changes = {}): Uint8Array {
  const statement: Json = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      { name: "sampleproject-1.0.0-py3-none-any.whl", digest: { sha256: encodeHex(sha256(ARTIFACT)) } },
    ],
    predicateType: "https://docs.pypi.org/attestations/publish/v1",
    predicate: null,
  };
  return utf8(JSON.stringify(changed(statement, changes)));
}

/** A message signature by a certificate's key, in Rekor v2, with a timestamp. */
export const MESSAGE: BundlePlan = {
  mediaType: V03,
  material: "certificate",
  leaf: LEAF,
  scts: [SCT],
  issuer: PLANS.intermediate,
  signer: TOY_KEYS.leaf,
  content: { kind: "artifact", bytes: ARTIFACT, hint: "sha256" },
  signature: null,
  entries: [soundEntry("hashedrekord 0.0.2", V2_LOG)],
  timestamps: [STAMP],
  changes: {},
};

/** The same of an in-toto statement. */
export const ENVELOPE: BundlePlan = {
  ...MESSAGE,
  content: { kind: "envelope", payload: statementOf(), type: IN_TOTO },
};

/** In Rekor v1, whose promise is the time. */
export function inV1(kind: EntryKindName, change: Partial<EntryPlan> = {}): BundlePlan {
  const plan = kind === "hashedrekord 0.0.1" ? MESSAGE : ENVELOPE;
  return { ...plan, timestamps: [], entries: [{ ...soundEntry(kind, V1_LOG), ...change }] };
}

/** The bundle as JSON. */
export function bundleJson(plan: BundlePlan): Json {
  const { content } = plan;
  const signed = content.kind === "artifact" ? content.bytes : dssePae(content.type, content.payload);
  const signature = plan.signature ?? plan.signer.sign(signed);
  const leaf = leafDer(plan.leaf, plan.scts, plan.issuer.key);
  const logged: Logged = {
    content: signed,
    payload: content.kind === "envelope" ? { bytes: content.payload, type: content.type } : null,
    signature,
    signer: plan.signer,
    verifier:
      plan.material === "public-key"
        ? { kind: "public-key", der: plan.signer.spki }
        : { kind: "certificate", der: leaf },
  };
  const timestamps = plan.timestamps.map((stamp) => ({
    signedTimestamp: base64(stampDer(stamp, signature)),
  }));
  const bundle: Json = {
    mediaType: plan.mediaType,
    verificationMaterial: {
      ...signerJson(plan, leaf),
      tlogEntries: plan.entries.map((entry) => entryJson(entry, logged)),
      ...(timestamps.length === 0 ? {} : { timestampVerificationData: { rfc3161Timestamps: timestamps } }),
    },
    ...contentJson(content, signature),
  };
  return changed(bundle, plan.changes);
}

function signerJson(plan: BundlePlan, leaf: Uint8Array): Json {
  const raw = (der: Uint8Array): Json => ({ rawBytes: base64(der) });
  switch (plan.material) {
    case "certificate":
      return { certificate: raw(leaf) };
    case "chain":
      return { x509CertificateChain: { certificates: [leaf, certificateDer(plan.issuer)].map(raw) } };
    case "public-key":
      return { publicKey: { hint: "toy" } };
  }
}

function contentJson(content: Content, signature: Uint8Array): Json {
  if (content.kind === "envelope") {
    const { payload, type } = content;
    return {
      dsseEnvelope: { payload: base64(payload), payloadType: type, signatures: [{ sig: base64(signature) }] },
    };
  }
  const { hint, bytes } = content;
  const messageDigest =
    hint === null
      ? {}
      : { messageDigest: { algorithm: hint.replace("sha", "SHA2_"), digest: base64(hash(hint, bytes)) } };
  return { messageSignature: { ...messageDigest, signature: base64(signature) } };
}

/** The trusted root as JSON. */
export function rootJson(plan: RootPlan): Json {
  const root: Json = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: plan.tlogs.map(logJson),
    certificateAuthorities: plan.cas.map(authorityJson),
    ctlogs: plan.ctlogs.map(logJson),
    timestampAuthorities: plan.tsas.map(authorityJson),
  };
  return changed(root, plan.changes);
}

function logJson(log: TrustedLogPlan): Json {
  return {
    baseUrl: `https://${log.host}`,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: base64(log.key.spki), keyDetails: log.key.keyDetails, validFor: log.validFor },
    logId: { keyId: base64(log.logId) },
    ...(log.operator === "" ? {} : { operator: log.operator }),
  };
}

function authorityJson({ certificates, validFor, operator }: AuthorityPlan): Json {
  const [first] = certificates;
  return {
    subject: { organization: "toy", commonName: first?.key.name ?? "" },
    uri: "https://toy.test",
    certChain: { certificates: certificates.map((plan) => ({ rawBytes: base64(certificateDer(plan)) })) },
    validFor,
    ...(operator === "" ? {} : { operator }),
  };
}
