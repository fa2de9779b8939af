// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import tls from "node:tls";
import { encodeVkey, type TrustLimits } from "@countermark/formats";
import { nodeCrypto, type PrivateKey, readOrCreateKey, systemClock } from "@countermark/log";
import { type Head, readHead } from "./head.ts";
import { ROOT } from "./root.ts";
import type { SampleProject } from "./sample-packages.ts";
import { freePorts, type RunningService, startService } from "./service.ts";
import { createToyTls, type ToyTls } from "./toy-tls.ts";
import { encodeToyTrust } from "./toy-trust.ts";
import { postUpload } from "./upload.ts";

/** Every service as a process of its own on loopback, and what an operator of them knows. */
export interface ProcessWorld {
  readonly indexUrl: string;
  readonly authorityUrl: string;
  readonly issuerUrl: string;
  readonly tls: ToyTls;
  readonly caFile: string;
  readonly trustFile: string;
  readonly trustDigest: string;
  /** The tlog-policy text. */
  readonly policy: string;
  /** The name of the log, in its checkpoints. */
  readonly origin: string;
  /** Where each process listens. */
  readonly ports: Readonly<Record<string, number>>;
  /** The operator's, for management requests. */
  readonly adminToken: string;
  readonly auditToken: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Of each process, in the order in which they need each other. */
  readonly serviceNames: readonly string[];
  /** Starts one process again, after `start` and when it has ended. */
  startService(name: string, onSpawned?: (kill: () => void) => void): Promise<RunningService>;
  /** Throws unless it was started. */
  service(name: string): RunningService;
  /** Where the index listens. */
  readonly indexPort: number;
  /** A management request of the index's operator. Throws unless it succeeds. */
  manage(path: string, body: unknown): Promise<unknown>;
  createAccount(name: string): Promise<{ readonly token: string }>;
  /** Uploads without any tool. Throws unless each file is accepted. */
  upload(token: string, project: SampleProject): Promise<readonly string[]>;
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  readHead(): Promise<Head>;
  /** Where the index's store keeps the file with this SHA-256. */
  blobFile(digest: string): string;
  /** The log's private key and the countersigning key: what a thief of the index would have. */
  readLogKey(): PrivateKey;
  readCountersignKey(): PrivateKey;
}

const WITNESSES = ["oak", "ash", "elm"] as const;
const AUDITOR = "auditor";
const DOMAIN = "demo.countermark.dev";
const ORIGIN = `${DOMAIN}/index`;
const ECOSYSTEM = "pypi";
const SERVICE_COUNT = 4 + WITNESSES.length;

interface Plan {
  readonly dir: string;
  readonly tls: ToyTls;
  readonly caFile: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<string, number>>;
  readonly adminToken: string;
  readonly auditToken: string;
  readonly policy: string;
  readonly logVkey: string;
  readonly onStarted: (line: string) => void;
  readonly pace: ProcessWorldOptions["pace"];
  readonly environment: (name: string) => Readonly<Record<string, string>>;
  readonly releaseWaitSeconds: number | undefined;
}

export interface ProcessWorldOptions {
  /** Told of each process that answers. */
  readonly onStarted?: (line: string) => void;
  /** The port in the index's public URL, where somebody else listens and passes on to `indexPort`. */
  readonly publicPort?: number;
  /** From when on a head is too old, where a day is too long to wait; and how often the index refreshes its own. */
  readonly pace?: { readonly limits: TrustLimits; readonly refreshSeconds: number };
  /** Ports in the cosigners' public URLs, by name, where somebody else listens and passes on to theirs. */
  readonly cosignerPorts?: Readonly<Record<string, number>>;
  /** What a process has in its environment, beside what it needs. */
  readonly environment?: (name: string) => Readonly<Record<string, string>>;
  /** How long a request waits for the cosigners. */
  readonly releaseWaitSeconds?: number;
}

