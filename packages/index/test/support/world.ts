// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, sign } from "node:crypto";
import type { TestContext } from "node:test";
import {
  encodePublisher,
  encodeVkey,
  type PublisherRecord,
  parseEd25519Spki,
  parsePolicy,
} from "@countermark/formats";
import {
  createEd25519,
  createWitness,
  fileStorage,
  memoryLock,
  nodeCrypto,
  type PrivateKey,
  type Storage,
  sqliteWitnessStore,
} from "@countermark/log";
import { prepareTrustedRoot, providerRow, verifyAttestation } from "@countermark/verify";
import { TOY_TIME } from "../../../verify/test/support/toy-certificates.ts";
import { makeWorld } from "../../../verify/test/support/toy-sigstore.ts";
import { logVkey } from "../../src/config.ts";
import { createIndex, type PackageIndex } from "../../src/create-index.ts";
import type { IndexOptions } from "../../src/services.ts";
import { type BuiltFile, type Project, uploadBody, uploadFields } from "./build.ts";
import { temporaryFolder } from "./folder.ts";
import { TOY_PLAN } from "./toy-plan.ts";

export const GITHUB = providerRow({
  provider: "github",
  issuer: "https://token.actions.githubusercontent.com",
  serverUrl: "https://github.com",
});
export const ORIGIN = "index.test/ledger";
export const AUDIENCE = "index.test";
export const ADMIN = "pypi-admin";
export const AUDIT = "audit-token";

const WITNESSES = ["oak", "ash", "elm"];
const ISSUER_KEY = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const KEYS = {
  log: createEd25519(new Uint8Array(32).fill(1)),
  countersign: createEd25519(new Uint8Array(32).fill(2)),
  nextCountersign: null,
  roots: [createEd25519(new Uint8Array(32).fill(3))],
};

/** Claims of a GitHub Actions job; a test changes what it is about. */
export const JOB = {
  repository: "octo-org/toy-box",
  repository_id: "4242",
  repository_owner: "octo-org",
  repository_owner_id: "17",
  workflow_ref: "octo-org/toy-box/.github/workflows/release.yml@refs/heads/main",
  workflow_sha: "a".repeat(40),
  job_workflow_ref: "octo-org/toy-box/.github/workflows/release.yml@refs/heads/main",
  job_workflow_sha: "a".repeat(40),
  ref: "refs/heads/main",
  sha: "a".repeat(40),
  run_id: "900001",
  run_attempt: "1",
  event_name: "push",
  runner_environment: "github-hosted",
  repository_visibility: "public",
  environment: "pypi",
};
export type Job = typeof JOB;

export const PUBLISHER: PublisherRecord = {
  provider: "github",
  issuer: GITHUB.issuer,
  owner: "octo-org",
  ownerId: "17",
  project: "octo-org/toy-box",
  projectId: "4242",
  workflow: ".github/workflows/release.yml",
  calledWorkflow: null,
  environment: "pypi",
  subject: null,
};

/** An index with three witnesses and an identity provider, all in this process and on one clock. */
export interface World {
  index: PackageIndex;
  /** Unix seconds. */
  now: number;
  /** Cosigners that answer; the policy wants two of the three. */
  readonly up: Set<string>;
  /** How often the identity provider's keys were fetched. */
  keyFetches: number;
  jwksUri: string;
  readonly dir: string;
  readonly reported: unknown[];
  readonly options: IndexOptions;
  restart(): Promise<void>;
  request(path: string, init?: RequestInit): Promise<Response>;
  manage(path: string, body: unknown, token?: string): Promise<Response>;
  account(name: string): Promise<string>;
  idToken(job?: Job, extra?: Readonly<Record<string, unknown>>): string;
  mint(idToken: string): Promise<Response>;
  /** An upload token of a job that may publish. */
  uploadToken(job?: Job): Promise<string>;
  upload(
    token: string,
    project: Project,
    file: BuiltFile,
    extra?: Readonly<Record<string, string>>,
  ): Promise<Response>;
}

export type WorldEdit = (options: IndexOptions) => IndexOptions;

/** Opens a world; its index has released its first head. */
export async function openWorld(
  context: TestContext,
  edit: WorldEdit = (options) => options,
  start = TOY_TIME + 60,
): Promise<World> {
  const dir = await temporaryFolder(context);
  const world = await createWorld(dir, edit, start);
  context.after(async () => {
    await world.index.close().catch(() => {});
  });
  await world.index.tick();
  return world;
}

