// SPDX-License-Identifier: Apache-2.0
import {
  type BundleContent,
  type Certificate,
  encodeHex,
  equalBytes,
  type JsonInput,
  type PublicKey,
  parseInTotoStatement,
  parseSctList,
  type SigstoreBundle,
  type TlogEntry,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  type CosignerDemand,
  findIssuer,
  findTimestampAuthority,
  type PreparedChain,
  type PreparedTrustedRoot,
  type SignerDemand,
  STEPS,
  type StepId,
} from "@countermark/verify";
import { showTime } from "./attested.ts";
import type { Output } from "./output.ts";

/** What a check was of, and against what: enough to say what each of its steps found. */
export type StepContext = {
  readonly kind: "bundle" | "attestation";
  readonly bundle: SigstoreBundle;
  readonly root: PreparedTrustedRoot;
  readonly cosigners: CosignerDemand;
  readonly signer: SignerDemand | null;
};

/** Step -> what to do when it does not hold. */
const ADVICE: { readonly [step in StepId]: string } = {
  artifact: "get the file again from where its signer publishes it; if nothing changes, do not use it",
  timestamps: "renew the trusted root; if nothing changes, ask the signer for a new bundle",
  promises: "renew the trusted root; if nothing changes, ask the signer for a new bundle",
  times: "ask the signer for a bundle with an RFC 3161 timestamp",
  issued: "name the trusted root of the instance that was signed with, or renew it",
  alive: "do not use the file: the signature was made when the certificate had no life",
  sct: "renew the trusted root; if nothing changes, do not use the file",
  entries: "do not use the file: what is in the log is another signature",
  cosigners: "wait until the cosigners saw the tree, or compare the policy with the log's own list of them",
  signature: "do not use the file: it is not what was signed, or not signed by this signer",
  statement: "verify the file that the statement is about, under the name it was published with",
  identity: "do not use the file, unless its publisher says that this signer is the right one",
};

/** One step, numbered, with what was found and where the specification demands it. */
export type ShownStep = {
  readonly mark: string;
  readonly holds: string;
  readonly lines: readonly string[];
  readonly spec: string;
};

export function sayStep(number: number, { mark, holds, lines, spec }: ShownStep, out: Output): void {
  out.say(`    ${number}. ${mark}: ${holds}`);
  for (const line of [...lines, out.paint("quiet", spec)]) out.say(`         ${line}`);
}

/** Every step that held, in order. */
export function sayHeld(steps: readonly StepId[], context: StepContext, out: Output): void {
  steps.forEach((step, i) => {
    const { spec, holds } = STEPS[step];
    const skipped = whySkipped(step, context);
    const lines = foundAt(step, context);
    const shown =
      skipped === null
        ? { mark: out.paint("good", "holds"), holds, lines, spec }
        : { mark: out.paint("warning", "nothing to check"), holds: `${holds} (${skipped})`, lines, spec };
    sayStep(i + 1, shown, out);
  });
}

/** The steps that held, then the one that did not, and what to do. */
export function sayRefused(held: readonly StepId[], context: StepContext, out: Output): void {
  sayHeld(held, context, out);
  const step = nextStep(held, context);
  if (step === null) return;
  const { spec, holds } = STEPS[step];
  const mark = out.paint("bad", "does not hold");
  sayStep(held.length + 1, { mark, holds, lines: [`what to do: ${ADVICE[step]}`], spec }, out);
}

/** The same for programs. */
export function stepsJson(steps: readonly StepId[], context: StepContext): JsonInput {
  return steps.map((step) => ({
    step,
    checked: whySkipped(step, context) === null,
    holds: STEPS[step].holds,
    found: foundAt(step, context),
    spec: STEPS[step].spec,
  }));
}

/** The steps that held, and the one that did not; `failed` null where the evidence was refused between steps. */
export function refusedJson(
  held: readonly StepId[],
  context: StepContext,
): { readonly [name: string]: JsonInput } {
  const step = nextStep(held, context);
  const failed = step === null ? null : { step, ...STEPS[step], advice: ADVICE[step] };
  return { steps: stepsJson(held, context), failed };
}

function nextStep(held: readonly StepId[], { kind, bundle }: StepContext): StepId | null {
  const absent = new Set<StepId>(kind === "bundle" ? ["statement"] : ["artifact"]);
  if (bundle.signer.kind === "public-key") for (const step of CERTIFICATE_STEPS) absent.add(step);
  // Object.keys forgets the names' type.
  const steps = (Object.keys(STEPS) as readonly StepId[]).filter((step) => !absent.has(step));
  return steps.find((step) => !held.includes(step)) ?? null;
}

