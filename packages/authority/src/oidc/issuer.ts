// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { type JsonInput, quote, utf8 } from "@countermark/formats";
import { type Clock, nodeCrypto } from "@countermark/log";
import { Hono } from "hono";
import { SignJWT } from "jose";
import { AuthorityError } from "../failure.ts";
import { answerFailure, answerJson, bearerToken, readBody } from "../http.ts";
import { AUDIENCE_CHARS_MAX, JOB_BYTES_MAX, JOBS_MAX } from "../limits.ts";
import { claimsOf, type Job, parseJob } from "./job.ts";
import type { IssuerSigningKey } from "./rsa-key.ts";

export type OidcIssuerOptions = {
  readonly key: IssuerSigningKey;
  /** The `iss` of every token: this server's URL, without a slash at the end. Known once it listens. */
  readonly issuer: () => string;
  readonly clock: Clock;
  /** Bearer secrets that may register jobs; null: whoever reaches the server may. */
  readonly requestTokens: readonly string[] | null;
};

const LIFETIME_SECONDS = 300;
/** GitHub's tokens say that they were valid ten minutes before they were made. */
const BACKDATED_SECONDS = 600;
const ALGORITHM = "RS256";

/**
 * An OIDC issuer for development that stands in for GitHub Actions. Whoever may register jobs can be anyone: it must never
 * be an issuer of anything that matters, and starts only when it is asked for by name.
 *
 * `POST /jobs` registers a job and returns `{requestUrl, requestToken}`: what a runner puts into the job's environment as
 * ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN. `GET <requestUrl>&audience=X` returns `{count, value}`.
 *
 * @spec docs.github.com/en/actions/reference/security/oidc
 */
export function createOidcIssuer(options: OidcIssuerOptions): Hono {
  const jobs = new Map<string, { readonly job: Job; readonly requestToken: string }>();
  const app = new Hono();
  app.onError((error) => answerFailure(error));
  app.notFound((c) => answerFailure(new AuthorityError("not-found", `Nothing is at ${quote(c.req.path)}`)));

  app.get("/.well-known/openid-configuration", () => answerJson(configuration(options.issuer())));
  app.get("/jwks", () => answerJson({ keys: [publicJwk(options.key)] }));

  app.post("/jobs", async (c) => {
    requireRegistrar(c.req.raw, options.requestTokens);
    const job = parseJob(await readBody(c.req.raw, JOB_BYTES_MAX));
    const oldest = jobs.keys().next();
    if (jobs.size >= JOBS_MAX && !oldest.done) jobs.delete(oldest.value);
    const id = randomUUID();
    const requestToken = randomBytes(32).toString("base64url");
    jobs.set(id, { job, requestToken });
    return answerJson({ requestUrl: `${options.issuer()}/idtoken/${id}?api-version=2.0`, requestToken }, 201);
  });

  app.get("/idtoken/:id", async (c) => {
    const known = jobs.get(c.req.param("id"));
    const given = bearerToken(c.req.raw);
    if (given === null)
      throw new AuthorityError("credentials-missing", "Cannot make ID token: no request token");
    if (known === undefined || !isSame(given, known.requestToken)) {
      throw new AuthorityError("job-unknown", "Cannot make ID token: no running job has this request token");
    }
    const audience = readAudience(c.req.query("audience") ?? `https://github.com/${known.job.owner}`);
    const value = await signToken(known.job, audience, options);
    return answerJson({ count: value.length, value });
  });
  return app;
}

function configuration(issuer: string): JsonInput {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    subject_types_supported: ["public"],
    response_types_supported: ["id_token"],
    scopes_supported: ["openid"],
    id_token_signing_alg_values_supported: [ALGORITHM],
  };
}

function publicJwk(key: IssuerSigningKey): JsonInput {
  const { n = "", e = "" } = createPublicKey(key.privateKey).export({ format: "jwk" });
  return { kty: "RSA", use: "sig", alg: ALGORITHM, kid: key.keyId, n, e };
}

async function signToken(job: Job, audience: string, options: OidcIssuerOptions): Promise<string> {
  const now = options.clock();
  return await new SignJWT({ ...claimsOf(job, randomUUID()) })
    .setProtectedHeader({ typ: "JWT", alg: ALGORITHM, kid: options.key.keyId })
    .setIssuer(options.issuer())
    .setAudience(audience)
    .setIssuedAt(now)
    .setNotBefore(now - BACKDATED_SECONDS)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(options.key.privateKey);
}

function readAudience(audience: string): string {
  if (audience !== "" && audience.length <= AUDIENCE_CHARS_MAX) return audience;
  throw new AuthorityError(
    "audience-malformed",
    `Cannot make ID token: the audience has ${audience.length} characters`,
  );
}

function requireRegistrar(request: Request, requestTokens: readonly string[] | null): void {
  if (requestTokens === null) return;
  const given = bearerToken(request);
  if (given === null || !requestTokens.some((token) => isSame(given, token))) {
    throw new AuthorityError(
      "credentials-missing",
      "Cannot register job: the request needs a token for that",
    );
  }
}

/** Compared as hashes, so that neither content nor length shows in the time it takes. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(nodeCrypto.sha256(utf8(a)), nodeCrypto.sha256(utf8(b)));
}
