// SPDX-License-Identifier: Apache-2.0
// The verifiers of Sigstore and of identity tokens: a valid signed thing with something changed is refused, or means what it meant before.

import { isDeepStrictEqual } from "node:util";
import {
  ATTESTATION_BYTES_MAX,
  type Attestation,
  bundleFromAttestation,
  encodeAttestation,
  encodeBase64Url,
  encodeBundle,
  encodeTrustedRoot,
  ID_TOKEN_CHARS_MAX,
  type LogInclusionProof,
  parseAttestation,
  parseBundle,
  parseEcdsaSignature,
  parseIdToken,
  parseNote,
  parseTrustedRoot,
  type SigstoreBundle,
  type Timestamp,
  type TlogEntry,
  TRUSTED_ROOT_BYTES_MAX,
  utf8,
} from "@countermark/formats";
import {
  contentOfBytes,
  ORDINARY_DEMANDS,
  prepareTrustedRoot,
  providerRow,
  verifyAttestation,
  verifyBundle,
  verifyIdToken,
} from "@countermark/verify";
import { testCrypto as crypto } from "../../packages/verify/test/support/node-crypto.ts";
import { toyEd25519 } from "../../packages/verify/test/support/toy-keys.ts";
import {
  makeMessageWorld,
  makeWorld,
  soundPlan,
  TOY_FILE,
} from "../../packages/verify/test/support/toy-sigstore.ts";
import { nothing, textOf } from "../oracles.ts";
import { conformance } from "../seeds.ts";
import { expect, expectBytes, row, type Seeds, type Target } from "../target.ts";

const { attestation, root } = makeWorld(soundPlan());
const message = makeMessageWorld(soundPlan(), TOY_FILE.bytes).bundle;
const ANYBODY = { ...ORDINARY_DEMANDS, signer: { kind: "any-identity" } } as const;
const prepared = await prepareTrustedRoot(root, crypto);

/** Real bundles over one file, those of them that are good; none where the published data is absent. */
type Published = { readonly bytes: Uint8Array; readonly bundle: SigstoreBundle };
const [PUBLISHED_FILE = new Uint8Array()] = conformance("sigstore/bundle-verify/a.txt", "sigstore/a.txt");
const [publishedRootBytes = encodeTrustedRoot(root)] = conformance("trust/trusted_root.json");
const publishedRoot = await prepareTrustedRoot(parseTrustedRoot(publishedRootBytes), crypto);
const published: Published[] = [];

async function publishedSeeds(): Promise<Seeds> {
  for (const bytes of conformance("sigstore/bundle-verify/*/bundle.sigstore.json")) {
    try {
      published.push({ bytes, bundle: await believePublished(bytes) });
    } catch {
      // The suite holds bad bundles too, and some under other roots.
    }
  }
  return published.length === 0 ? [encodeBundle(message)] : published.map(({ bytes }) => bytes);
}

async function believePublished(bytes: Uint8Array): Promise<SigstoreBundle> {
  const bundle = parseBundle(bytes, "0.1");
  await verifyBundle(bundle, { ...ANYBODY, artifact: contentOfBytes(PUBLISHED_FILE) }, publishedRoot, crypto);
  return bundle;
}

const issuer = toyEd25519("fuzz issuer");
const GITHUB = providerRow({
  provider: "github",
  issuer: "https://token.example",
  serverUrl: "https://github.com",
});
const NOW = 1_800_000_000;
const expected = {
  row: { ...GITHUB, algorithms: ["EdDSA"] as const },
  keys: [{ keyId: "k", algorithm: "EdDSA", spki: new Uint8Array(issuer.spki) }] as const,
  audience: "pypi",
  now: NOW,
  leewaySeconds: 30,
};
const token = signToken({
  iss: GITHUB.issuer,
  sub: "s",
  aud: "pypi",
  iat: NOW - 10,
  nbf: NOW - 10,
  exp: NOW + 290,
  jti: "j",
  x: [1],
});

