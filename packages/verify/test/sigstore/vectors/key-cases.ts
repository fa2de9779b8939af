// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/keys.json: each kind of key in each place where one signs.
import {
  concat,
  derBitString,
  derInteger,
  derNull,
  derOid,
  derSequence,
  EC_PUBLIC_KEY_OID,
  encodeAuthorityKeyId,
  encodeHex,
  encodePem,
  encodeSubjectKeyId,
  parseEcdsaSignature,
} from "@countermark/formats";
import { keyIdOf, sha256, TOY_KEYS, withExtension } from "../../support/toy-certificates.ts";
import {
  type ToyKey,
  toyEcdsa,
  toyEd25519,
  toyEd25519ph,
  toyP256,
  toyRsa,
  toyRsaPss,
} from "../../support/toy-keys.ts";
import { believed, type Case, type Given, refused, type VerifySettings } from "./cases.ts";
import type { CertificatePlan, SctPlan } from "./certificates.ts";
import { hash } from "./stamps.ts";
import {
  ARTIFACT,
  type BundlePlan,
  CA,
  ENVELOPE,
  inV1,
  LEAF,
  MESSAGE,
  PLANS,
  SCT,
  SOUND_ROOT,
  trusted,
} from "./world.ts";

/** The plan with a certificate of this key. */
function withKey(plan: BundlePlan, key: ToyKey): BundlePlan {
  const leaf = { ...withExtension(LEAF, { subjectKeyId: encodeSubjectKeyId(keyIdOf(key)) }), key };
  return { ...plan, leaf, signer: key };
}

const bare = (plan: BundlePlan, key: ToyKey): BundlePlan => ({
  ...plan,
  material: "public-key",
  signer: key,
});
const asked = (key: ToyKey, rsaPadding: "pkcs1" | "pss" = "pkcs1"): Partial<VerifySettings> => ({
  signer: { kind: "key", pem: encodePem("PUBLIC KEY", key.spki), rsaPadding },
});
const byDigest = (key: ToyKey): Partial<VerifySettings> => ({
  artifact: { [key.hash]: encodeHex(hash(key.hash, ARTIFACT)) },
});
/** Without a hint, which is by SHA-256 whatever the key is. */
const unhinted: BundlePlan = { ...MESSAGE, content: { kind: "artifact", bytes: ARTIFACT, hint: null } };

const DIGEST_KEYS: readonly (readonly [string, ToyKey])[] = [
  ["P-256", toyP256("leaf")],
  ["P-384", toyEcdsa("p384", "leaf")],
  ["P-521", toyEcdsa("p521", "leaf")],
  ["prehashed Ed25519", toyEd25519ph("leaf")],
  ["RSA of 2048 bits", toyRsa(2048)],
  ["RSA of 3072 bits", toyRsa(3072)],
  ["RSA of 4096 bits", toyRsa(4096)],
];
const ENVELOPE_KEYS = DIGEST_KEYS.map(([name, key]) =>
  name === "prehashed Ed25519" ? (["Ed25519", toyEd25519("leaf")] as const) : ([name, key] as const),
);
/** Logged as if it were the prehashed form. */
const PURE: ToyKey = { ...toyEd25519("leaf"), keyDetails: "PKIX_ED25519_PH" };
const REGISTRY = "The hash is the one that Sigstore's algorithm registry has for the key.";

