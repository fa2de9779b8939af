// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import {
  type BundleVersion,
  bundleFromAttestation,
  encodeHex,
  type JsonInput,
  parsePolicy,
  parseUtf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  type CosignerDemand,
  type LoggedFile,
  type StepId,
  type Verified,
  verifyReceipt,
} from "@countermark/verify";
import { type LocalArtifact, openArtifact } from "../evidence/artifact.ts";
import { type Asked, type Checked, checkEvidence, type SignatureItem } from "../evidence/check-evidence.ts";
import {
  type EvidenceItem,
  type EvidenceOptions,
  findEvidence,
  namesEvidence,
  subjectPath,
} from "../evidence/find-evidence.ts";
import { fetchIndexEvidence, fetchUrlEvidence } from "../evidence/index-evidence.ts";
import { readSigner, type SignerOptions } from "../evidence/signer.ts";
import { ClientError, EXIT } from "../failure.ts";
import { openFetch } from "../fetch/open.ts";
import { baseUrl } from "../settings.ts";
import { attestedJson, bundleJson, sayChecked, signerWords } from "../show/checked.ts";
import { loggedJson, sayLogged, sayReceiptSteps } from "../show/logged.ts";
import { refusedJson, type StepContext, sayHeld, sayRefused, stepsJson } from "../show/steps.ts";
import { readTrust, type Trust } from "../trust/read-trust.ts";
import { readTrustedRoot, type SigstoreTrust } from "../trust/read-trusted-root.ts";
import { requireOwnEntry } from "../upload/own-entry.ts";
import type { CommandContext } from "../world.ts";

type VerifyOptions = EvidenceOptions &
  SignerOptions & {
    readonly index?: string;
    readonly trustedRoot?: string;
    readonly bundleVersionFloor?: string;
    readonly cosigners?: string;
    readonly explain?: boolean;
  };

type JsonMembers = { readonly [name: string]: JsonInput };

const BUNDLE_VERSIONS: readonly BundleVersion[] = ["0.1", "0.2", "0.3"];
/** By how much a cosigner's clock may be ahead of ours. */
const CLOCK_TOLERANCE_SECONDS = 300;

/**
 * Checks a file against evidence that is named, lies beside it, or is served by an index. Nothing is fetched unless an index or
 * a URL is named; whatever is missing is said to be unproved.
 */
export async function verifyCommand(
  context: CommandContext,
  args: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { out } = context;
  const options: VerifyOptions = given; // the table of options in cli.ts says these types
  const { artifact, items } = await openSubject(context, args[0] ?? "", options);
  if (items.length === 0) {
    throw new ClientError(
      "usage",
      `Cannot verify ${artifact.filename ?? "a digest"} against nothing: name its --bundle, --attestation, --provenance or ` +
        "--receipt, or the --index that serves it",
    );
  }
  const { trust, sigstore } = await openTrust(context, items, options);
  out.say(out.paint("strong", artifact.filename ?? "a file of this digest"));
  out.say(`  SHA-256 ${encodeHex(artifact.sha256)}`);
  const logged = await checkReceipt(items, artifact, trust, context);
  sayReceipt(logged, artifact, context, options);
  const signer = await readSigner(options);
  const cosigners = await readCosigners(options.cosigners, context);
  const asked: Asked = { artifact, sigstore, signer, cosigners, logged };
  const checked: Checked[] = [];
  for (const item of items) {
    if (item.kind !== "receipt") checked.push(await checkAndSay(item, asked, context, options));
  }
  sayUnproved(logged, checked, context);
  requireSigners(checked, asked);
  out.result(resultJson(asked, trust, checked));
  return EXIT.ok;
}

type Subject = { readonly artifact: LocalArtifact; readonly items: readonly EvidenceItem[] };

async function openSubject(
  context: CommandContext,
  argument: string,
  options: VerifyOptions,
): Promise<Subject> {
  const index = options.index === undefined ? null : baseUrl(options.index, "--index");
  const isUrl = /^https?:\/\//.test(argument);
  if ((isUrl || index !== null) && namesEvidence(options)) {
    throw new ClientError(
      "usage",
      "Cannot verify: evidence comes from an index, or from files that are named",
    );
  }
  if (isUrl) return await fetchUrlEvidence(argument, index, await openFetch(context));
  const { path, options: named } = await subjectPath(argument, options);
  const artifact = await openArtifact(path);
  if (index === null) return { artifact, items: await findEvidence(path, named, readFloor(options)) };
  const { filename } = artifact;
  if (filename === null) throw new ClientError("usage", "Cannot find a digest at an index: give the file");
  return await fetchIndexEvidence(index, { ...artifact, filename }, await openFetch(context));
}

function readFloor({ bundleVersionFloor: floor = "0.2" }: VerifyOptions): BundleVersion {
  const version = BUNDLE_VERSIONS.find((known) => known === floor);
  if (version === undefined) {
    throw new ClientError(
      "usage",
      `Cannot read --bundle-version-floor: wanted one of ${BUNDLE_VERSIONS.join(", ")}`,
    );
  }
  return version;
}

