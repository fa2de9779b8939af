// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  createIssuerSigningKey,
  createOidcIssuer,
  readOrCreateIssuerSigningKey,
} from "@countermark/authority";
import { parseIdToken, parseJwks } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { identityFromIdToken, verifyIdToken } from "@countermark/verify";
import {
  claimsOf,
  createIssuer,
  ISSUER,
  JOB,
  postJson,
  ROW,
  readJson,
  requestIdToken,
  START,
  temporaryFolder,
} from "../world.ts";

const issuer = createIssuer(() => START);

test("createOidcIssuer: its configuration leads to the key that its tokens verify with", async () => {
  const configuration = await readJson(issuer.request(`${ISSUER}/.well-known/openid-configuration`));
  assert.equal(configuration.issuer, ISSUER);
  const keys = parseJwks(new Uint8Array(await (await issuer.request(configuration.jwks_uri)).arrayBuffer()));
  const received = parseIdToken(await requestIdToken(issuer, "pypi"));
  const expected = { row: ROW, keys, audience: "pypi", now: START, leewaySeconds: 0 };
  const identity = identityFromIdToken(ROW, await verifyIdToken(received, expected, nodeCrypto));
  assert.deepEqual(
    [identity.project, identity.projectId, identity.workflow, identity.environment, identity.runId],
    ["octo-org/sampleproject", "4242", ".github/workflows/release.yml", "pypi", "900001"],
  );
});

test("createOidcIssuer: claims have GitHub's names and shapes", async () => {
  const { jti, ...claims } = claimsOf(await requestIdToken(issuer, "pypi"));
  assert.match(String(jti), /^[0-9a-f-]{36}$/);
  assert.deepEqual(claims, {
    iss: ISSUER,
    aud: "pypi",
    iat: START,
    nbf: START - 600,
    exp: START + 300,
    sub: "repo:octo-org/sampleproject:environment:pypi",
    ref: "refs/tags/v1",
    ref_type: "tag",
    ref_protected: "false",
    head_ref: "",
    base_ref: "",
    sha: "a".repeat(40),
    repository: "octo-org/sampleproject",
    repository_id: "4242",
    repository_owner: "octo-org",
    repository_owner_id: "17",
    repository_visibility: "public",
    run_id: "900001",
    run_number: "1",
    run_attempt: "1",
    actor: "octo-org",
    actor_id: "17",
    event_name: "push",
    workflow: ".github/workflows/release.yml",
    workflow_ref: "octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1",
    workflow_sha: "a".repeat(40),
    job_workflow_ref: "octo-org/sampleproject/.github/workflows/release.yml@refs/tags/v1",
    job_workflow_sha: "a".repeat(40),
    runner_environment: "github-hosted",
    environment: "pypi",
  });
});

test("createOidcIssuer: the subject follows environment, pull request and ref", async () => {
  const subject = async (changes: Record<string, string | null>): Promise<unknown> =>
    claimsOf(await requestIdToken(issuer, "pypi", changes))["sub"];
  assert.equal(await subject({ environment: null }), "repo:octo-org/sampleproject:ref:refs/tags/v1");
  const pull = { environment: null, event_name: "pull_request", ref: "refs/pull/1/merge" };
  assert.equal(await subject(pull), "repo:octo-org/sampleproject:pull_request");
});

test("createOidcIssuer: a called workflow is told apart from the caller", async () => {
  const called = "other/actions/.github/workflows/publish.yml@refs/tags/v1";
  const claims = claimsOf(await requestIdToken(issuer, "pypi", { job_workflow_ref: called }));
  assert.equal(claims["job_workflow_ref"], called);
  assert.notEqual(claims["workflow_ref"], called);
});

test("createOidcIssuer: two tokens of one job have two ids", async () => {
  const [a, b] = [await requestIdToken(issuer, "pypi"), await requestIdToken(issuer, "pypi")];
  assert.notEqual(claimsOf(a)["jti"], claimsOf(b)["jti"]);
});

