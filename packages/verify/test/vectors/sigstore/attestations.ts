// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/attestations.json and provenance.json
import {
  encodeHex,
  jsonInput,
  parseAttestation,
  parseProvenance,
  parseTrustedRoot,
  utf8,
} from "@countermark/formats";
import {
  NO_TRACE,
  prepareTrustedRoot,
  type Thresholds,
  verifyAttestation,
  verifyAttestationOf,
} from "@countermark/verify";
import { bytesOf, type Cases } from "../case.ts";
import { type Expected, expected, jsonBytes } from "./bundles.ts";

interface AttestationVector {
  readonly name: string;
  readonly attestation?: unknown;
  readonly attestationText?: string;
  readonly trustedRoot: string;
  readonly file: { readonly filename: string; readonly sha256: string };
  readonly thresholds: Thresholds;
  readonly expect: Expected;
}

interface AttestationFile {
  readonly trustedRoots: Readonly<Record<string, unknown>>;
  readonly cases: readonly AttestationVector[];
}

export const attestationCases: Cases = (file, crypto) => {
  const { trustedRoots, cases } = file as AttestationFile; // compared with what the generator makes
  return cases.map(({ name, attestation, attestationText, trustedRoot, file: given, thresholds, expect }) => {
    const bytes = utf8(attestationText ?? JSON.stringify(attestation));
    const asked = { filename: given.filename, sha256: bytesOf(given.sha256) };
    return expected(name, expect, async () => {
      const root = await prepareTrustedRoot(parseTrustedRoot(jsonBytes(trustedRoot, trustedRoots)), crypto);
      const demands = {
        file: asked,
        thresholds,
        cosigners: { kind: "not-demanded" },
        trace: NO_TRACE,
      } as const;
      const isOrdinary = Object.values(thresholds).every((count) => count === 1);
      const parsed = parseAttestation(bytes);
      const evidence = isOrdinary
        ? await verifyAttestation(parsed, asked, root, crypto)
        : await verifyAttestationOf(parsed, demands, root, crypto);
      const { signedAt, logId, logIndex, san, claims, predicateType, predicate, attestationDigest } =
        evidence;
      return {
        signedAt,
        logId: encodeHex(logId),
        logIndex,
        name: san.value,
        issuer: claims.issuer,
        predicateType,
        predicate: jsonInput(predicate),
        digest: encodeHex(attestationDigest),
      };
    });
  });
};

interface ProvenanceFile {
  readonly cases: readonly {
    readonly name: string;
    readonly provenance: unknown;
    readonly expect: Expected;
  }[];
}

export const provenanceCases: Cases = (file) => {
  const { cases } = file as ProvenanceFile; // compared with what the generator makes
  return cases.map(({ name, provenance, expect }) =>
    expected(name, expect, async () => {
      const { bundles } = parseProvenance(utf8(JSON.stringify(provenance)));
      return {
        publishers: bundles.map(({ publisher }) => publisher.kind),
        attestations: bundles.map(({ attestations }) => attestations.length),
      };
    }),
  );
};