export const VERIFY_TARGETS: readonly Target[] = [
  row({
    name: "verify-attestation",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: () => [encodeAttestation(attestation)],
    read: async (input) => {
      const parsed = parseAttestation(input);
      const { attestationDigest: _, ...evidence } = await verifyAttestation(
        parsed,
        TOY_FILE,
        prepared,
        crypto,
      );
      return { parsed, evidence };
    },
    accepted: ({ parsed, evidence }) => {
      expect(
        parsed.certificate.der.length > 0 && evidence.signedAt === ATTESTED_AT,
        "the time is as it was signed",
      );
      attestationIsMeant(parsed);
    },
  }),
  row({
    name: "verify-bundle",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: () => [encodeBundle(bundleFromAttestation(attestation)), encodeBundle(message)],
    read: async (input) => {
      const bundle = parseBundle(input, "0.1");
      await verifyBundle(bundle, { ...ANYBODY, artifact: contentOfBytes(TOY_FILE.bytes) }, prepared, crypto);
      return bundle;
    },
    accepted: bundleIsMeant,
  }),
  row({
    name: "verify-published-bundle",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: publishedSeeds,
    read: believePublished,
    accepted: ({ signer, content: { kind, signature } }) => {
      const isOne = ({ bundle }: Published): boolean =>
        isDeepStrictEqual(
          [bundle.signer, bundle.content.kind, bundle.content.signature],
          [signer, kind, signature],
        );
      expect(published.some(isOne), "the signature and its signer are those of a published bundle");
    },
  }),
  row({
    name: "prepare-trusted-root",
    bytesMax: TRUSTED_ROOT_BYTES_MAX,
    seeds: () => [encodeTrustedRoot(root), ...conformance("trust/trusted_root.json")],
    read: (input) => prepareTrustedRoot(parseTrustedRoot(input), crypto),
    accepted: nothing,
  }),
  row({
    name: "verify-id-token",
    bytesMax: ID_TOKEN_CHARS_MAX,
    seeds: () => [utf8(token)],
    read: (input) => verifyIdToken(parseIdToken(textOf(input)), expected, crypto),
    accepted: (_, input) => expectBytes(input, utf8(token), "no other token is believed"),
  }),
];

const ATTESTED_AT = attestation.timestamps[0]?.info.time;

/** What is covered by a signature is what it was; what is not (unsigned attributes, a second copy of an entry) may differ. */
function attestationIsMeant(parsed: Attestation): void {
  expectBytes(parsed.certificate.der, attestation.certificate.der, "the certificate is what was signed");
  expectBytes(parsed.statement, attestation.statement, "the statement is what was signed");
  expectBytes(parsed.signature, attestation.signature, "the signature is the one that was timestamped");
  entriesAreMeant(parsed.transparencyEntries, attestation.transparencyEntries);
  timestampsAreMeant(parsed.timestamps, attestation.timestamps);
}

function bundleIsMeant({ signer, content, tlogEntries, timestamps }: SigstoreBundle): void {
  const wanted = content.kind === "dsse" ? bundleFromAttestation(attestation) : message;
  expect(isDeepStrictEqual(signer, wanted.signer), "the signer is who signed");
  // The digest of a message is a hint, and may be left out.
  const hint = content.kind === "dsse" || content.digest !== null ? {} : { digest: null };
  expect(isDeepStrictEqual(content, { ...wanted.content, ...hint }), "the content is what was signed");
  entriesAreMeant(tlogEntries, wanted.tlogEntries);
  timestampsAreMeant(timestamps, wanted.timestamps);
}

function entriesAreMeant(entries: readonly TlogEntry[], [wanted]: readonly TlogEntry[]): void {
  expect(entries.length === 1 && wanted !== undefined, "there is one log entry");
  for (const { logId, canonicalizedBody, inclusionProof } of entries) {
    expectBytes(logId, wanted?.logId ?? logId, "the entry is of the same log");
    expectBytes(canonicalizedBody, wanted?.canonicalizedBody ?? logId, "the entry is what was logged");
    const [proof, good] = [inclusionProof, wanted?.inclusionProof];
    const places = [proof, good].map((of) => [of?.logIndex, of?.treeSize, of?.rootHash, of?.hashes]);
    expect(isDeepStrictEqual(places[0], places[1]), "the entry is proved as it was");
    expect(textOfNote(proof) === textOfNote(good), "the head is what was signed");
  }
}

function textOfNote(proof: LogInclusionProof | null | undefined): string | undefined {
  return proof?.checkpoint === undefined ? undefined : parseNote(proof.checkpoint).text;
}

/** Timestamps of one authority over one signature. Of (r, s) and (r, -s) both are signatures, so only r is compared. */
function timestampsAreMeant(timestamps: readonly Timestamp[], [wanted]: readonly Timestamp[]): void {
  expect(timestamps.length > 0 && wanted !== undefined, "there is a timestamp");
  for (const { infoBytes, signedBytes, signature } of timestamps) {
    expectBytes(infoBytes, wanted?.infoBytes ?? signature, "the time is what was signed");
    expectBytes(signedBytes, wanted?.signedBytes ?? signature, "the attributes are what was signed");
    const [r, good] = [signature, wanted?.signature ?? signature].map(
      (pair) => parseEcdsaSignature(pair, "p256", "der").r,
    );
    expect(isDeepStrictEqual(r, good), "the timestamp is by the same signature");
  }
}

function signToken(claims: object): string {
  const part = (value: object): string => encodeBase64Url(utf8(JSON.stringify(value)));
  const signed = `${part({ alg: "EdDSA", kid: "k", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${encodeBase64Url(issuer.sign(utf8(signed)))}`;
}
