// SPDX-License-Identifier: Apache-2.0
// Verifiers: a valid signed thing with something changed is refused, or means what it meant before.

import { isDeepStrictEqual } from "node:util";
import {
  ATTESTATION_BYTES_MAX,
  type Attestation,
  bundleFromAttestation,
  ENTRY_BYTES_MAX,
  encodeAttestation,
  encodeBase64Url,
  encodeBundle,
  encodeEntry,
  encodeHex,
  encodeStatement,
  encodeTrustedRoot,
  equalBytes,
  ID_TOKEN_CHARS_MAX,
  NOTE_BYTES_MAX,
  PROJECT_PROOF_BYTES_MAX,
  paeOf,
  parseAttestation,
  parseBundle,
  parseIdToken,
  parseNote,
  parseProjectProof,
  parseReceipt,
  parseTrust,
  parseTrustedRoot,
  type SigstoreBundle,
  STATE_BYTES_MAX,
  TLOG_PROOF_BYTES_MAX,
  type TlogEntry,
  TRUSTED_ROOT_BYTES_MAX,
  utf8,
} from "@countermark/formats";
import {
  apply,
  contentOfBytes,
  ORDINARY_DEMANDS,
  prepareTrustedRoot,
  providerRow,
  type TrustedCheckpoint,
  verifyAttestation,
  verifyBundle,
  verifyIdToken,
  verifyLedgerCheckpoint,
  verifyProjectProof,
  verifyReceipt,
  verifyStateFile,
} from "@countermark/verify";
import {
  acceptedFile,
  COUNTERSIGN,
  crypto,
  sha256,
  ToyLedger,
} from "../../packages/verify/test/ledger/toy-ledger.ts";
import { toyEd25519 } from "../../packages/verify/test/support/toy-keys.ts";
import {
  makeMessageWorld,
  makeWorld,
  soundPlan,
  TOY_FILE,
} from "../../packages/verify/test/support/toy-sigstore.ts";
import { nothing, textOf } from "../oracles.ts";
import { conformance, vectorCases, vectors } from "../seeds.ts";
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

const receipts = vectorCases<{ trust: string; accepted: ReceiptCase[] }>("receipt.json");
const proofs = vectorCases<{ trust: string; accepted: ProofCase[]; stateFile: StateFileCase }>(
  "project-proof.json",
);
const { stateFile } = proofs;
type ReceiptCase = { fileSha256: string; now: number; receipt: string };
type ProofCase = { name: string; now: number; proof: string; key: string; value: string | null };
type StateFileCase = { value: string; hex: string };
const [goodReceipt] = receipts.accepted;
const [goodProof] = proofs.accepted;
if (goodReceipt === undefined || goodProof === undefined)
  throw new TypeError("The vectors hold no good case");
const logged = parseReceipt(utf8(goodReceipt.receipt));
const proven = parseProjectProof(Buffer.from(goodProof.proof, "hex"));
const receiptAsked = {
  trust: trustOf(receipts.trust),
  now: goodReceipt.now,
  fileSha256: goodReceipt.fileSha256,
};
const proofAsked = { trust: trustOf(proofs.trust), now: goodProof.now, name: goodProof.name };

/** Every time at which a cosigner of the vectors saw the head. */
const COSIGNED_AT = new Set<number>();
for (const note of [
  ...receipts.accepted.map(({ receipt }) => checkpointOf(utf8(receipt))),
  ...vectors("project-proof.json", "accepted", "proof").map((proof) => parseProjectProof(proof).checkpoint),
]) {
  const { checkpoint } = await verifyLedgerCheckpoint(note, receiptAsked, crypto);
  for (const { time } of checkpoint.cosignatures) COSIGNED_AT.add(time);
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

const ledger = await ToyLedger.withProject();
await ledger.add(acceptedFile(ledger.now));
await ledger.seal();

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
  row({
    name: "verify-checkpoint",
    bytesMax: NOTE_BYTES_MAX,
    seeds: () => receipts.accepted.map(({ receipt }) => checkpointOf(utf8(receipt))),
    read: (input) => verifyLedgerCheckpoint(input, receiptAsked, crypto),
    accepted: (head, input) => headIsMeant(head, input, logged.proof.checkpoint),
  }),
  row({
    name: "verify-receipt",
    bytesMax: TLOG_PROOF_BYTES_MAX,
    seeds: () => vectors("receipt.json", "accepted", "receipt"),
    read: (input) => verifyReceipt(input, receiptAsked, crypto),
    accepted: ({ index, head }, input) => {
      const { proof, entry, detail } = parseReceipt(input);
      headIsMeant(head, proof.checkpoint, logged.proof.checkpoint);
      expect(index === logged.proof.index, "the entry stands where it stood");
      expectBytes(entry, logged.entry, "the entry is what was logged");
      expect(
        detail.length === 0 || equalBytes(detail, logged.detail),
        "the detail is what was logged, or absent",
      );
    },
  }),
  row({
    name: "verify-project-proof",
    bytesMax: PROJECT_PROOF_BYTES_MAX,
    seeds: () => vectors("project-proof.json", "accepted", "proof"),
    read: (input) => verifyProjectProof(input, proofAsked, crypto),
    accepted: ({ key, value, head }, input) => {
      const proof = parseProjectProof(input);
      headIsMeant(head, proof.checkpoint, proven.checkpoint);
      expectBytes(proof.stateLeaf, proven.stateLeaf, "the state is what was cosigned");
      expect(key === goodProof.key && value === goodProof.value, "the project is as it was cosigned");
      expectBytes(proof.mapProof, proven.mapProof, "no other proof leads to the map");
    },
  }),
  row({
    name: "verify-state-file",
    bytesMax: STATE_BYTES_MAX,
    seeds: () => [Buffer.from(stateFile.hex, "hex")],
    read: (input) => verifyStateFile(input, stateFile.value, sha256),
    accepted: (_, input) =>
      expectBytes(input, Buffer.from(stateFile.hex, "hex"), "no other state file is believed"),
  }),
  row({
    name: "apply-leaf",
    bytesMax: ENTRY_BYTES_MAX,
    seeds: () => vectors("transcripts.json", "", "leaf"),
    read: (leaf) => apply(ledger.state, leaf, crypto),
    accepted: appliedOnce,
    refused: (code) => expect(false, `apply throws nothing, not even ${code}`),
  }),
  row({
    name: "apply-statement",
    bytesMax: ENTRY_BYTES_MAX,
    seeds: () => [
      ...vectors("statements.json", "valid", "payload"),
      encodeStatement(ledger.statement(acceptedFile(ledger.now, { file: "ab".repeat(32) }))),
      encodeStatement(ledger.statement({ kind: "status", status: "archived" })),
      encodeStatement(ledger.statement({ kind: "yanked", files: [], reason: "mistake" })),
    ],
    read: (payload) => apply(ledger.state, countersigned(payload), crypto),
    accepted: appliedOnce,
    refused: (code) => expect(false, `apply throws nothing, not even ${code}`),
  }),
];

