// SPDX-License-Identifier: Apache-2.0
import {
  type Attestation,
  type Certificate,
  CMS_OIDS,
  createVkey,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  dssePae,
  encodeCheckpoint,
  encodeHashedRekordBody,
  encodeInTotoStatement,
  encodeNote,
  encodeTimestamp,
  encodeTstInfo,
  IN_TOTO_PAYLOAD_TYPE,
  leafHash,
  makeAttestation,
  nodeHash,
  PUBLISH_PREDICATE_TYPE,
  parseEd25519Spki,
  parsePublicKey,
  parseTimestamp,
  type SigstoreBundle,
  type Timestamp,
  type TlogEntry,
  type TrustedAuthority,
  type TrustedRoot,
  utf8,
  type ValidityWindow,
} from "@countermark/formats";
import {
  makeCertificate,
  makeLeaf,
  sha256,
  soundCertificates,
  TOY_KEYS,
  TOY_TIME,
  type ToyCertificatePlans,
} from "./toy-certificates.ts";
import type { ToyKey } from "./toy-keys.ts";

/** A timestamp about to be made; tests change one field. */
export type ToyTimestamp = {
  readonly signer: ToyKey;
  readonly time: number;
  /** What it is over; null for the attestation's signature. */
  readonly over: Uint8Array | null;
  /** The type that the signed attributes name. */
  readonly contentType: string;
  /** Bytes whose digest the signed attributes name; null for the content itself. */
  readonly digested: Uint8Array | null;
  /** The certificate that is meant (its digest), and the one that is named (issuer and serial); null for the authority's. */
  readonly meant: Certificate | null;
  readonly named: Certificate | null;
};

/** A log entry about to be made; tests change one field. Null fields are as they should be. */
export type ToyLogEntry = {
  readonly signer: ToyKey;
  readonly origin: string;
  readonly kind: string;
  readonly version: string;
  readonly logId: Uint8Array;
  readonly logIndex: number;
  readonly proofIndex: number;
  readonly treeSize: number;
  readonly rootHash: Uint8Array | null;
  readonly hashes: readonly Uint8Array[] | null;
  readonly body: Uint8Array | null;
};

export type ToyPlan = ToyCertificatePlans & {
  readonly statement: Uint8Array;
  readonly payloadType: string;
  /** The key that signs; the leaf certificate is of TOY_KEYS.leaf. */
  readonly signer: ToyKey;
  readonly timestamps: readonly ToyTimestamp[];
  readonly entry: ToyLogEntry;
  readonly windows: {
    readonly ca: ValidityWindow;
    readonly ct: ValidityWindow;
    readonly tsa: ValidityWindow;
    readonly log: ValidityWindow;
  };
};

export type ToyWorld = {
  readonly attestation: Attestation;
  readonly root: TrustedRoot;
};

export const TOY_ORIGIN = "rekor.toy.test";
export const TOY_FILE = {
  filename: "sampleproject-1.0.0-py3-none-any.whl",
  bytes: utf8("a wheel"),
  sha256: sha256(utf8("a wheel")),
};

const OTHER_LEAVES = [leafHash(sha256, utf8("first")), leafHash(sha256, utf8("third"))] as const;

/** The plan of a sound world: every check of `verifyAttestation` says yes to it, for TOY_FILE. */
export function soundPlan(): ToyPlan {
  const window = { start: TOY_TIME - 86_400, end: null };
  return {
    ...soundCertificates(),
    statement: encodeInTotoStatement(TOY_FILE, PUBLISH_PREDICATE_TYPE, null),
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    signer: TOY_KEYS.leaf,
    timestamps: [soundTimestamp()],
    entry: {
      signer: TOY_KEYS.log,
      origin: TOY_ORIGIN,
      kind: "hashedrekord",
      version: "0.0.2",
      logId: toyLogId(),
      logIndex: 1,
      proofIndex: 1,
      treeSize: 3,
      rootHash: null,
      hashes: null,
      body: null,
    },
    windows: { ca: window, ct: window, tsa: window, log: window },
  };
}

export function soundTimestamp(): ToyTimestamp {
  return {
    signer: TOY_KEYS.tsaLeaf,
    time: TOY_TIME + 5,
    over: null,
    contentType: CMS_OIDS.tstInfo,
    digested: null,
    meant: null,
    named: null,
  };
}

/** Makes the attestation and the trusted root of a plan. Whatever the plan says, all of it parses. */
export function makeWorld(plan: ToyPlan): ToyWorld {
  const message = dssePae(plan.payloadType, plan.statement);
  const signature = plan.signer.sign(message);
  const material = makeMaterial(plan, message, signature);
  const { certificate, timestamps, entries: transparencyEntries } = material;
  const { statement } = plan;
  const attestation = makeAttestation({ certificate, timestamps, transparencyEntries, statement, signature });
  return { attestation, root: makeRoot(plan) };
}

/** Makes a bundle with a signature over `message` itself, or with another signature in its place. */
export function makeMessageWorld(
  plan: ToyPlan,
  message: Uint8Array,
  signature: Uint8Array = plan.signer.sign(message),
): { readonly bundle: SigstoreBundle; readonly root: TrustedRoot } {
  const { certificate, timestamps, entries: tlogEntries } = makeMaterial(plan, message, signature);
  const digest = { algorithm: "SHA2_256", value: sha256(message) } as const;
  const content = { kind: "message-signature", digest, signature } as const;
  const signer = { kind: "certificate", certificate } as const;
  return { bundle: { version: "0.3", signer, timestamps, tlogEntries, content }, root: makeRoot(plan) };
}