const leaves: readonly Case[] = [
  ...DIGEST_KEYS.flatMap(([name, key]) => [
    believed(`${name}, a message in Rekor v2`, REGISTRY, { bundle: withKey(MESSAGE, key) }),
    believed(`${name}, a message in Rekor v2, by its digest`, "The digest is enough.", {
      bundle: withKey(unhinted, key),
      verify: byDigest(key),
    }),
    believed(`${name}, an envelope in Rekor v2`, "Logged as a signature over the digest of its PAE.", {
      bundle: withKey(ENVELOPE, key),
    }),
    believed(`${name}, a message in Rekor v1`, REGISTRY, {
      bundle: withKey(inV1("hashedrekord 0.0.1"), key),
    }),
    refused(
      "attestation-signature",
      `${name}, over something else`,
      "Entry and timestamp are of this signature.",
      { bundle: { ...withKey(MESSAGE, key), signature: key.sign(sha256(ARTIFACT)) } },
    ),
    refused(
      "attestation-signature",
      `${name}, over something else, the artifact by its digest`,
      "Entry and timestamp are of this signature.",
      { bundle: { ...withKey(unhinted, key), signature: key.sign(sha256(ARTIFACT)) }, verify: byDigest(key) },
    ),
  ]),
  ...ENVELOPE_KEYS.flatMap(([name, key]) => [
    believed(`${name}, an envelope in Rekor v1`, "By a dsse entry.", {
      bundle: withKey(inV1("dsse 0.0.1"), key),
    }),
    believed(`${name}, an envelope in Rekor v1, by an intoto entry`, "By an intoto entry.", {
      bundle: withKey(inV1("intoto 0.0.2"), key),
    }),
  ]),
  refused(
    "attestation-signature",
    "pure Ed25519, a message in Rekor v2",
    "A log of digests takes the prehashed form only.",
    { bundle: withKey(MESSAGE, PURE) },
  ),
  refused(
    "attestation-signature",
    "pure Ed25519, a message in Rekor v2, by its digest",
    "A log of digests takes the prehashed form only.",
    { bundle: withKey(unhinted, PURE), verify: byDigest(PURE) },
  ),
  refused(
    "attestation-signature",
    "prehashed Ed25519, an envelope in Rekor v1",
    "A log of envelopes takes the pure form only.",
    { bundle: withKey(inV1("dsse 0.0.1"), toyEd25519ph("leaf")) },
  ),
  refused(
    "attestation-signature",
    "RSA-PSS by a certificate's key",
    "A certificate's RSA key signs by PKCS #1 version 1.5.",
    { bundle: withKey(MESSAGE, { ...toyRsaPss(2048), algorithm: toyRsa(2048).algorithm }) },
  ),
  refused("attestation-signature", "P-384 with SHA-256", "The entry says SHA-384, as it must for the key.", {
    bundle: { ...withKey(MESSAGE, toyEcdsa("p384", "leaf")), signature: toyP256("leaf").sign(ARTIFACT) },
  }),
];

const bareKeys: readonly Case[] = [
  ...DIGEST_KEYS.map(([name, key]) =>
    believed(`a known key: ${name}`, "A message in Rekor v2.", {
      bundle: bare(MESSAGE, key),
      verify: asked(key),
    }),
  ),
  believed("a known key: Ed25519", "An envelope in Rekor v1.", {
    bundle: bare(inV1("dsse 0.0.1"), toyEd25519("leaf")),
    verify: asked(toyEd25519("leaf")),
  }),
  ...([2048, 3072, 4096] as const).map((bits) =>
    believed(`a known key: RSA-PSS of ${bits} bits`, "Where PSS is asked for. A message in Rekor v1.", {
      bundle: bare(inV1("hashedrekord 0.0.1"), toyRsaPss(bits)),
      verify: asked(toyRsaPss(bits), "pss"),
    }),
  ),
  believed("a known key: RSA-PSS, by its digest", "The digest is enough.", {
    bundle: { ...bare(inV1("hashedrekord 0.0.1"), toyRsaPss(2048)), content: unhinted.content },
    verify: { ...asked(toyRsaPss(2048), "pss"), ...byDigest(toyRsaPss(2048)) },
  }),
  believed("a known P-256 key, where PSS is asked for", "The padding is one of RSA.", {
    bundle: bare(MESSAGE, toyP256("leaf")),
    verify: asked(toyP256("leaf"), "pss"),
  }),
  believed("a known Ed25519 key, where PSS is asked for", "The padding is one of RSA.", {
    bundle: bare(MESSAGE, toyEd25519ph("leaf")),
    verify: asked(toyEd25519ph("leaf"), "pss"),
  }),
  refused(
    "attestation-signature",
    "PSS, where PKCS #1 is asked for",
    "Nothing in a bundle says it, so the caller does.",
    { bundle: bare(inV1("hashedrekord 0.0.1"), toyRsaPss(2048)), verify: asked(toyRsaPss(2048), "pkcs1") },
  ),
  refused(
    "attestation-signature",
    "PKCS #1, where PSS is asked for",
    "Nothing in a bundle says it, so the caller does.",
    { bundle: bare(inV1("hashedrekord 0.0.1"), toyRsa(2048)), verify: asked(toyRsa(2048), "pss") },
  ),
];

/** The leaf's issuer has this key. */
function issuedBy(key: ToyKey, by: { readonly root: ToyKey } = { root: TOY_KEYS.root }): Given {
  const keyId = encodeAuthorityKeyId(keyIdOf(key));
  const root: CertificatePlan = { ...PLANS.root, key: by.root, signer: by.root };
  const intermediate: CertificatePlan = {
    ...withExtension(PLANS.intermediate, { subjectKeyId: encodeSubjectKeyId(keyIdOf(key)) }),
    key,
    signer: by.root,
  };
  const leaf: CertificatePlan = { ...withExtension(LEAF, { authorityKeyId: keyId }), signer: key };
  return {
    bundle: { ...MESSAGE, leaf, issuer: intermediate },
    root: { ...SOUND_ROOT, cas: [{ ...CA, certificates: [intermediate, root] }] },
  };
}