const ATTESTED_AT = attestation.timestamps[0]?.info.time;

/** What is covered by a signature is what it was; what is not (unsigned attributes, a second copy of an entry) may differ. */
function attestationIsMeant(parsed: Attestation): void {
  expectBytes(parsed.certificate.der, attestation.certificate.der, "the certificate is what was signed");
  expectBytes(parsed.statement, attestation.statement, "the statement is what was signed");
  expectBytes(parsed.signature, attestation.signature, "the signature is the one that was timestamped");
  entriesAreMeant(parsed.transparencyEntries, attestation.transparencyEntries);
}

function bundleIsMeant({ signer, content, tlogEntries }: SigstoreBundle): void {
  const wanted = content.kind === "dsse" ? bundleFromAttestation(attestation) : message;
  expect(isDeepStrictEqual(signer, wanted.signer), "the signer is who signed");
  // The digest of a message is a hint, and may be left out.
  const hint = content.kind === "dsse" || content.digest !== null ? {} : { digest: null };
  expect(isDeepStrictEqual(content, { ...wanted.content, ...hint }), "the content is what was signed");
  entriesAreMeant(tlogEntries, wanted.tlogEntries);
}

function entriesAreMeant(entries: readonly TlogEntry[], [wanted]: readonly TlogEntry[]): void {
  expect(entries.length > 0 && wanted !== undefined, "there is a log entry");
  for (const { logId, canonicalizedBody, inclusionProof } of entries) {
    expectBytes(logId, wanted?.logId ?? logId, "the entry is of the same log");
    expectBytes(
      canonicalizedBody,
      wanted?.canonicalizedBody ?? canonicalizedBody,
      "the entry is what was logged",
    );
    expect(inclusionProof?.logIndex === wanted?.inclusionProof?.logIndex, "the entry stands where it stood");
  }
}

/** Lines may come and go; the text is signed, and so is each cosigner's time. */
function headIsMeant({ checkpoint }: TrustedCheckpoint, note: Uint8Array, wanted: Uint8Array): void {
  expect(parseNote(note).text === parseNote(wanted).text, "the head is what was signed");
  const { tLo, tHi, cosignatures } = checkpoint;
  const times = cosignatures.map(({ time }) => time);
  expect(
    times.every((time) => COSIGNED_AT.has(time)),
    "a cosigner's time is one that was signed",
  );
  expect(COSIGNED_AT.has(tLo) && COSIGNED_AT.has(tHi), "the head's time is one that was signed");
}

function appliedOnce({ kind, state }: Awaited<ReturnType<typeof apply>>): void {
  expect(state.size === ledger.state.size + 1, "a leaf takes one place");
  const isSame = state.projects.commitment() === ledger.state.projects.commitment();
  expect(kind !== "void" || isSame, "a void entry changes no project");
}

function countersigned(payload: Uint8Array): Uint8Array {
  const keyId = encodeHex(sha256(Buffer.concat([SPKI_PREFIX, COUNTERSIGN.key])));
  return encodeEntry(payload, { keyId, signature: COUNTERSIGN.sign(paeOf(payload)) });
}

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

function signToken(claims: object): string {
  const part = (value: object): string => encodeBase64Url(utf8(JSON.stringify(value)));
  const signed = `${part({ alg: "EdDSA", kid: "k", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${encodeBase64Url(issuer.sign(utf8(signed)))}`;
}

function checkpointOf(receipt: Uint8Array): Uint8Array {
  return parseReceipt(receipt).proof.checkpoint;
}

function trustOf(text: string) {
  return parseTrust(utf8(text), sha256);
}