/** Makes keys, ports, tokens and the policy; nothing runs yet. */
export async function createProcessWorld(
  dir: string,
  options: ProcessWorldOptions = {},
): Promise<ProcessWorld> {
  const toyTls = createToyTls(systemClock());
  const caFile = join(dir, "ca.pem");
  writeFileSync(caFile, toyTls.caCertificate);
  writeFileSync(join(dir, "tls.crt"), toyTls.cert);
  writeFileSync(join(dir, "tls.key"), toyTls.key, { mode: 0o600 });
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), toyTls.caCertificate]);
  const ports = await planPorts();
  const urls: Record<string, string> = {};
  for (const [name, port] of Object.entries(ports)) urls[name] = `http://127.0.0.1:${port}`;
  urls["index"] = `https://localhost:${options.publicPort ?? ports["index"]}`;
  for (const [name, port] of Object.entries(options.cosignerPorts ?? {}))
    urls[name] = `http://127.0.0.1:${port}`;
  const { logVkey, policy } = planPolicy(dir, urls);
  const plan = { dir, tls: toyTls, caFile, urls, ports, policy, logVkey };
  const onStarted = options.onStarted ?? (() => {});
  const tokens = { adminToken: randomToken(), auditToken: randomToken() };
  const { pace, releaseWaitSeconds, environment = () => ({}) } = options;
  return openWorld({ ...plan, onStarted, pace, environment, releaseWaitSeconds, ...tokens });
}

async function planPorts(): Promise<Readonly<Record<string, number>>> {
  const names = ["issuer", "authority", "index", AUDITOR, ...WITNESSES];
  const ports = await freePorts(SERVICE_COUNT);
  return Object.fromEntries(names.map((name, position) => [name, ports[position] ?? 0]));
}

function planPolicy(
  dir: string,
  urls: Readonly<Record<string, string>>,
): { logVkey: string; policy: string } {
  const logVkey = encodeVkey(
    ORIGIN,
    1,
    rawEd25519(readOrCreateKey(logKeyFile(dir), "ed25519")),
    nodeCrypto.sha256,
  );
  const cosigner = (name: string): string => {
    const key = readOrCreateKey(cosignerKeyFile(dir, name), "ed25519");
    return `witness ${name} ${encodeVkey(`${name}.${DOMAIN}`, 4, rawEd25519(key), nodeCrypto.sha256)} ${urls[name]}`;
  };
  const lines = [
    `log ${logVkey} ${urls["index"]}`,
    ...[...WITNESSES, AUDITOR].map(cosigner),
    `group witnesses 2 ${WITNESSES.join(" ")}`,
    `group everyone all witnesses ${AUDITOR}`,
    "quorum everyone",
  ];
  return { logVkey, policy: `${lines.join("\n")}\n` };
}

