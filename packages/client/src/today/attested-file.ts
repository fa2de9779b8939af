// SPDX-License-Identifier: Apache-2.0
import {
  encodeCanonicalJson,
  type JsonInput,
  type ProvenancePublisher,
  parseHex,
  parseJsonObject,
  quote,
} from "@countermark/formats";
import {
  type CiIdentity,
  type Evidence,
  identityFromCertificate,
  type ProviderName,
  requireOnePublisher,
  type Verified,
  VerifyError,
} from "@countermark/verify";
import { artifactOfDigest } from "../evidence/artifact.ts";
import { type Asked, checkEvidence } from "../evidence/check-evidence.ts";
import { attestationsOf } from "../evidence/find-evidence.ts";
import { ClientError } from "../failure.ts";
import { findRow } from "../proxy/identity-of.ts";
import type { SigstoreTrust } from "../trust/read-trusted-root.ts";
import type { ServedProvenance } from "./index-pages.ts";

const REPOSITORY_CHARS_MAX = 2_048;

/** Who published a file, by its attestation. */
export type AttestedFile = {
  readonly identity: CiIdentity;
  readonly predicateType: string;
  /** Unix seconds, by a clock that the trusted root knows. */
  readonly signedAt: number;
  readonly logIndex: number;
};

export type NamedDigest = { readonly filename: string; readonly sha256: string };

/**
 * Checks everything in a file's provenance object: every attestation holds and is about these bytes, the publisher that the index
 * names for it is the one in the certificate, and they are all of one publisher.
 *
 * @throws VerifyError, RefusedError, ParseError; ClientError `publisher-kind`, `publisher-claim`, `no-provenance`
 */
export async function verifyProvenance(
  { filename, sha256 }: NamedDigest,
  { provenance, url }: ServedProvenance,
  sigstore: SigstoreTrust,
): Promise<AttestedFile> {
  const artifact = { ...artifactOfDigest(parseHex(sha256, 32, "SHA-256")), filename };
  const asked: Asked = {
    artifact,
    sigstore,
    // Who it should have been is decided later, by what is remembered.
    signer: { kind: "any-identity" },
    cosigners: { kind: "not-demanded" },
    logged: null,
  };
  const attested: AttestedFile[] = [];
  for (const item of attestationsOf(provenance, url)) {
    if (item.kind !== "attestation" || item.publisher === null)
      throw new TypeError("A provenance object holds attestations alone");
    const checked = await checkEvidence(item, asked, []);
    if (checked.kind !== "attestation") throw new TypeError("An attestation was checked as something else");
    const { evidence } = checked;
    const { predicateType, signedAt, logIndex } = evidence;
    attested.push({
      identity: identityOfSigner(evidence, item.publisher),
      predicateType,
      signedAt,
      logIndex,
    });
  }
  const publisher = requireOnePublisher(filename, attested);
  // The parser refuses an empty list: this is for whoever changes it.
  if (publisher === null)
    throw new ClientError("no-provenance", `Cannot verify ${filename}: nothing attests it`);
  return publisher;
}

/** What an index calls a kind of publisher -> the provider's name. Other kinds were refused before. */
const PROVIDERS: ReadonlyMap<string, ProviderName> = new Map([
  ["GitHub", "github"],
  ["GitLab", "gitlab"],
  ["Google", "google"],
]);

/**
 * Who signed, by the certificate. The publisher that the index names only says where an instance that is not public has its
 * owners: it was found to agree with the certificate.
 *
 * @throws VerifyError `identity-issuer`, `identity-incomplete`, `identity-inconsistent`; RefusedError `trigger-refused`
 */
function identityOfSigner(
  { claims, san }: Verified<Evidence>,
  { kind, json }: ProvenancePublisher,
): CiIdentity {
  const provider = PROVIDERS.get(kind);
  const issuer = claims.issuer ?? "";
  const row = provider === undefined ? null : findRow({ provider, issuer, owner: ownerIn(json) });
  if (row !== null) return identityFromCertificate(row, claims, san);
  throw new VerifyError(
    "identity-issuer",
    `Cannot tell who signed: nothing is known of the issuer ${JSON.stringify(issuer)} as one of kind ${quote(kind)}`,
  );
}

/** `group/subgroup` of `group/subgroup/project`. */
function ownerIn(publisher: JsonInput): string | null {
  const bytes = encodeCanonicalJson(publisher);
  const members = parseJsonObject(bytes, { bytesMax: bytes.length, depthMax: 32 }, "publisher");
  const repository = members.has("repository")
    ? members.text("repository", { charsMax: REPOSITORY_CHARS_MAX })
    : "";
  const end = repository.lastIndexOf("/");
  return end < 0 ? null : repository.slice(0, end);
}
