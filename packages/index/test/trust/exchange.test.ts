// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildWheel } from "../support/build.ts";
import { AUDIENCE, JOB, openWorld, PUBLISHER, publisherJson, type World } from "../support/world.ts";

const PROJECT = { name: "toy-box", version: "1.0" };

interface MintFailure {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly { readonly code: string; readonly description: string }[];
  readonly message: string;
}

async function refusal(response: Response): Promise<MintFailure> {
  const body = (await response.json()) as Omit<MintFailure, "status">; // our own answer
  return { ...body, status: response.status };
}

async function openProject(context: Parameters<typeof openWorld>[0]): Promise<World> {
  const world = await openWorld(context);
  await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] });
  return world;
}

test("exchangeIdToken: a registered publisher gets a token of 900 seconds for its projects", async (context) => {
  const world = await openProject(context);
  const response = await world.mint(world.idToken());
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  const body = (await response.json()) as { success: boolean; token: string; expires: number }; // our own answer
  assert.equal(body.success, true);
  assert.match(body.token, /^pypi-/);
  assert.equal(body.expires, world.now + 900);
  const audience = await world.request("/_/oidc/audience");
  assert.deepEqual(await audience.json(), { audience: AUDIENCE });
});

test("exchangeIdToken: an expired upload token is refused", async (context) => {
  const world = await openProject(context);
  const token = await world.uploadToken();
  world.now += 900;
  const response = await world.upload(token, PROJECT, await buildWheel(PROJECT));
  assert.equal(response.status, 403);
  assert.equal(response.headers.get("countermark-code"), "token-expired");
});

test("exchangeIdToken: a token is exchanged once, whatever happens in between", async (context) => {
  const world = await openProject(context);
  const idToken = world.idToken();
  assert.equal((await world.mint(idToken)).status, 200);
  const again = await refusal(await world.mint(idToken));
  assert.equal(again.status, 422);
  assert.equal(again.code, "id-token-reused");
  assert.equal(again.errors[0]?.code, "invalid-reuse-token");
  assert.equal(again.message, "Token request failed");
  await world.restart();
  assert.equal((await refusal(await world.mint(idToken))).code, "id-token-reused");
});

for (const [claim, extra, code] of [
  ["another audience", { aud: "other.test" }, "id-token-invalid"],
  ["two audiences", { aud: [AUDIENCE, "other.test"] }, "id-token-invalid"],
  ["an expired token", { exp: 1 }, "id-token-invalid"],
  ["a token from the future", { iat: 4_000_000_000, exp: 4_000_000_600 }, "id-token-invalid"],
  ["a token without jti", { jti: undefined }, "id-token-invalid"],
  ["an unknown issuer", { iss: "https://evil.test" }, "id-token-issuer"],
  ["pull_request_target", { event_name: "pull_request_target" }, "id-token-invalid"],
  ["workflow_run", { event_name: "workflow_run" }, "id-token-invalid"],
  ["a token without a run", { run_id: undefined }, "id-token-invalid"],
  ["another owner id", { repository_owner_id: "18" }, "no-publisher"],
  ["another repository id", { repository_id: "4243" }, "no-publisher"],
  ["another environment", { environment: "staging" }, "no-publisher"],
  [
    "another workflow",
    {
      workflow_ref: "octo-org/toy-box/.github/workflows/test.yml@refs/heads/main",
      job_workflow_ref: "octo-org/toy-box/.github/workflows/test.yml@refs/heads/main",
    },
    "no-publisher",
  ],
] as const) {
  test(`exchangeIdToken: ${claim} is refused`, async (context) => {
    const world = await openProject(context);
    const failure = await refusal(await world.mint(world.idToken(JOB, extra)));
    assert.equal(failure.status, 422);
    assert.equal(failure.code, code);
    assert.equal(failure.errors.length, 1);
  });
}