function openWorld(plan: Plan): ProcessWorld {
  const services = new Map<string, RunningService>();
  const trustFile = join(plan.dir, "trust", "trust.json");
  const url = (name: string): string => plan.urls[name] ?? "";
  const read = async (path: string): Promise<Response> => {
    const response = await fetch(`${url("index")}${path}`);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const manage = async (path: string, body: unknown): Promise<unknown> => {
    const response = await fetch(`${url("index")}/_/manage/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${plan.adminToken}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST /_/manage/${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  return {
    indexUrl: url("index"),
    authorityUrl: url("authority"),
    issuerUrl: url("issuer"),
    tls: plan.tls,
    caFile: plan.caFile,
    trustFile,
    get trustDigest() {
      return createHash("sha256").update(readFileSync(trustFile)).digest("hex");
    },
    policy: plan.policy,
    origin: ORIGIN,
    ports: plan.ports,
    adminToken: plan.adminToken,
    auditToken: plan.auditToken,
    start: () => startAll(plan, trustFile, services),
    stop: async () => {
      await Promise.all([...services.values()].map((service) => service.stop()));
      services.clear();
    },
    serviceNames: rowsOf(plan).map(({ name }) => name),
    startService: (name, onSpawned) => {
      const row = rowsOf(plan).find((candidate) => candidate.name === name);
      if (row === undefined) throw new TypeError(`There is no service ${name}`);
      return startOne(plan, row, services, onSpawned);
    },
    service: (name) => {
      const service = services.get(name);
      if (service === undefined) throw new TypeError(`The service ${name} was not started`);
      return service;
    },
    indexPort: plan.ports["index"] ?? 0,
    manage,
    createAccount: async (name) => (await manage("accounts", { name })) as { token: string }, // our own index's answer
    upload: async (token, { name, version, requiresPython, files }) => {
      const answers: string[] = [];
      for (const path of files) {
        const file = { filename: basename(path), bytes: new Uint8Array(readFileSync(path)) };
        const form = { file, name, version, attestations: null, fields: { requires_python: requiresPython } };
        const response = await postUpload(fetch, url("index"), token, form);
        if (!response.ok) throw new Error(`POST /legacy/: ${response.status} ${await response.text()}`);
        answers.push(`${file.filename}: ${response.status}`);
      }
      return answers;
    },
    readText: async (path) => await (await read(path)).text(),
    readBytes: async (path) => new Uint8Array(await (await read(path)).arrayBuffer()),
    readHead: async () => readHead(await (await read("/checkpoint")).text()),
    blobFile: (digest) => join(plan.dir, "index", "blobs", digest.slice(0, 2), digest),
    readLogKey: () => readOrCreateKey(logKeyFile(plan.dir), "ed25519"),
    readCountersignKey: () => readOrCreateKey(countersignKeyFile(plan.dir), "ed25519"),
  };
}

/** In the order in which they need each other. */
async function startAll(plan: Plan, trustFile: string, services: Map<string, RunningService>): Promise<void> {
  const start = (row: ServiceRow): Promise<RunningService> => startOne(plan, row, services);
  await Promise.all(independentServices(plan).map(start));
  // Written once: a restart finds the file that its clients have pinned.
  if (!existsSync(trustFile)) await writeTrust(plan, trustFile);
  if (!existsSync(pagesDir(plan.dir))) buildPages(plan.dir);
  await Promise.all(trustingServices(plan).map(start));
}

async function startOne(
  plan: Plan,
  { name, entry, config }: ServiceRow,
  services: Map<string, RunningService>,
  onSpawned?: (kill: () => void) => void,
): Promise<RunningService> {
  const env = { NODE_EXTRA_CA_CERTS: plan.caFile, ...plan.environment(name) };
  const dir = join(plan.dir, "services");
  const spec = { name, entry: join(ROOT, "packages", entry), config, dir, env };
  const service = await startService(spec, onSpawned);
  services.set(name, service);
  plan.onStarted(`${name.padEnd(10)} process ${service.pid}, ${plan.urls[name]}`);
  return service;
}

function rowsOf(plan: Plan): readonly ServiceRow[] {
  return [...independentServices(plan), ...trustingServices(plan)];
}

/** Bundles the index's pages for people. */
function buildPages(dir: string): void {
  execFileSync(process.execPath, [join(ROOT, "packages/web/build.mjs"), pagesDir(dir)], { stdio: "pipe" });
}

function pagesDir(dir: string): string {
  return join(dir, "pages");
}

interface ServiceRow {
  readonly name: string;
  /** Below `packages/`. */
  readonly entry: string;
  readonly config: unknown;
}

function independentServices({ dir, ports, urls, logVkey }: Plan): readonly ServiceRow[] {
  const witnesses = WITNESSES.map((name) => ({
    name,
    entry: "log/src/witness/main.ts",
    config: {
      name: `${name}.${DOMAIN}`,
      keyFile: cosignerKeyFile(dir, name),
      storeDir: join(dir, name),
      port: ports[name],
      logs: [{ origin: ORIGIN, vkey: logVkey }],
    },
  }));
  const issuer = { dir: join(dir, "issuer"), port: ports["issuer"] };
  const authority = {
    dir: join(dir, "authority"),
    port: ports["authority"],
    issuers: [providerOf(urls)],
    audience: "sigstore",
  };
  return [
    { name: "issuer", entry: "authority/src/oidc-issuer-main.ts", config: issuer },
    { name: "authority", entry: "authority/src/main.ts", config: authority },
    ...witnesses,
  ];
}

/** Those that are given the trust description. */
function trustingServices({
  dir,
  ports,
  urls,
  logVkey,
  adminToken,
  auditToken,
  pace,
  releaseWaitSeconds,
}: Plan): readonly ServiceRow[] {
  const trust = join(dir, "trust");
  const index = {
    dir: join(dir, "index"),
    lockFile: join(dir, "index-lock", "lock.sqlite"),
    port: ports["index"],
    publicUrl: urls["index"],
    tls: { certFile: join(dir, "tls.crt"), keyFile: join(dir, "tls.key") },
    origin: ORIGIN,
    ecosystem: ECOSYSTEM,
    providers: [providerOf(urls)],
    trustFile: join(trust, "trust.json"),
    trustedRootFile: join(trust, "trusted_root.json"),
    policyFile: join(trust, "policy.txt"),
    adminToken,
    auditToken,
    webDir: pagesDir(dir),
    tickSeconds: 1,
    ...(pace === undefined ? {} : { refreshSeconds: pace.refreshSeconds }),
    ...(releaseWaitSeconds === undefined ? {} : { releaseWaitSeconds }),
  };
  const auditor = {
    name: `${AUDITOR}.${DOMAIN}`,
    keyFile: cosignerKeyFile(dir, AUDITOR),
    storeDir: join(dir, AUDITOR),
    port: ports[AUDITOR],
    log: { origin: ORIGIN, vkey: logVkey, url: urls["index"] },
    evidenceUrl: urls["index"],
    evidenceToken: auditToken,
    trustFile: join(trust, "trusted_root.json"),
    ecosystem: ECOSYSTEM,
    providers: [providerOf(urls)],
  };
  return [
    { name: "index", entry: "index/src/main.ts", config: index },
    { name: AUDITOR, entry: "log/src/auditor/main.ts", config: auditor },
  ];
}

function providerOf(urls: Plan["urls"]): unknown {
  return { provider: "github", issuer: urls["issuer"], serverUrl: "https://github.com" };
}

async function writeTrust(plan: Plan, trustFile: string): Promise<void> {
  const folder = join(plan.dir, "trust");
  mkdirSync(folder, { recursive: true });
  const response = await fetch(`${plan.urls["authority"]}/trusted_root.json`);
  const trustedRoot = new Uint8Array(await response.arrayBuffer());
  const countersign = readOrCreateKey(countersignKeyFile(plan.dir), "ed25519");
  writeFileSync(join(folder, "trusted_root.json"), trustedRoot);
  writeFileSync(join(folder, "policy.txt"), plan.policy);
  writeFileSync(
    trustFile,
    encodeToyTrust({
      origin: ORIGIN,
      ecosystem: ECOSYSTEM,
      logVkey: plan.logVkey,
      policy: plan.policy,
      auditors: [AUDITOR],
      countersignSpki: countersign.publicSpki,
      trustedRoot,
      ...(plan.pace === undefined ? {} : { limits: plan.pace.limits }),
    }),
  );
}

function logKeyFile(dir: string): string {
  return join(dir, "index", "keys", "log.pem");
}

function countersignKeyFile(dir: string): string {
  return join(dir, "index", "keys", "countersign.pem");
}

function cosignerKeyFile(dir: string, name: string): string {
  return join(dir, "keys", `${name}.pem`);
}

/** The 32 bytes of an Ed25519 public key: the end of its SPKI. */
function rawEd25519(key: PrivateKey): Uint8Array {
  return key.publicSpki.subarray(-32);
}

function randomToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}
