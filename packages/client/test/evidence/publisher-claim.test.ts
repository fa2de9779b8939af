// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type FulcioClaims,
  type GeneralName,
  type JsonInput,
  NO_FULCIO_CLAIMS,
  type ProvenancePublisher,
} from "@countermark/formats";
import type { Signing, Verified } from "@countermark/verify";
import { requirePublisherClaim } from "../../src/evidence/publisher-claim.ts";

type Members = Readonly<Record<string, JsonInput>>;

/** Only what is compared: the rest of a signing is not looked at. */
function signing(claims: Partial<FulcioClaims>, san: GeneralName): Verified<Signing> {
  return { claims: { ...NO_FULCIO_CLAIMS, ...claims }, san } as Verified<Signing>;
}

function publisher(json: Members): ProvenancePublisher {
  return { kind: String(json["kind"]), json };
}

const GITHUB_CLAIMS = {
  issuer: "https://token.actions.githubusercontent.com",
  sourceRepositoryUri: "https://github.com/o/r",
  sourceRepositoryRef: "refs/tags/v1",
  sourceRepositoryDigest: "c0ffee",
  sourceRepositoryId: "11",
  ownerUri: "https://github.com/o",
  ownerId: "22",
  buildConfigUri: "https://github.com/o/r/.github/workflows/release.yml@refs/tags/v1",
};
const GITHUB_NAME: GeneralName = { kind: "uri", value: GITHUB_CLAIMS.buildConfigUri };
const GITHUB = {
  kind: "GitHub",
  repository: "o/r",
  workflow: "release.yml",
  environment: null,
  claims: null,
};
const GITLAB_CLAIMS = {
  issuer: "https://gitlab.com",
  sourceRepositoryUri: "https://gitlab.com/g/s/p",
  sourceRepositoryRef: "refs/heads/main",
  buildConfigUri: "https://gitlab.com/g/s/p//.gitlab-ci.yml@refs/heads/main",
};
const GITLAB = { kind: "GitLab", repository: "g/s/p", workflow_filepath: ".gitlab-ci.yml", environment: "x" };
const GOOGLE_CLAIMS = { issuer: "https://accounts.google.com" };
const GOOGLE = { kind: "Google", email: "me@example.com" };
const MAIL: GeneralName = { kind: "email", value: "me@example.com" };
const OWN_CLAIMS = {
  ...GITHUB_CLAIMS,
  issuer: "https://issuer.test",
  sourceRepositoryUri: "https://git.test/o/r",
  ownerUri: "https://git.test/o",
  buildConfigUri: "https://git.test/o/r/.github/workflows/release.yml@refs/tags/v1",
};

for (const [claim, json, claims, name] of [
  ["GitHub", GITHUB, GITHUB_CLAIMS, GITHUB_NAME],
  ["GitHub, with ids", { ...GITHUB, owner_id: "22", repository_id: "11" }, GITHUB_CLAIMS, GITHUB_NAME],
  [
    "GitHub, a workflow at a commit",
    GITHUB,
    { ...GITHUB_CLAIMS, buildConfigUri: "https://github.com/o/r/.github/workflows/release.yml@c0ffee" },
    GITHUB_NAME,
  ],
  ["GitLab", GITLAB, GITLAB_CLAIMS, GITHUB_NAME],
  ["Google", GOOGLE, GOOGLE_CLAIMS, MAIL],
  ["an instance of its own", { ...GITHUB, issuer: "https://issuer.test" }, OWN_CLAIMS, GITHUB_NAME],
] as const) {
  test(`requirePublisherClaim: a publisher who is in the certificate: ${claim}`, () => {
    requirePublisherClaim(publisher(json), signing(claims, name));
  });
}

for (const [claim, json, claims, name] of [
  ["another repository", { ...GITHUB, repository: "o/r2" }, GITHUB_CLAIMS, GITHUB_NAME],
  ["a repository in other letters", { ...GITHUB, repository: "O/r" }, GITHUB_CLAIMS, GITHUB_NAME],
  ["another workflow", { ...GITHUB, workflow: "release.yaml" }, GITHUB_CLAIMS, GITHUB_NAME],
  ["another owner's id", { ...GITHUB, owner_id: "23" }, GITHUB_CLAIMS, GITHUB_NAME],
  ["another repository's id", { ...GITHUB, repository_id: "12" }, GITHUB_CLAIMS, GITHUB_NAME],
  [
    "an id that the certificate has not",
    { ...GITHUB, owner_id: "22" },
    { ...GITHUB_CLAIMS, ownerId: null },
    GITHUB_NAME,
  ],
  ["another issuer", GITHUB, { ...GITHUB_CLAIMS, issuer: "https://issuer.test" }, GITHUB_NAME],
  ["no issuer", GITHUB, { ...GITHUB_CLAIMS, issuer: null }, GITHUB_NAME],
  [
    "a workflow at another commit",
    GITHUB,
    { ...GITHUB_CLAIMS, sourceRepositoryRef: "refs/heads/x" },
    GITHUB_NAME,
  ],
  [
    "a workflow of another repository",
    GITHUB,
    { ...GITHUB_CLAIMS, sourceRepositoryUri: "https://github.com/o/r2" },
    GITHUB_NAME,
  ],
  ["GitLab, another pipeline", { ...GITLAB, workflow_filepath: "ci.yml" }, GITLAB_CLAIMS, GITHUB_NAME],
  ["GitLab, another project", { ...GITLAB, repository: "g/s" }, GITLAB_CLAIMS, GITHUB_NAME],
  ["Google, another address", { ...GOOGLE, email: "you@example.com" }, GOOGLE_CLAIMS, MAIL],
  ["Google, an address in a URI", GOOGLE, GOOGLE_CLAIMS, { kind: "uri", value: "me@example.com" }],
  ["Google, another issuer", GOOGLE, GITHUB_CLAIMS, MAIL],
  [
    "a public server with another issuer",
    { ...GITHUB, issuer: "https://issuer.test" },
    GITHUB_CLAIMS,
    GITHUB_NAME,
  ],
] as const) {
  test(`requirePublisherClaim: a publisher who is not in the certificate is refused: ${claim}`, () => {
    assert.throws(() => requirePublisherClaim(publisher(json), signing(claims, name)), {
      code: "publisher-claim",
    });
  });
}

test("requirePublisherClaim: a kind that cannot be compared is refused", () => {
  for (const kind of ["ActiveState", "github", "toString"]) {
    assert.throws(
      () => requirePublisherClaim(publisher({ ...GITHUB, kind }), signing(GITHUB_CLAIMS, GITHUB_NAME)),
      {
        code: "publisher-kind",
      },
    );
  }
});

test("requirePublisherClaim: a publisher without its members is malformed", () => {
  for (const kind of ["GitHub", "GitLab", "Google"]) {
    assert.throws(() => requirePublisherClaim(publisher({ kind }), signing(GITHUB_CLAIMS, GITHUB_NAME)), {
      code: "missing-field",
    });
  }
});
