// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import {
  type Attestation,
  type BundleVersion,
  type Provenance,
  type ProvenancePublisher,
  parseAttestation,
  parseBundle,
  parseProvenance,
  type SigstoreBundle,
} from "@countermark/formats";
import { ClientError } from "../failure.ts";
import { isThere } from "./artifact.ts";

/** Something that may say where a file comes from. Parsed, not believed; a receipt not even parsed. */
export type EvidenceItem =
  | { readonly kind: "receipt"; readonly source: string; readonly bytes: Uint8Array }
  | { readonly kind: "bundle"; readonly source: string; readonly bundle: SigstoreBundle }
  | {
      readonly kind: "attestation";
      readonly source: string;
      readonly attestation: Attestation;
      /** The index's word on who the publisher is; null for an attestation that came alone. */
      readonly publisher: ProvenancePublisher | null;
    };

export type EvidenceOptions = {
  readonly receipt?: string;
  readonly bundle?: readonly string[];
  readonly attestation?: readonly string[];
  readonly provenance?: string;
};

type FileKind = "receipt" | "bundle" | "attestation" | "provenance";
type NamedFile = readonly [kind: FileKind, path: string];

/** What a file's name is followed by -> the kind of evidence in it. */
const SUFFIXES: readonly (readonly [suffix: string, kind: FileKind])[] = [
  [".tlog-proof", "receipt"],
  [".sigstore.json", "bundle"],
  [".sigstore", "bundle"],
  [".publish.attestation", "attestation"],
  [".slsa.attestation", "attestation"],
  [".provenance", "provenance"],
];

/**
 * The evidence that the options name; where they name none, whatever lies beside the file.
 *
 * @param oldest bundles of older versions are refused.
 * @throws ParseError of each parser
 */
export async function findEvidence(
  path: string,
  options: EvidenceOptions,
  oldest: BundleVersion,
): Promise<readonly EvidenceItem[]> {
  const named = namedFiles(options);
  const items: EvidenceItem[] = [];
  for (const [kind, file] of named.length > 0 ? named : await filesBeside(path)) {
    items.push(...parseEvidence(kind, file, await readFile(file), oldest));
  }
  return items;
}

/**
 * The file that a piece of evidence is about, by its name; the argument itself where it is not named like evidence, or where
 * the options name evidence of their own.
 *
 * @throws ClientError `usage` when that file is not there
 */
export async function subjectPath(
  argument: string,
  options: EvidenceOptions,
): Promise<{ readonly path: string; readonly options: EvidenceOptions }> {
  const row = SUFFIXES.find(([suffix]) => argument.endsWith(suffix) && argument.length > suffix.length);
  if (row === undefined || namedFiles(options).length > 0) return { path: argument, options };
  const [suffix, kind] = row;
  const path = argument.slice(0, -suffix.length);
  if (!(await isThere(path))) {
    throw new ClientError(
      "usage",
      `Cannot verify ${argument} alone: wanted the file that it is about at ${path}, or "FILE --${kind} ${argument}"`,
    );
  }
  const named = kind === "bundle" || kind === "attestation" ? { [kind]: [argument] } : { [kind]: argument };
  return { path, options: named };
}

/** The attestations of a provenance object, each with the publisher that the index gives it. */
export function attestationsOf(provenance: Provenance, source: string): readonly EvidenceItem[] {
  return provenance.bundles.flatMap(({ publisher, attestations }, i) =>
    attestations.map((attestation, j) => ({
      kind: "attestation" as const,
      source: `${source}, bundle ${i + 1}, attestation ${j + 1}`,
      attestation,
      publisher,
    })),
  );
}

export function namesEvidence(options: EvidenceOptions): boolean {
  return namedFiles(options).length > 0;
}

function namedFiles(options: EvidenceOptions): readonly NamedFile[] {
  const { receipt, bundle = [], attestation = [], provenance } = options;
  const one = (kind: FileKind, path: string | undefined): readonly NamedFile[] =>
    path === undefined ? [] : [[kind, path]];
  return [
    ...one("receipt", receipt),
    ...bundle.map((path) => ["bundle", path] as const),
    ...attestation.map((path) => ["attestation", path] as const),
    ...one("provenance", provenance),
  ];
}

async function filesBeside(path: string): Promise<readonly NamedFile[]> {
  const found: NamedFile[] = [];
  for (const [suffix, kind] of SUFFIXES) {
    if (await isThere(`${path}${suffix}`)) found.push([kind, `${path}${suffix}`]);
  }
  return found;
}

function parseEvidence(
  kind: FileKind,
  source: string,
  bytes: Uint8Array,
  oldest: BundleVersion,
): readonly EvidenceItem[] {
  switch (kind) {
    case "receipt":
      return [{ kind, source, bytes }];
    case "bundle":
      return [{ kind, source, bundle: parseBundle(bytes, oldest) }];
    case "attestation":
      return [{ kind, source, attestation: parseAttestation(bytes), publisher: null }];
    case "provenance":
      return attestationsOf(parseProvenance(bytes), source);
  }
}
