// SPDX-License-Identifier: Apache-2.0
// A development issuer and an authority in one process, on one false clock, for the tests of this package.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Authority,
  type AuthorityStore,
  createAuthority,
  createIssuerSigningKey,
  createOidcIssuer,
} from "@countermark/authority";
import { encodePem, utf8 } from "@countermark/formats";
import { createP256, type PrivateKey } from "@countermark/log";
import { providerRow } from "@countermark/verify";
import type { Hono } from "hono";

export const ISSUER = "http://issuer.test";
export const AUTHORITY = "http://authority.test:8080";
export const START = 1_800_000_000;

export const JOB = {
  repository: "octo-org/sampleproject",
  repository_id: "4242",
  repository_owner: "octo-org",
  repository_owner_id: "17",
  workflow: ".github/workflows/release.yml",
  ref: "refs/tags/v1",
  sha: "a".repeat(40),
  run_id: "900001",
  environment: "pypi",
};

export const ROW = providerRow({ provider: "github", issuer: ISSUER, serverUrl: "https://github.com" });

export type World = {
  readonly issuer: Hono;
  readonly authority: Authority;
  now: number;
  /** Requests that the authority made of the issuer, by path. */
  readonly fetched: string[];
};

const signingKey = createIssuerSigningKey();

export function createIssuer(clock: () => number): Hono {
  return createOidcIssuer({ key: signingKey, issuer: () => ISSUER, clock, requestTokens: null });
}

export async function createWorld(store: AuthorityStore = { kind: "memory" }): Promise<World> {
  const fetched: string[] = [];
  const state = { now: START };
  const clock = (): number => state.now;
  const issuer = createIssuer(clock);
  const authority = await createAuthority({
    store,
    hostname: "authority.test",
    publicUrl: AUTHORITY,
    issuers: [ROW],
    audience: "sigstore",
    clock,
    fetch: async (url, init) => {
      fetched.push(url);
      return await issuer.request(url, init);
    },
  });
  return Object.assign(state, { issuer, authority, fetched });
}

/** An ID token of a job that differs from {@link JOB} in `changes`. */
export async function requestIdToken(
  issuer: Hono,
  audience: string,
  changes: Readonly<Record<string, string | null>> = {},
): Promise<string> {
  const registered = issuer.request(`${ISSUER}/jobs`, postJson({ ...JOB, ...changes }));
  const { requestUrl, requestToken } = await readJson(registered);
  const answer = issuer.request(`${requestUrl}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `bearer ${requestToken}` },
  });
  const { value } = await readJson(answer);
  return value;
}

/** An answer of the two services, with the members that these tests look at. */
export type Answer = {
  readonly code: string;
  readonly message: string;
  readonly requestUrl: string;
  readonly requestToken: string;
  readonly count: number;
  readonly value: string;
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly signedCertificateEmbeddedSct: { readonly chain: { readonly certificates: readonly string[] } };
};

export async function readJson(response: Response | Promise<Response>): Promise<Answer> {
  return (await (await response).json()) as Answer; // a test looks at what it expects to be there
}

/** The claims of a token, unbelieved. */
export function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
}

export function postJson(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

/** The body of a request for a certificate, as sigstore-js and sigstore-go make it. */
export function signingRequest(token: string, key: PrivateKey, challenge: string): Record<string, unknown> {
  return {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: "ECDSA", content: encodePem("PUBLIC KEY", key.publicSpki) },
      proofOfPossession: base64(key.sign(utf8(challenge))),
    },
  };
}

/** A key with a certificate of the ordinary job. */
export async function certify(
  world: World,
): Promise<{ readonly key: PrivateKey; readonly chain: readonly string[] }> {
  const key = createP256();
  const token = await requestIdToken(world.issuer, "sigstore");
  const body = signingRequest(token, key, String(claimsOf(token)["sub"]));
  const response = await world.authority.app.request("/api/v2/signingCert", postJson(body));
  const { signedCertificateEmbeddedSct } = await readJson(response);
  return { key, chain: signedCertificateEmbeddedSct.chain.certificates };
}

/** A new folder that is gone with this process. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "countermark-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