const CERTIFICATE_STEPS: readonly StepId[] = ["issued", "alive", "sct", "identity"];

function whySkipped(step: StepId, { bundle, cosigners, signer }: StepContext): string | null {
  if (step === "cosigners" && cosigners.kind === "not-demanded") return "no cosigner is demanded";
  if (step === "identity" && signer?.kind !== "identity") return "nobody is demanded";
  if (step === "timestamps" && bundle.timestamps.length === 0) return "there is none";
  const hasPromise = bundle.tlogEntries.some(({ inclusionPromise }) => inclusionPromise !== null);
  return step === "promises" && !hasPromise ? "there is none" : null;
}

function foundAt(step: StepId, { bundle, root }: StepContext): readonly string[] {
  const { signer, tlogEntries, timestamps, content } = bundle;
  const certificate = signer.kind === "certificate" ? signer.certificate : null;
  switch (step) {
    case "artifact":
    case "statement":
      return describeContent(content);
    case "timestamps":
      return timestamps.map((timestamp) => {
        const authority = findTimestampAuthority(timestamp, root.timestampAuthorities);
        return `${showTime(timestamp.info.time)} ${describeAuthority(authority)}`;
      });
    case "promises":
      return tlogEntries
        .filter(({ inclusionPromise }) => inclusionPromise !== null)
        .map((entry) => `${showTime(entry.integratedTime)} by ${logName(entry, root)}`);
    case "times":
      return describeTimes(bundle);
    case "issued":
    case "alive":
    case "sct":
      return certificate === null ? [] : [describeCertificate(step, certificate, { bundle, root })];
    case "entries":
      return tlogEntries.map((entry) => describeEntry(entry, root));
    case "signature":
      return [certificate === null ? "by the key that was demanded" : keyName(certificate.publicKey)];
    case "cosigners":
    case "identity":
      return [];
  }
}

function describeCertificate(
  step: "issued" | "alive" | "sct",
  certificate: Certificate,
  { bundle, root }: Pick<StepContext, "bundle" | "root">,
): string {
  switch (step) {
    case "issued": {
      const signedAt = Math.min(...timesOf(bundle));
      return describeAuthority(findIssuer(certificate, root.certificateAuthorities, signedAt));
    }
    case "alive":
      return `from ${showTime(certificate.notBefore)} to ${showTime(certificate.notAfter)}`;
    case "sct":
      return `${parseSctList(certificate).length} in the certificate`;
  }
}

function describeTimes(bundle: SigstoreBundle): readonly string[] {
  const times = timesOf(bundle);
  return [`from ${showTime(Math.min(...times))} to ${showTime(Math.max(...times))}`];
}

function timesOf({ timestamps, tlogEntries }: SigstoreBundle): readonly number[] {
  const promised = tlogEntries.filter(({ inclusionPromise }) => inclusionPromise !== null);
  return [
    ...timestamps.map(({ info }) => info.time),
    ...promised.map(({ integratedTime }) => integratedTime),
  ];
}

function describeContent(content: BundleContent): readonly string[] {
  if (content.kind === "message-signature") return ["the signature is over the file itself"];
  const { predicateType, subjects } = parseInTotoStatement(content.payload);
  return [`a statement ${predicateType} about ${subjects.length} subject${subjects.length === 1 ? "" : "s"}`];
}

function describeAuthority({ uri, operator, first }: PreparedChain): string {
  const keyId = first.subjectKeyId === null ? "" : `, key id ${encodeHex(first.subjectKeyId)}`;
  return `by ${uri === "" ? "an authority" : uri}${operator === "" ? "" : ` of ${operator}`}${keyId}`;
}

function describeEntry(entry: TlogEntry, root: PreparedTrustedRoot): string {
  const { kind, version, logIndex, inclusionProof } = entry;
  const tree = inclusionProof === null ? "by its promise alone" : `in a tree of ${inclusionProof.treeSize}`;
  return `${kind} ${version} at index ${logIndex} of ${logName(entry, root)}, ${tree}`;
}

function logName({ logId }: TlogEntry, root: PreparedTrustedRoot): string {
  const log = root.transparencyLogs.find((known) => equalBytes(known.logId, logId));
  const { names: [name = "an unknown log"] = [], operator = "" } = log ?? {};
  return operator === "" ? name : `${name} of ${operator}`;
}

export function keyName(key: PublicKey): string {
  const id = encodeHex(nodeCrypto.sha256(key.spki));
  if (key.kind === "ecdsa") return `an ECDSA key on ${key.curve}, SHA-256 ${id}`;
  return key.kind === "rsa"
    ? `an RSA key of ${key.bits} bits, SHA-256 ${id}`
    : `an Ed25519 key, SHA-256 ${id}`;
}