/** A named trusted root is enough for signatures; a receipt needs the trust description. */
async function openTrust(
  context: CommandContext,
  items: readonly EvidenceItem[],
  options: VerifyOptions,
): Promise<{ readonly trust: Trust | null; readonly sigstore: SigstoreTrust }> {
  const named = options.trustedRoot ?? context.world.env["COUNTERMARK_TRUSTED_ROOT"] ?? "";
  const needsLedger = named === "" || items.some(({ kind }) => kind === "receipt");
  const trust = needsLedger ? await readTrust(context) : null;
  if (named !== "" || trust === null) return { trust, sigstore: await readTrustedRoot(named) };
  return { trust, sigstore: { root: trust.sigstore, sha256: trust.description.sigstore.rootSha256 } };
}

async function checkReceipt(
  items: readonly EvidenceItem[],
  artifact: LocalArtifact,
  trust: Trust | null,
  { world }: CommandContext,
): Promise<Verified<LoggedFile> | null> {
  const receipt = items.find((item) => item.kind === "receipt");
  if (receipt === undefined || trust === null) return null;
  if (artifact.filename === null) {
    throw new ClientError(
      "usage",
      "Cannot verify a receipt of a digest: it is for a name too, so give the file",
    );
  }
  const fileSha256 = encodeHex(artifact.sha256);
  const asked = { trust: trust.description, now: world.now(), fileSha256 };
  const logged = await verifyReceipt(receipt.bytes, asked, nodeCrypto);
  requireOwnEntry(logged, artifact.filename, trust.description.ecosystem);
  return logged;
}

function sayReceipt(
  logged: Verified<LoggedFile> | null,
  { filename }: LocalArtifact,
  { out }: CommandContext,
  { explain = false }: VerifyOptions,
): void {
  if (logged === null) {
    out.say("  not checked: that it is logged (no receipt)");
    return;
  }
  sayLogged(logged, out);
  if (explain) sayReceiptSteps(logged, filename ?? "", out);
}

/** The policy says which cosigners of the signature log's trees are enough. */
async function readCosigners(path: string | undefined, { world }: CommandContext): Promise<CosignerDemand> {
  if (path === undefined) return { kind: "not-demanded" };
  const policy = parsePolicy(parseUtf8(await readFile(path), path), nodeCrypto.sha256);
  return { kind: "quorum", policy, now: world.now(), toleranceSeconds: CLOCK_TOLERANCE_SECONDS };
}

async function checkAndSay(
  item: SignatureItem,
  asked: Asked,
  { out }: CommandContext,
  { explain = false }: VerifyOptions,
): Promise<Checked> {
  const held: StepId[] = [];
  try {
    const checked = await checkEvidence(item, asked, held);
    sayChecked(checked, out);
    if (explain) sayHeld(held, stepContext(item, asked), out);
    return checked;
  } catch (error) {
    out.note("refused", { source: item.source, ...refusedJson(held, stepContext(item, asked)) });
    if (explain) {
      out.say(`  ${out.paint("bad", "refused")}: ${item.source}`);
      sayRefused(held, stepContext(item, asked), out);
    }
    throw error;
  }
}

/** What the evidence at hand does not say, so that nobody reads it into a success. */
function sayUnproved(
  logged: Verified<LoggedFile> | null,
  checked: readonly Checked[],
  { out }: CommandContext,
): void {
  if (checked.length === 0) {
    const listed = logged?.statement.attestations.length ?? 0;
    const note = listed > 0 ? `its entry lists ${listed} attestations, none was given` : "none was given";
    out.say(`  not attested here: ${note}`);
  }
  out.say("  not proved: that the index still serves it, or that it is safe");
}

/**
 * Valid signatures by nobody in particular are no success: anybody can have them made. Nor is a demand that met no signature.
 *
 * @throws ClientError `usage`, `no-signer`
 */
function requireSigners(checked: readonly Checked[], { signer, cosigners }: Asked): void {
  if (checked.length === 0 && (signer !== null || cosigners.kind === "quorum")) {
    throw new ClientError(
      "usage",
      "Cannot check what is demanded of a signature: no bundle or attestation was found",
    );
  }
  const unknown = checked.find(({ acceptedBy }) => acceptedBy === "nothing");
  if (unknown === undefined) return;
  throw new ClientError(
    "no-signer",
    `Cannot accept ${unknown.source}: it is ${signerWords(unknown)}, and nobody said that this is who should have signed; ` +
      "name the signer with --certificate-identity and --certificate-oidc-issuer, or say --any-identity",
  );
}

function resultJson(asked: Asked, trust: Trust | null, checked: readonly Checked[]): JsonMembers {
  const { artifact, sigstore, logged } = asked;
  const withSteps = (item: Checked, json: JsonMembers): JsonInput => ({
    ...json,
    steps: stepsJson(item.steps, stepContext(item, asked)),
  });
  return {
    filename: artifact.filename,
    sha256: encodeHex(artifact.sha256),
    trust: trust === null ? null : trust.sha256,
    trustedRoot: sigstore.sha256,
    logged: logged === null ? null : loggedJson(logged),
    attested: checked.flatMap((item) =>
      item.kind === "attestation" ? [withSteps(item, attestedJson(item))] : [],
    ),
    bundles: checked.flatMap((item) => (item.kind === "bundle" ? [withSteps(item, bundleJson(item))] : [])),
  };
}

function stepContext(item: SignatureItem | Checked, { sigstore, cosigners, signer }: Asked): StepContext {
  const bundle = "bundle" in item ? item.bundle : bundleFromAttestation(item.attestation);
  return { kind: item.kind, bundle, root: sigstore.root, cosigners, signer };
}