async function createWorld(dir: string, edit: WorldEdit, start: number): Promise<World> {
  const up = new Set(WITNESSES);
  const reported: unknown[] = [];
  // Filled in below: the witnesses' clock and the fetch are those of the world that they are in.
  const world = { now: start, up, keyFetches: 0, dir, reported } as unknown as World;
  world.jwksUri = `${GITHUB.issuer}/jwks`;
  const witnesses = createWitnesses(world);
  const { root } = makeWorld(TOY_PLAN);
  const prepared = await prepareTrustedRoot(root, nodeCrypto);
  const options: IndexOptions = edit({
    dir,
    storage: fileStorage(`${dir}/log`),
    lock: memoryLock(),
    origin: ORIGIN,
    ecosystem: "pypi",
    publicUrl: "https://index.test",
    audience: AUDIENCE,
    providers: [GITHUB],
    policy: parsePolicy(policyText(witnesses.keys), nodeCrypto.sha256),
    keys: KEYS,
    verifyAttestation: (attestation, file) => verifyAttestation(attestation, file, prepared, nodeCrypto),
    adminToken: ADMIN,
    auditToken: AUDIT,
    webDir: null,
    documents: { trust: null, trustedRoot: null },
    clock: () => world.now,
    elapsed: () => world.now,
    fetch: (url, init) => answer(world, witnesses.apps, url, init),
    releaseWaitMs: 500,
    refreshSeconds: 600,
    heartbeatSeconds: 3_600,
    report: (error) => reported.push(error),
  });
  const request = async (path: string, init?: RequestInit): Promise<Response> =>
    await world.index.app.request(`https://index.test${path}`, init);
  return Object.assign(world, {
    options,
    index: await createIndex(options),
    request,
    async restart() {
      await world.index.close();
      world.index = await createIndex(options);
    },
    manage: (path: string, body: unknown, token = ADMIN) =>
      request(`/_/manage/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
    async account(name: string) {
      const response = await world.manage("accounts", { name });
      return ((await response.json()) as { token: string }).token; // our own answer
    },
    idToken: (job: Job = JOB, extra = {}) => signIdToken(world.now, job, extra),
    mint: (idToken: string) =>
      request("/_/oidc/mint-token", { method: "POST", body: JSON.stringify({ token: idToken }) }),
    async uploadToken(job: Job = JOB) {
      const response = await world.mint(world.idToken(job));
      if (response.status !== 200) throw new Error(await response.text());
      return ((await response.json()) as { token: string }).token; // our own answer
    },
    async upload(
      token: string,
      project: Project,
      file: BuiltFile,
      extra: Readonly<Record<string, string>> = {},
    ) {
      const fields = new Map([...uploadFields(project, file), ...Object.entries(extra)]);
      const form = new Request("https://index.test/", { method: "POST", body: uploadBody(fields, file) });
      return await request("/legacy/", {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`__token__:${token}`).toString("base64")}`,
          "content-type": form.headers.get("content-type") ?? "",
          accept: "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7",
        },
        body: await form.arrayBuffer(),
      });
    },
  });
}

/** The publisher as management requests write it. */
export function publisherJson(record: PublisherRecord = PUBLISHER): unknown {
  return JSON.parse(Buffer.from(encodePublisher(record)).toString());
}

let tokenCount = 0;

function signIdToken(now: number, job: Job, extra: Readonly<Record<string, unknown>>): string {
  tokenCount++;
  const claims = {
    iss: GITHUB.issuer,
    sub: `repo:${job.repository}:environment:${job.environment}`,
    aud: AUDIENCE,
    iat: now,
    exp: now + 600,
    jti: `token-${tokenCount}`,
    ...job,
    ...extra,
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT", kid: "key-1" })}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), ISSUER_KEY.privateKey).toString("base64url");
  return `${signed}.${signature}`;
}

interface Witnesses {
  readonly keys: ReadonlyMap<string, PrivateKey>;
  readonly apps: ReadonlyMap<string, ReturnType<typeof createWitness>>;
}

function createWitnesses(world: World): Witnesses {
  const keys = new Map(WITNESSES.map((name, i) => [name, createEd25519(new Uint8Array(32).fill(10 + i))]));
  const logs = [{ origin: ORIGIN, vkeys: [] as never[] }];
  const policy = parsePolicy(policyText(keys), nodeCrypto.sha256);
  const apps = new Map(
    [...keys].map(([name, key]) => {
      const app = createWitness({
        name: `${name}.test`,
        key,
        logs: logs.map((log) => ({ ...log, vkeys: policy.logs.map(({ vkey }) => vkey) })),
        store: sqliteWitnessStore(":memory:"),
        clock: () => world.now,
        crypto: nodeCrypto,
      });
      return [name, app] as const;
    }),
  );
  return { keys, apps };
}

function policyText(keys: ReadonlyMap<string, PrivateKey>): string {
  const lines = [...keys].map(([name, key]) => {
    const vkey = encodeVkey(`${name}.test`, 4, parseEd25519Spki(key.publicSpki), nodeCrypto.sha256);
    return `witness ${name} ${vkey} http://${name}.test`;
  });
  const group = `group all 2 ${[...keys.keys()].join(" ")}`;
  return `log ${logVkey(ORIGIN, KEYS.log)}\n${lines.join("\n")}\n${group}\nquorum all\n`;
}

async function answer(
  world: World,
  witnesses: Witnesses["apps"],
  url: string,
  init?: RequestInit,
): Promise<Response> {
  const { hostname, pathname } = new URL(url);
  if (url.startsWith(GITHUB.issuer)) {
    if (pathname === "/.well-known/openid-configuration") {
      return Response.json({ issuer: GITHUB.issuer, jwks_uri: world.jwksUri });
    }
    world.keyFetches++;
    const jwk = ISSUER_KEY.publicKey.export({ format: "jwk" });
    return Response.json({ keys: [{ ...jwk, kid: "key-1", use: "sig", alg: "RS256" }] });
  }
  const name = hostname.replace(/\.test$/, "");
  const app = witnesses.get(name);
  if (app === undefined || !world.up.has(name)) throw new TypeError(`${url} is down`);
  return await app.request(url, init);
}

/** A storage whose writes can be made to fail, before or after they happen. */
export function faultyStorage(
  inner: Storage,
  fail: (operation: string, path: string) => "before" | "after" | null,
): Storage {
  const guard = async (operation: string, path: string, write: () => Promise<void>): Promise<void> => {
    const fault = fail(operation, path);
    if (fault === "before") throw new Error(`${operation} ${path} failed`);
    await write();
    if (fault === "after") throw new Error(`${operation} ${path} failed`);
  };
  return {
    read: (path) => inner.read(path),
    list: (prefix) => inner.list(prefix),
    create: (path, bytes) => guard("create", path, () => inner.create(path, bytes)),
    replace: (path, bytes) => guard("replace", path, () => inner.replace(path, bytes)),
    remove: (path) => guard("remove", path, () => inner.remove(path)),
  };
}