const pssCa: ToyKey = toyRsaPss(4096);

const authorities: readonly Case[] = [
  believed(
    "an intermediate with a P-384 key",
    "As the public instance has.",
    issuedBy(toyEcdsa("p384", "ca")),
  ),
  believed(
    "intermediate and root with P-384 keys",
    "As the public instance has.",
    issuedBy(toyEcdsa("p384", "ca"), { root: toyEcdsa("p384", "ca root") }),
  ),
  believed("an intermediate with a P-521 key", "Signed with SHA-512.", issuedBy(toyEcdsa("p521", "ca"))),
  believed("an intermediate with an RSA key", "Signed by PKCS #1 version 1.5.", issuedBy(toyRsa(2048))),
  believed(
    "a root with an RSA key",
    "Signed by PKCS #1 version 1.5.",
    issuedBy(TOY_KEYS.intermediate, { root: toyRsa(4096) }),
  ),
  believed("an intermediate that signs by RSA-PSS", "MGF1 and salt as the hash.", issuedBy(toyRsaPss(2048))),
  believed(
    "a root that signs by RSA-PSS",
    "MGF1 and salt as the hash.",
    issuedBy(TOY_KEYS.intermediate, { root: pssCa }),
  ),
  believed(
    "an intermediate with an Ed25519 key",
    "Signed over the bytes themselves.",
    issuedBy(toyEd25519("ca")),
  ),
  refused(
    "certificate-signature",
    "RSA-PSS where PKCS #1 is named",
    "The algorithm is in the certificate, and signed.",
    issuedBy({ ...toyRsaPss(2048), algorithm: toyRsa(2048).algorithm }),
  ),
  refused(
    "certificate-signature",
    "PKCS #1 where RSA-PSS is named",
    "The algorithm is in the certificate, and signed.",
    issuedBy({ ...toyRsa(2048), algorithm: toyRsaPss(2048).algorithm }),
  ),
  ...(
    [
      ["RSA", toyRsa(2048)],
      ["RSA-PSS", toyRsaPss(2048)],
      ["Ed25519", toyEd25519("ca")],
    ] as const
  ).map(([name, key]) =>
    refused(
      "certificate-signature",
      `a P-256 issuer, where ${name} is named`,
      "Key and algorithm must be of one kind.",
      {
        bundle: { ...MESSAGE, leaf: { ...LEAF, signer: { ...key, name: "mixed" } } },
      },
    ),
  ),
  refused(
    "certificate-signature",
    "an Ed25519 issuer, where ECDSA is named",
    "Key and algorithm must be of one kind.",
    issuedBy({ ...toyEd25519("ca"), algorithm: { kind: "ecdsa", hash: "sha256" } }),
  ),
  refused(
    "certificate-signature",
    "an RSA issuer, where ECDSA is named",
    "Key and algorithm must be of one kind.",
    issuedBy({ ...toyRsa(2048), algorithm: { kind: "ecdsa", hash: "sha256" } }),
  ),
];

/** A certificate log with this key. */
function promisedBy(key: ToyKey, numbers: SctPlan["numbers"]): Given {
  const log = { key, host: "ct.toy.test", logId: sha256(key.spki) };
  return {
    bundle: { ...MESSAGE, scts: [{ ...SCT, log: key, signer: key, numbers }] },
    root: { ...SOUND_ROOT, ctlogs: [trusted(log)] },
  };
}

const ctLogs: readonly Case[] = [
  believed(
    "a certificate log with a P-384 key",
    "SHA-384 and ECDSA, by their numbers in TLS.",
    promisedBy(toyEcdsa("p384", "ct"), [5, 3]),
  ),
  believed(
    "a certificate log with a P-521 key",
    "SHA-512 and ECDSA.",
    promisedBy(toyEcdsa("p521", "ct"), [6, 3]),
  ),
  believed("a certificate log with an RSA key", "SHA-256 and RSA.", promisedBy(toyRsa(2048), [4, 1])),
  refused(
    "sct-signature",
    "a certificate log with an RSA key, and an SCT that says ECDSA",
    "Key and algorithm must be of one kind.",
    promisedBy(toyRsa(2048), [4, 3]),
  ),
  refused(
    "sct-signature",
    "a certificate log with a P-384 key, and an SCT that says SHA-256",
    "The hash is another.",
    promisedBy(toyEcdsa("p384", "ct"), [4, 3]),
  ),
];