test("exchangeIdToken: a token that does not parse, or is not signed by the issuer, is refused", async (context) => {
  const world = await openProject(context);
  assert.equal((await refusal(await world.mint("nonsense"))).code, "id-token-malformed");
  const response = await world.request("/_/oidc/mint-token", { method: "POST", body: "{}" });
  assert.equal((await refusal(response)).code, "id-token-malformed");
  const [header, claims, signature = ""] = world.idToken().split(".");
  const forged = `${header}.${claims}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
  assert.equal((await refusal(await world.mint(forged))).code, "id-token-invalid");
});

test("exchangeIdToken: a body that is too large is refused", async (context) => {
  const world = await openProject(context);
  const response = await world.mint("x".repeat(100_000));
  assert.equal(response.status, 413);
  assert.equal((await refusal(response)).code, "request-too-large");
});

test("exchangeIdToken: a pending publisher creates its project at the first exchange, and only once", async (context) => {
  const world = await openWorld(context);
  const owner = await world.account("ada");
  const pending = { project: "Toy.Box", publisher: publisherJson() };
  assert.equal((await world.manage("pending-publishers", pending, owner)).status, 201);
  const twice = await world.manage("pending-publishers", pending, owner);
  assert.equal(twice.status, 409);
  assert.equal(((await twice.json()) as { code: string }).code, "pending-exists"); // our own answer
  const token = await world.uploadToken();
  assert.equal((await world.upload(token, PROJECT, await buildWheel(PROJECT))).status, 200);
  // The owner of the pending publisher owns the project.
  const changed = await world.manage("projects/toy-box/status", { status: "archived" }, owner);
  assert.equal(changed.status, 200);
});

test("exchangeIdToken: a pending publisher for a project that exists by now is refused and dropped", async (context) => {
  const world = await openWorld(context);
  await world.manage("pending-publishers", { project: "toy-box", publisher: publisherJson() });
  await world.manage("projects", { project: "toy-box" });
  const late = await refusal(await world.mint(world.idToken()));
  assert.equal(late.code, "pending-publisher-late");
  assert.equal(late.errors[0]?.code, "invalid-pending-publisher");
  assert.equal((await refusal(await world.mint(world.idToken()))).code, "no-publisher");
});

test("exchangeIdToken: an account may not have pending publishers without end", async (context) => {
  const world = await openWorld(context);
  const owner = await world.account("ada");
  for (let i = 0; i < 100; i++) {
    const pending = { project: `toy-${i}`, publisher: publisherJson() };
    assert.equal((await world.manage("pending-publishers", pending, owner)).status, 201);
  }
  const more = await world.manage(
    "pending-publishers",
    { project: "one-more", publisher: publisherJson() },
    owner,
  );
  assert.equal(more.status, 429);
  assert.equal(((await more.json()) as { code: string }).code, "too-many-pending"); // our own answer
});

test("exchangeIdToken: the publisher that names the environment is the one an upload is of", async (context) => {
  const world = await openWorld(context);
  const any = publisherJson({ ...PUBLISHER, environment: null });
  await world.manage("projects", { project: "toy-box", publishers: [any, publisherJson()] });
  assert.equal((await world.mint(world.idToken())).status, 200);
  const other = await world.mint(world.idToken({ ...JOB, environment: "staging" }));
  assert.equal(other.status, 200);
});

test("exchangeIdToken: a token is for the projects of its publisher only", async (context) => {
  const world = await openProject(context);
  await world.manage("projects", { project: "other" });
  const other = { name: "other", version: "1.0" };
  const response = await world.upload(await world.uploadToken(), other, await buildWheel(other));
  assert.equal(response.status, 403);
  assert.equal(response.headers.get("countermark-code"), "token-project");
});

test("burnUploadToken: a burnt token uploads nothing more; an API token is not burnt", async (context) => {
  const world = await openProject(context);
  const burn = (token: string): Promise<Response> =>
    world.request("/_/oidc/burn-token", { method: "POST", body: JSON.stringify({ token }) });
  const token = await world.uploadToken();
  const owner = await world.account("ada");
  for (const one of [token, token, owner, "nonsense"]) assert.equal((await burn(one)).status, 200);
  const file = await buildWheel(PROJECT);
  const refused = await world.upload(token, PROJECT, file);
  assert.equal(refused.headers.get("countermark-code"), "token-unknown");
  const other = { name: "other", version: "1.0" };
  assert.equal((await world.upload(owner, other, await buildWheel(other))).status, 200);
});

test("authenticateUploader: no token, and a token that is not ours, are refused", async (context) => {
  const world = await openProject(context);
  const response = await world.upload("pypi-unknown", PROJECT, await buildWheel(PROJECT));
  assert.equal(response.status, 403);
  assert.equal(response.headers.get("countermark-code"), "token-unknown");
  for (const authorization of ["", "Basic dXNlcjpwYXNz", "Negotiate abc"]) {
    const bare = await world.request("/legacy/", { method: "POST", headers: { authorization } });
    assert.equal(bare.headers.get("countermark-code"), "token-missing", authorization);
  }
});

test("createIssuerKeys: keys are fetched once an hour, and once a minute for an unknown key id", async (context) => {
  const world = await openProject(context);
  const mint = async () => (await world.mint(world.idToken())).status;
  assert.equal(await mint(), 200);
  assert.equal(await mint(), 200);
  assert.equal(world.keyFetches, 1);
  world.now += 3_600;
  assert.equal(await mint(), 200);
  assert.equal(world.keyFetches, 2);
  const [, claims, signature] = world.idToken().split(".");
  const header = Buffer.from(JSON.stringify({ alg: "RS256", kid: "other" })).toString("base64url");
  const unknown = `${header}.${claims}.${signature}`;
  assert.equal((await world.mint(unknown)).status, 422);
  assert.equal(world.keyFetches, 2, "not within a minute of the last fetch");
  world.now += 60;
  assert.equal((await world.mint(unknown)).status, 422);
  assert.equal((await world.mint(unknown)).status, 422);
  assert.equal(world.keyFetches, 3);
});

test("createIssuerKeys: keys at another origin than the issuer's are refused", async (context) => {
  const world = await openProject(context);
  world.jwksUri = "https://elsewhere.test/jwks";
  const response = await world.mint(world.idToken());
  assert.equal(response.status, 503);
  assert.equal((await refusal(response)).code, "issuer-unavailable");
  assert.equal(world.keyFetches, 0);
});

test("handleDiscovery: says where tokens come from, to who asks in its form", async (context) => {
  const world = await openWorld(context);
  const found = await world.request("/.well-known/pytp?discover=%2Flegacy%2F");
  assert.equal(found.headers.get("content-type"), "application/vnd.pypi.pytp.v1+json");
  const body = (await found.json()) as Record<string, unknown>; // our own answer
  assert.equal(body["token-mint-endpoint"], "https://index.test/_/oidc/mint-token");
  assert.equal((await world.request("/.well-known/pytp?discover=%2Fother%2F")).status, 404);
  const other = await world.request("/.well-known/pytp", { headers: { accept: "text/html" } });
  assert.equal(other.status, 406);
});
