// SPDX-License-Identifier: Apache-2.0
import {
  type Attestation,
  type BundleContent,
  bundleFromAttestation,
  type Certificate,
  encodeHex,
  type FulcioClaims,
  IN_TOTO_PAYLOAD_TYPE,
  type LedgerStatement,
  ParseError,
  parseAttestation,
  parseBundle,
  parseEntry,
  parseFileDetail,
  parseFulcioExtensions,
  parseIdentityLock,
  parseInTotoStatement,
  parseNote,
  parseProvenance,
  parseReceipt,
  parseTlogProof,
  quote,
  type SigstoreBundle,
  type TlogEntry,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { showIdentity } from "@countermark/verify";
import { showTime } from "./attested.ts";

export type Description = { readonly kind: string; readonly lines: readonly string[] };

/** Every kind of document that is known here, each with its own strict parser. */
const READERS: readonly { readonly kind: string; readonly read: (bytes: Uint8Array) => readonly string[] }[] =
  [
    { kind: "receipt (C2SP tlog-proof with its entry)", read: describeReceipt },
    { kind: "C2SP tlog-proof", read: describeProof },
    { kind: "signed note", read: describeNote },
    { kind: "PEP 740 attestation", read: (bytes) => describeAttestation(parseAttestation(bytes)) },
    { kind: "PEP 740 provenance", read: describeProvenance },
    { kind: "Sigstore bundle", read: (bytes) => describeBundle(parseBundle(bytes, "0.1")) },
    { kind: "identity lock", read: describeLock },
  ];

/**
 * What a document says, in words; none of it is verified.
 *
 * @throws ParseError `unsupported` when it is none that is known
 */
export function describeDocument(bytes: Uint8Array): Description {
  const reasons: string[] = [];
  for (const { kind, read } of READERS) {
    try {
      return { kind, lines: read(bytes) };
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      reasons.push(`not a ${kind} (${error.message})`);
    }
  }
  throw new ParseError("unsupported", `Cannot tell what this is: ${reasons.join("; ")}`);
}

function describeReceipt(bytes: Uint8Array): readonly string[] {
  const receipt = parseReceipt(bytes);
  const { statement, keyId } = parseEntry(receipt.entry);
  return [
    `entry at index ${receipt.proof.index}: ${statement.kind}`,
    ...describeStatement(statement),
    `countersigned by the key ${keyId}`,
    ...(receipt.detail.length === 0 ? ["without its detail"] : describeDetail(receipt.detail)),
    ...describeNote(receipt.proof.checkpoint),
  ];
}

function describeStatement(statement: LedgerStatement): readonly string[] {
  const common = [
    `of the log ${quote(statement.origin)}, project key ${statement.project}, at ${showTime(statement.time)}`,
  ];
  if (statement.kind !== "file-accepted") return common;
  const attestations = statement.attestations.map(
    ({ predicate, digest, time }) => `lists the ${predicate} attestation ${digest} of ${showTime(time)}`,
  );
  return [
    ...common,
    `of a file with the SHA-256 ${statement.sha256}, ${statement.size} bytes`,
    ...attestations,
  ];
}

function describeDetail(bytes: Uint8Array): readonly string[] {
  const detail = parseFileDetail(bytes);
  return [
    `file ${quote(detail.filename)}, version ${quote(detail.version)}`,
    ...detail.publishers.map(({ record }) => `publisher ${showIdentity(record)}`),
  ];
}

function describeProof(bytes: Uint8Array): readonly string[] {
  const proof = parseTlogProof(bytes);
  return [`entry at index ${proof.index}, ${proof.hashes.length} hashes`, ...describeNote(proof.checkpoint)];
}

function describeNote(bytes: Uint8Array): readonly string[] {
  const note = parseNote(bytes);
  return [
    ...note.text
      .trimEnd()
      .split("\n")
      .map((line) => `note: ${line}`),
    ...note.signatures.map((line) => `signature line by ${quote(line.name)}, key ${encodeHex(line.keyId)}`),
  ];
}

function describeProvenance(bytes: Uint8Array): readonly string[] {
  return parseProvenance(bytes).bundles.flatMap((bundle) => [
    `bundle of a publisher that the index calls ${JSON.stringify(bundle.publisher.json)}`,
    ...bundle.attestations.flatMap(describeAttestation),
  ]);
}

function describeAttestation(attestation: Attestation): readonly string[] {
  return describeSigned(bundleFromAttestation(attestation));
}

function describeBundle(bundle: SigstoreBundle): readonly string[] {
  return [`version ${bundle.version}`, ...describeSigned(bundle)];
}

function describeSigned(bundle: SigstoreBundle): readonly string[] {
  const { content, signer, timestamps, tlogEntries } = bundle;
  return [
    ...describeContent(content),
    ...(signer.kind === "certificate"
      ? describeCertificate(signer.certificate)
      : [`signed by a key that its reader must know; the bundle's hint is ${quote(signer.hint)}`]),
    ...timestamps.map(({ info }) => `timestamp ${showTime(info.time)}`),
    ...tlogEntries.map(describeLogEntry),
  ];
}

function describeContent(content: BundleContent): readonly string[] {
  if (content.kind === "message-signature") {
    const { digest } = content;
    const hint =
      digest === null ? "of no digest" : `of the ${digest.algorithm} digest ${encodeHex(digest.value)}`;
    return [`signature over a file ${hint}`];
  }
  if (content.payloadType !== IN_TOTO_PAYLOAD_TYPE)
    return [`envelope of the type ${quote(content.payloadType)}`];
  const said = parseInTotoStatement(content.payload);
  return [
    `statement ${said.predicateType}`,
    ...said.subjects.map(
      ({ name, digest }) =>
        `about ${quote(name)}, ${digest === null ? "no digest that is read" : `${digest.algorithm} ${encodeHex(digest.digest)}`}`,
    ),
  ];
}

function describeCertificate(certificate: Certificate): readonly string[] {
  const names = certificate.subjectAltName ?? [];
  return [
    `certificate ${encodeHex(nodeCrypto.sha256(certificate.der))}, alive from ${showTime(certificate.notBefore)} to ${showTime(certificate.notAfter)}`,
    ...names.map(
      (name) => `  for ${"value" in name ? JSON.stringify(name.value) : "a name of another kind"}`,
    ),
    ...describeClaims(parseFulcioExtensions(certificate)),
  ];
}

function describeLogEntry(entry: TlogEntry): string {
  const { kind, version, logIndex, inclusionProof, inclusionPromise, integratedTime } = entry;
  const proof =
    inclusionProof === null ? "without inclusion proof" : `in a tree of ${inclusionProof.treeSize}`;
  const promise = inclusionPromise === null ? "" : `, with a promise of ${showTime(integratedTime)}`;
  return `log entry ${kind} ${version} at index ${logIndex}, ${proof}${promise}`;
}

function describeClaims(claims: FulcioClaims): readonly string[] {
  return Object.entries(claims).flatMap(([name, value]) => (value === null ? [] : [`  ${name}: ${value}`]));
}

function describeLock(bytes: Uint8Array): readonly string[] {
  return [...parseIdentityLock(bytes).projects].map(
    ([name, project]) =>
      `${name}: ${project.identity === null ? "unattested when locked" : showIdentity(project.identity)}, ` +
      `${project.files.size} files, of ${project.index}`,
  );
}
