// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import {
  type Attestation,
  attestationDigest,
  encodeHex,
  type JsonInput,
  openedPublisherId,
  type Predicate,
  type PublisherRecord,
  parseAttestation,
  parseProvenance,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  type CiIdentity,
  type Evidence,
  type LoggedFile,
  publisherRecordFor,
  showIdentity,
  type Verified,
  verifyAttestation,
  verifyReceipt,
} from "@countermark/verify";
import { ClientError, EXIT } from "../failure.ts";
import { identityOf } from "../proxy/identity-of.ts";
import { requirePredicate } from "../proxy/predicate.ts";
import { showTime } from "../show/attested.ts";
import { loggedJson, sayLogged } from "../show/logged.ts";
import type { Output } from "../show/output.ts";
import { encodePublisherJson } from "../show/publisher-json.ts";
import { readTrust, type Trust } from "../trust/read-trust.ts";
import { requireOwnEntry } from "../upload/own-entry.ts";
import type { CommandContext } from "../world.ts";

/** What is known of the file on this machine: its name as it was downloaded, and its digest. */
type LocalFile = { readonly filename: string; readonly sha256: Uint8Array };

/** Checks a file against evidence that lies beside it. Nothing is fetched: whatever is missing is said to be unproved. */
export async function verifyCommand(
  context: CommandContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { settings, out, world } = context;
  const path = args[0] ?? "";
  const trust = await readTrust(settings);
  const file = { filename: basename(path), sha256: nodeCrypto.sha256(await readFile(path)) };
  const receipt = await readReceipt(path, options["receipt"]);
  const attestations = await readAttestations(path, options);
  if (receipt === null && attestations.length === 0) {
    throw new ClientError(
      "usage",
      `Cannot verify ${file.filename} against nothing: name its --receipt, --attestation or --provenance`,
    );
  }
  out.say(out.paint("strong", file.filename));
  out.say(`  SHA-256 ${encodeHex(file.sha256)}`);
  const logged = receipt === null ? null : await verifyOwnReceipt(receipt, file, trust, world.now());
  if (logged !== null) sayLogged(logged, out);
  else out.say("  not checked: that it is logged (no receipt)");
  const attested = await verifyAttestations(file, attestations, logged, trust);
  for (const item of attested) sayEvidence(item, out);
  sayUnproved(logged, attested, out);
  out.result({
    filename: file.filename,
    sha256: encodeHex(file.sha256),
    logged: logged === null ? null : loggedJson(logged),
    attested: attested.map(attestedJson),
  });
  return EXIT.ok;
}

async function verifyOwnReceipt(
  receipt: Uint8Array,
  file: LocalFile,
  trust: Trust,
  now: number,
): Promise<Verified<LoggedFile>> {
  const asked = { trust: trust.description, now, fileSha256: encodeHex(file.sha256) };
  const logged = await verifyReceipt(receipt, asked, nodeCrypto);
  requireOwnEntry(logged, file.filename, trust.description.ecosystem);
  return logged;
}

type Attested = {
  readonly evidence: Verified<Evidence>;
  readonly identity: CiIdentity | null;
  /** Whether the receipt's entry lists it. */
  readonly isListed: boolean;
};

async function verifyAttestations(
  file: LocalFile,
  attestations: readonly Attestation[],
  logged: Verified<LoggedFile> | null,
  trust: Trust,
): Promise<readonly Attested[]> {
  const attested: Attested[] = [];
  for (const attestation of attestations) {
    const evidence = await verifyAttestation(attestation, file, trust.sigstore, nodeCrypto);
    const stated = logged === null ? null : findStated(attestation, logged);
    if (stated !== null) requirePredicate(file.filename, stated.predicate, evidence);
    const identity = stated === null ? null : identityOf(stated.publisher, evidence);
    attested.push({ evidence, identity, isListed: stated !== null });
  }
  return attested;
}

/** What the receipt's entry says of this attestation; null where it lists no such attestation or opens no name. */
function findStated(
  attestation: Attestation,
  logged: Verified<LoggedFile>,
): { readonly predicate: Predicate; readonly publisher: PublisherRecord } | null {
  const digest = encodeHex(attestationDigest(nodeCrypto.sha256, attestation));
  const stated = logged.statement.attestations.find((item) => item.digest === digest);
  const openings = logged.detail?.publishers ?? [];
  const opening = openings.find((item) => openedPublisherId(nodeCrypto.sha256, item) === stated?.publisher);
  if (stated === undefined || opening === undefined) return null;
  return { predicate: stated.predicate, publisher: opening.record };
}

function sayEvidence({ evidence, identity, isListed }: Attested, out: Output): void {
  const { san, claims, signedAt } = evidence;
  const name = "value" in san ? san.value : "a name of another kind";
  out.say(
    identity === null
      ? `  attested by ${JSON.stringify(name)} of ${claims.issuer ?? "no issuer"}`
      : `  attested by ${showIdentity(publisherRecordFor(identity))}, the publisher that the ledger names`,
  );
  out.say(`    ${evidence.predicateType}`);
  out.say(`    signed ${showTime(signedAt)}, commit ${claims.sourceRepositoryDigest ?? "unknown"}`);
  if (!isListed)
    out.say("    not checked: that the ledger lists it, and that this identity may publish the project");
}

/** What the evidence at hand does not say, so that nobody reads it into a success. */
function sayUnproved(logged: Verified<LoggedFile> | null, attested: readonly Attested[], out: Output): void {
  if (attested.length === 0) {
    const listed = logged?.statement.attestations.length ?? 0;
    const note = listed > 0 ? `its entry lists ${listed} attestations, none was given` : "none was given";
    out.say(`  not attested here: ${note}`);
  }
  out.say("  not proved: that the index still serves it, or that it is safe");
}

function attestedJson({ evidence, identity, isListed }: Attested): JsonInput {
  return {
    predicateType: evidence.predicateType,
    issuer: evidence.claims.issuer,
    subject: "value" in evidence.san ? evidence.san.value : null,
    commit: evidence.claims.sourceRepositoryDigest,
    signedAt: evidence.signedAt,
    logIndex: evidence.logIndex,
    digest: encodeHex(evidence.attestationDigest),
    listedInLedger: isListed,
    identity: identity === null ? null : encodePublisherJson(publisherRecordFor(identity)),
  };
}

async function readReceipt(path: string, option: unknown): Promise<Uint8Array | null> {
  if (typeof option === "string") return await readFile(option);
  const beside = `${path}.tlog-proof`;
  return (await isThere(beside)) ? await readFile(beside) : null;
}

async function readAttestations(
  path: string,
  options: Readonly<Record<string, unknown>>,
): Promise<readonly Attestation[]> {
  const { attestation, provenance } = options;
  const beside = `${path}.publish.attestation`;
  const named = Array.isArray(attestation)
    ? attestation.map(String)
    : (await isThere(beside))
      ? [beside]
      : [];
  const attestations: Attestation[] = [];
  for (const name of named) attestations.push(parseAttestation(await readFile(name)));
  if (typeof provenance === "string") {
    const { bundles } = parseProvenance(await readFile(provenance));
    attestations.push(...bundles.flatMap((bundle) => bundle.attestations));
  }
  return attestations;
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
