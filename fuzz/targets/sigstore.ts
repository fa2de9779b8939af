// SPDX-License-Identifier: Apache-2.0
import {
  ATTESTATION_BYTES_MAX,
  bundleFromAttestation,
  encodeAttestation,
  encodeBundle,
  encodeHashedRekordBody,
  encodeHashedRekordRequest,
  encodeProvenance,
  encodeRekorV1Body,
  encodeTrustedRoot,
  type HashedRekord,
  PROVENANCE_BYTES_MAX,
  parseAttestation,
  parseBundle,
  parseHashedRekordBody,
  parseHashedRekordRequest,
  parseInTotoStatement,
  parseProvenance,
  parseRekorV1Body,
  parseTrustedRoot,
  type RekorV1Body,
  TRUSTED_ROOT_BYTES_MAX,
} from "@countermark/formats";
import { sampleAttestation } from "../../packages/formats/test/attest/sample.ts";
import {
  makeMessageWorld,
  makeWorld,
  soundPlan,
  TOY_FILE,
} from "../../packages/verify/test/support/toy-sigstore.ts";
import { nothing, stable } from "../oracles.ts";
import { conformance, inside } from "../seeds.ts";
import { row, type Target } from "../target.ts";

const { attestation, root } = makeWorld(soundPlan());
const bodies = (): readonly Uint8Array[] =>
  attestation.transparencyEntries.map(({ canonicalizedBody }) => canonicalizedBody);
const publishedBundles = (): readonly Uint8Array[] =>
  conformance("sigstore/bundle-verify/*/bundle.sigstore.json");
const { certificate, signature } = attestation;
const verifier = { kind: "certificate", der: certificate.der } as const;
const digest = TOY_FILE.sha256;
const V1_BODIES: readonly RekorV1Body[] = [
  { kind: "hashedrekord", version: "0.0.1", algorithm: "sha256", digest, signature, verifier },
  { kind: "dsse", version: "0.0.1", payloadSha256: digest, envelopeSha256: digest, signature, verifier },
];
const publisher = { kind: "GitHub", json: { kind: "GitHub", claims: null, repository: "o/p" } } as const;

export const SIGSTORE_TARGETS: readonly Target[] = [
  row({
    name: "attestation",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: () => [
      ...[sampleAttestation, attestation].map(encodeAttestation),
      ...conformance("pep740/*attestation"),
    ],
    read: parseAttestation,
    accepted: stable(encodeAttestation, parseAttestation),
  }),
  row({
    name: "provenance",
    bytesMax: PROVENANCE_BYTES_MAX,
    seeds: () => [
      encodeProvenance({ bundles: [{ publisher, attestations: [attestation, sampleAttestation] }] }),
      ...conformance("pep740/*.provenance"),
    ],
    read: parseProvenance,
    accepted: stable(encodeProvenance, parseProvenance),
  }),
  row({
    name: "statement-in-toto",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: () => [
      attestation.statement,
      sampleAttestation.statement,
      ...conformance("sigstore/statement.json"),
    ],
    read: parseInTotoStatement,
    accepted: nothing,
  }),
  row({
    name: "bundle",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: () => [
      encodeBundle(bundleFromAttestation(attestation)),
      encodeBundle(makeMessageWorld(soundPlan(), TOY_FILE.bytes).bundle),
      ...publishedBundles(),
    ],
    read: (input) => parseBundle(input, "0.1"),
    accepted: (bundle) => {
      // What is written is of version 0.3, which has no place for what the older ones allowed.
      if (bundle.version === "0.3") stable(encodeBundle, (bytes) => parseBundle(bytes, "0.3"))(bundle);
    },
  }),
  row({
    name: "trusted-root",
    bytesMax: TRUSTED_ROOT_BYTES_MAX,
    seeds: () => [encodeTrustedRoot(root), ...conformance("trust/trusted_root.json")],
    read: parseTrustedRoot,
    accepted: stable(encodeTrustedRoot, parseTrustedRoot),
  }),
  row({
    name: "hashedrekord-body",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: bodies,
    read: parseHashedRekordBody,
    accepted: stable(encodeHashedRekordBody, parseHashedRekordBody),
  }),
  row({
    name: "rekor-v1-body",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: () => [...V1_BODIES.map(encodeRekorV1Body), ...inside(publishedBundles(), parseRekorV1Body)],
    read: parseRekorV1Body,
    accepted: stable(encodeRekorV1Body, parseRekorV1Body),
  }),
  row({
    name: "hashedrekord-request",
    bytesMax: ATTESTATION_BYTES_MAX,
    seeds: () => bodies().map((body) => encodeHashedRekordRequest(parseHashedRekordBody(body))),
    read: parseHashedRekordRequest,
    accepted: stable((request) => encodeHashedRekordRequest(logged(request)), parseHashedRekordRequest),
  }),
];

function logged(request: Omit<HashedRekord, "hashAlgorithm">): HashedRekord {
  return { hashAlgorithm: "SHA2_256", ...request };
}