function makeMaterial(plan: ToyPlan, message: Uint8Array, signature: Uint8Array) {
  const tsaLeaf = makeCertificate(plan.tsaLeaf);
  const certificate = makeLeaf(plan.leaf, plan.sct, plan.intermediate.key);
  return {
    certificate,
    timestamps: plan.timestamps.map((timestamp) => makeTimestamp(timestamp, signature, tsaLeaf)),
    entries: [makeEntry(plan.entry, certificate, message, signature)],
  };
}

function makeRoot(plan: ToyPlan): TrustedRoot {
  const { windows } = plan;
  const [root, intermediate] = [makeCertificate(plan.root), makeCertificate(plan.intermediate)];
  const [tsaRoot, tsaLeaf] = [makeCertificate(plan.tsaRoot), makeCertificate(plan.tsaLeaf)];
  return {
    certificateAuthorities: [authority([intermediate, root], windows.ca)],
    timestampAuthorities: [authority([tsaLeaf, tsaRoot], windows.tsa)],
    ctlogs: [
      {
        baseUrl: "https://ct.toy.test",
        publicKey: parsePublicKey(TOY_KEYS.ct.spki, "key"),
        keyDetails: "PKIX_ECDSA_P256_SHA_256",
        validFor: windows.ct,
        operator: "",
        logId: sha256(TOY_KEYS.ct.spki),
      },
    ],
    tlogs: [
      {
        baseUrl: `https://${TOY_ORIGIN}`,
        publicKey: parsePublicKey(TOY_KEYS.log.spki, "key"),
        keyDetails: "PKIX_ED25519",
        validFor: windows.log,
        operator: "",
        logId: toyLogId(),
      },
    ],
  };
}

function authority(
  certificates: TrustedAuthority["certificates"],
  validFor: ValidityWindow,
): TrustedAuthority {
  return { uri: "https://toy.test", certificates, validFor, operator: "" };
}

/** SHA-256 of name, line feed, type and key, as Rekor v2 does. */
function toyLogId(): Uint8Array {
  const raw = parseEd25519Spki(TOY_KEYS.log.spki);
  return sha256(Buffer.concat([utf8(`${TOY_ORIGIN}\n`), Uint8Array.of(1), raw]));
}

function makeTimestamp(plan: ToyTimestamp, signature: Uint8Array, tsaLeaf: Certificate): Timestamp {
  const infoBytes = encodeTstInfo({
    policy: "1.3.6.1.4.1.57264.2",
    imprint: { algorithm: "sha256", digest: sha256(plan.over ?? signature) },
    serial: Uint8Array.of(1),
    time: plan.time,
    nonce: null,
  });
  const essCertId = derSequence(derOctetString(sha256((plan.meant ?? tsaLeaf).der)));
  const attributes = [
    derSequence(derOid(CMS_OIDS.contentType), derSetOf(derOid(plan.contentType))),
    derSequence(derOid(CMS_OIDS.messageDigest), derSetOf(derOctetString(sha256(plan.digested ?? infoBytes)))),
    derSequence(derOid(CMS_OIDS.signingCertificateV2), derSetOf(derSequence(derSequence(essCertId)))),
  ];
  const unsigned = { infoBytes, attributes, signedBytes: derSetOf(...attributes) };
  const { algorithm } = plan.signer;
  const signed = plan.signer.sign(unsigned.signedBytes);
  return parseTimestamp(encodeTimestamp(unsigned, plan.named ?? tsaLeaf, algorithm, signed, []));
}

/** An entry in the middle of a tree of three. */
function makeEntry(
  plan: ToyLogEntry,
  certificate: Certificate,
  message: Uint8Array,
  signature: Uint8Array,
): TlogEntry {
  const body = encodeHashedRekordBody({
    hashAlgorithm: "SHA2_256",
    digest: sha256(message),
    signature,
    verifier: { kind: "certificate", der: certificate.der, keyDetails: "PKIX_ECDSA_P256_SHA_256" },
  });
  const canonicalizedBody = plan.body ?? body;
  const [first, third] = OTHER_LEAVES;
  const root = nodeHash(sha256, nodeHash(sha256, first, leafHash(sha256, canonicalizedBody)), third);
  const text = encodeCheckpoint({ origin: plan.origin, size: 3, root, extensions: [] });
  const raw = parseEd25519Spki(plan.signer.spki);
  const { keyId } = createVkey(plan.origin, 1, raw, sha256);
  const line = { name: plan.origin, keyId, signature: plan.signer.sign(utf8(text)) };
  return {
    logIndex: plan.logIndex,
    logId: plan.logId,
    kind: plan.kind,
    version: plan.version,
    integratedTime: 0,
    inclusionPromise: null,
    inclusionProof: {
      logIndex: plan.proofIndex,
      rootHash: plan.rootHash ?? root,
      treeSize: plan.treeSize,
      hashes: plan.hashes ?? [first, third],
      checkpoint: encodeNote({ text, signatures: [line] }),
    },
    canonicalizedBody,
  };
}