/** Bundles whose certificate is of this key, which nobody has to have. */
const ofSpki = (spki: Uint8Array): Given => ({
  bundle: withKey(MESSAGE, { ...toyP256("leaf"), spki }),
});
const ec = (curve: string, point: Uint8Array): Uint8Array =>
  derSequence(derSequence(derOid(EC_PUBLIC_KEY_OID), derOid(curve)), derBitString(point));
const rsa = (modulusBytes: number, exponent: number): Uint8Array =>
  derSequence(
    derSequence(derOid("1.2.840.113549.1.1.1"), derNull()),
    derBitString(derSequence(derInteger(new Uint8Array(modulusBytes).fill(0xff)), derInteger(exponent))),
  );
const P256_OID = "1.2.840.10045.3.1.7";
const point = toyP256("leaf").spki.subarray(-65);

const refusedKeys: readonly Case[] = [
  refused(
    "unsupported",
    "a key on secp256k1",
    "Not one of the curves of Sigstore.",
    ofSpki(ec("1.3.132.0.10", point)),
  ),
  refused(
    "unsupported",
    "a compressed point",
    "Points have one spelling.",
    ofSpki(ec(P256_OID, concat(Uint8Array.of(2), point.subarray(1, 33)))),
  ),
  refused(
    "unsupported",
    "a point that is cut short",
    "A coordinate has 32 bytes.",
    ofSpki(ec(P256_OID, point.subarray(0, -1))),
  ),
  refused("out-of-range", "RSA of 2040 bits", "2048 is the least.", ofSpki(rsa(255, 65_537))),
  refused("out-of-range", "RSA of 4104 bits", "4096 is the most.", ofSpki(rsa(513, 65_537))),
  refused("out-of-range", "RSA with the exponent 3", "The exponent is 65537.", ofSpki(rsa(256, 3))),
  refused(
    "unsupported",
    "RSA of 2056 bits",
    "Sigstore's registry has 2048, 3072 and 4096.",
    ofSpki(rsa(257, 65_537)),
  ),
  refused(
    "unsupported",
    "a DSA key",
    "Not accepted.",
    ofSpki(derSequence(derSequence(derOid("1.2.840.10040.4.1")), derBitString(point))),
  ),
  refused(
    "trailing-data",
    "bytes after the key",
    "One key.",
    ofSpki(
      derSequence(derSequence(derOid(EC_PUBLIC_KEY_OID), derOid(P256_OID)), derBitString(point), derNull()),
    ),
  ),
];

const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
/** The sound signature as two numbers. */
const pair = parseEcdsaSignature(MESSAGE.signer.sign(ARTIFACT), "p256", "der");
const [r, s] = [pair.r, pair.s];
const ecdsaOf = (first: Uint8Array, second: Uint8Array): Given => ({
  bundle: { ...MESSAGE, signature: derSequence(derInteger(first), derInteger(second)) },
});
const ZERO = Uint8Array.of(0);

function numberBytes(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));
}

const signatures: readonly Case[] = [
  believed(
    "ECDSA with the other s",
    "r and n - s are a signature too, of which Sigstore forbids neither.",
    ecdsaOf(r, numberBytes(order - BigInt(`0x${encodeHex(s)}`))),
  ),
  refused("attestation-signature", "ECDSA with r of zero", "r is in 1..n-1.", ecdsaOf(ZERO, s)),
  refused("attestation-signature", "ECDSA with s of zero", "s is in 1..n-1.", ecdsaOf(r, ZERO)),
  refused(
    "attestation-signature",
    "ECDSA with s above the order",
    "s is in 1..n-1.",
    ecdsaOf(r, numberBytes(order + 1n)),
  ),
  refused("attestation-signature", "ECDSA as r and s without DER", "Signatures have one spelling.", {
    bundle: {
      ...MESSAGE,
      signature: concat(numberBytes(BigInt(`0x${encodeHex(r)}`)), numberBytes(BigInt(`0x${encodeHex(s)}`))),
    },
  }),
  refused("attestation-signature", "bytes after the signature", "Signatures have one spelling.", {
    bundle: { ...MESSAGE, signature: concat(MESSAGE.signer.sign(ARTIFACT), ZERO) },
  }),
];

export const KEY_CASES = [...leaves, ...bareKeys, ...authorities, ...ctLogs, ...refusedKeys, ...signatures];