test("createOidcIssuer: without an audience the token is for the owner's page, as at GitHub", async () => {
  const { requestUrl, requestToken } = await readJson(issuer.request(`${ISSUER}/jobs`, postJson(JOB)));
  const answer = await issuer.request(requestUrl, { headers: { authorization: `Bearer ${requestToken}` } });
  const { count, value } = await readJson(answer);
  assert.equal(claimsOf(value)["aud"], "https://github.com/octo-org");
  assert.equal(count, value.length);
});

async function ask(
  path: (url: string) => string,
  headers: (token: string) => Record<string, string>,
): Promise<unknown> {
  const { requestUrl, requestToken } = await readJson(issuer.request(`${ISSUER}/jobs`, postJson(JOB)));
  const answer = await issuer.request(path(requestUrl), { headers: headers(requestToken) });
  return { status: answer.status, code: (await readJson(answer)).code };
}

for (const [claim, path, headers, wanted] of [
  ["no request token is refused", (url) => url, () => ({}), { status: 401, code: "credentials-missing" }],
  [
    "another request token is refused",
    (url) => url,
    () => ({ authorization: "Bearer x" }),
    { status: 401, code: "job-unknown" },
  ],
  [
    "another job's request token is refused",
    () => `${ISSUER}/idtoken/5d0c8a5e-0000-4000-8000-000000000000?api-version=2.0`,
    (token) => ({ authorization: `Bearer ${token}` }),
    { status: 401, code: "job-unknown" },
  ],
  [
    "an audience above the limit is refused",
    (url) => `${url}&audience=${"a".repeat(256)}`,
    (token) => ({ authorization: `Bearer ${token}` }),
    { status: 400, code: "audience-malformed" },
  ],
  [
    "an empty audience is refused",
    (url) => `${url}&audience=`,
    (token) => ({ authorization: `Bearer ${token}` }),
    { status: 400, code: "audience-malformed" },
  ],
  ["another path is refused", () => `${ISSUER}/nothing`, () => ({}), { status: 404, code: "not-found" }],
] as const satisfies readonly (readonly [
  string,
  (url: string) => string,
  (token: string) => Record<string, string>,
  unknown,
])[]) {
  test(`createOidcIssuer: ${claim}`, async () => assert.deepEqual(await ask(path, headers), wanted));
}

for (const [claim, changes, code] of [
  ["a job without a repository is refused", { repository: undefined }, "missing-field"],
  ["a job with a claim that GitHub does not have is refused", { admin: "yes" }, "unknown-field"],
  ["an id that is a number is refused", { repository_id: 4242 }, "wrong-type"],
  ["an id that is not decimal is refused", { repository_id: "x" }, "malformed"],
  ["a workflow elsewhere is refused", { workflow: "release.yml" }, "malformed"],
  ["a commit that is no digest is refused", { sha: "main" }, "malformed"],
] as const) {
  test(`createOidcIssuer: ${claim}`, async () => {
    const answer = await issuer.request(`${ISSUER}/jobs`, postJson({ ...JOB, ...changes }));
    assert.deepEqual([answer.status, (await readJson(answer)).code], [400, code]);
  });
}

test("createOidcIssuer: a job that is too large is refused", async () => {
  const answer = await issuer.request(`${ISSUER}/jobs`, postJson({ ...JOB, actor: "a".repeat(20_000) }));
  assert.deepEqual([answer.status, (await readJson(answer)).code], [413, "body-too-large"]);
});

test("createOidcIssuer: with request tokens, only who has one registers jobs", async () => {
  const closed = createOidcIssuer({
    key: createIssuerSigningKey(),
    issuer: () => ISSUER,
    clock: () => START,
    requestTokens: ["s3cret"],
  });
  const register = async (headers: Record<string, string>): Promise<number> =>
    (await closed.request(`${ISSUER}/jobs`, postJson(JOB, headers))).status;
  assert.equal(await register({}), 401);
  assert.equal(await register({ authorization: "Bearer s3cre" }), 401);
  assert.equal(await register({ authorization: "Bearer s3cret" }), 201);
});

test("readOrCreateIssuerSigningKey: the key stays, readable by its owner alone", () => {
  const path = join(temporaryFolder(), "keys", "issuer.pem");
  const first = readOrCreateIssuerSigningKey(path);
  assert.equal(readOrCreateIssuerSigningKey(path).keyId, first.keyId);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});
