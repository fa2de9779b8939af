// SPDX-License-Identifier: Apache-2.0
import {
  encodeCanonicalJson,
  type JsonObject,
  type ProvenancePublisher,
  parseJsonObject,
  quote,
} from "@countermark/formats";
import type { Signing, Verified } from "@countermark/verify";
import { ClientError } from "../failure.ts";

/** How one kind of publisher object is compared with a certificate: in which members, and which certificate it would be. */
type ClaimKind = {
  readonly issuer: string;
  readonly server: string;
  /** What each certificate field must be, one of the values. */
  readonly wanted: (claim: JsonObject, server: string, signing: Signing) => readonly WantedField[];
};

type WantedField = {
  readonly field: string;
  readonly found: string | null;
  readonly wanted: readonly string[];
};

const TEXT_CHARS_MAX = 2_048;

/** Kind -> how it is read. @spec packaging.python.org/en/latest/specifications/index-hosted-attestations (publisher objects) */
const KINDS: ReadonlyMap<string, ClaimKind> = new Map<string, ClaimKind>([
  [
    "GitHub",
    {
      issuer: "https://token.actions.githubusercontent.com",
      server: "https://github.com",
      wanted: (claim, server, signing) => {
        const repository = `${server}/${text(claim, "repository")}`;
        return repositoryFields(claim, signing, {
          repository,
          workflow: `${repository}/.github/workflows/${text(claim, "workflow")}`,
        });
      },
    },
  ],
  [
    "GitLab",
    {
      issuer: "https://gitlab.com",
      server: "https://gitlab.com",
      wanted: (claim, server, signing) => {
        const repository = `${server}/${text(claim, "repository")}`;
        return repositoryFields(claim, signing, {
          repository,
          workflow: `${repository}//${text(claim, "workflow_filepath")}`,
        });
      },
    },
  ],
  [
    "Google",
    {
      issuer: "https://accounts.google.com",
      server: "https://accounts.google.com",
      wanted: (claim, _server, { san }) => [
        {
          field: "e-mail address",
          found: san.kind === "email" ? san.value : null,
          wanted: [text(claim, "email")],
        },
      ],
    },
  ],
]);

/**
 * Checks that the publisher that an index names in a provenance object is the one in the certificate. Both may still be
 * somebody else than the project's publisher: who that is, is the index's word. The environment is not compared, because
 * indexes keep it in another spelling.
 *
 * @throws ClientError `publisher-kind`, `publisher-claim`; ParseError for a publisher object without its members
 */
export function requirePublisherClaim(publisher: ProvenancePublisher, signing: Verified<Signing>): void {
  const kind = KINDS.get(publisher.kind);
  if (kind === undefined) {
    throw new ClientError(
      "publisher-kind",
      `Cannot compare the publisher that the index names: its kind is ${quote(publisher.kind)}, wanted one of ${[...KINDS.keys()].join(", ")}`,
    );
  }
  const bytes = encodeCanonicalJson(publisher.json);
  const claim = parseJsonObject(bytes, { bytesMax: bytes.length, depthMax: 32 }, "publisher");
  const issuer = claim.has("issuer") ? text(claim, "issuer") : kind.issuer;
  const server = issuer === kind.issuer ? kind.server : ownServer(signing);
  const fields = [
    { field: "issuer", found: signing.claims.issuer, wanted: [issuer] },
    ...kind.wanted(claim, server, signing),
  ];
  const different = fields.filter(({ found, wanted }) => found === null || !wanted.includes(found));
  if (different.length === 0) return;
  const words = different.map(
    ({ field, found, wanted }) =>
      `${field} ${quote(wanted[0] ?? "")}, in the certificate ${quote(found ?? "none")}`,
  );
  throw new ClientError(
    "publisher-claim",
    `Cannot accept the publisher that the index names: ${words.join("; ")}`,
  );
}

function repositoryFields(
  claim: JsonObject,
  { claims }: Signing,
  expected: { readonly repository: string; readonly workflow: string },
): readonly WantedField[] {
  const at = [claims.sourceRepositoryRef, claims.sourceRepositoryDigest].filter((place) => place !== null);
  return [
    { field: "repository", found: claims.sourceRepositoryUri, wanted: [expected.repository] },
    {
      field: "workflow",
      found: claims.buildConfigUri,
      wanted: at.map((place) => `${expected.workflow}@${place}`),
    },
    ...idField(claim, "owner_id", claims.ownerId),
    ...idField(claim, "repository_id", claims.sourceRepositoryId),
  ];
}

/** Ids are no part of the published format: compared where an index gives them. */
function idField(claim: JsonObject, member: string, found: string | null): readonly WantedField[] {
  if (!claim.has(member) || claim.value(member) === null) return [];
  return [{ field: member.replace("_", " "), found, wanted: [text(claim, member)] }];
}

/** Of an instance that is not public the certificate says where it is: its issuer, which is compared, speaks for one server. */
function ownServer({ claims }: Signing): string {
  const url = URL.parse(claims.ownerUri ?? "");
  return url === null ? "" : url.origin;
}

function text(claim: JsonObject, member: string): string {
  return claim.text(member, { charsMax: TEXT_CHARS_MAX });
}
