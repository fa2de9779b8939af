// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import tls from "node:tls";
import { encodeVkey } from "@countermark/formats";
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
  readonly auditToken: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One line for each process. */
  describe(): readonly string[];
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
  /** The log's private key: what a thief of the index would have. */
  readLogKey(): PrivateKey;
}

const WITNESSES = ["oak", "ash", "elm"] as const;
const AUDITOR = "auditor";
const ORIGIN = "demo.countermark.dev/index";
const ECOSYSTEM = "pypi";
const HAS_AUDITOR = existsSync(join(ROOT, "packages/log/src/auditor/main.ts"));
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
}

/** Makes keys, ports, tokens and the policy; nothing runs yet. */
export async function createProcessWorld(dir: string): Promise<ProcessWorld> {
  const toyTls = createToyTls(systemClock());
  const caFile = join(dir, "ca.pem");
  writeFileSync(caFile, toyTls.caCertificate);
  writeFileSync(join(dir, "tls.crt"), toyTls.cert);
  writeFileSync(join(dir, "tls.key"), toyTls.key, { mode: 0o600 });
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), toyTls.caCertificate]);
  const ports = await planPorts();
  const urls: Record<string, string> = {};
  for (const [name, port] of Object.entries(ports)) {
    urls[name] = name === "index" ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  }
  const { logVkey, policy } = planPolicy(dir, urls);
  const plan = { dir, tls: toyTls, caFile, urls, ports, policy, logVkey };
  return openWorld({ ...plan, adminToken: randomToken(), auditToken: randomToken() });
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
    return `witness ${name} ${encodeVkey(`${name}.demo.countermark.dev`, 4, rawEd25519(key), nodeCrypto.sha256)} ${urls[name]}`;
  };
  const lines = [
    `log ${logVkey} ${urls["index"]}`,
    ...[...WITNESSES, ...(HAS_AUDITOR ? [AUDITOR] : [])].map(cosigner),
    `group witnesses 2 ${WITNESSES.join(" ")}`,
    `group everyone all witnesses ${HAS_AUDITOR ? AUDITOR : ""}`,
    "quorum everyone",
  ];
  return { logVkey, policy: `${lines.join("\n")}\n` };
}

function openWorld(plan: Plan): ProcessWorld {
  const services: RunningService[] = [];
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
    auditToken: plan.auditToken,
    start: () => startAll(plan, trustFile, services),
    stop: async () => {
      await Promise.all(services.splice(0).map((service) => service.stop()));
    },
    describe: () =>
      services.map((service) => `${service.name.padEnd(10)} process ${service.pid}, ${service.url}`),
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
  };
}

/** In the order in which they need each other; what runs already is left alone. */
async function startAll(plan: Plan, trustFile: string, services: RunningService[]): Promise<void> {
  const env = { NODE_EXTRA_CA_CERTS: plan.caFile };
  const dir = join(plan.dir, "services");
  const start = async (name: string, entry: string, config: unknown): Promise<void> => {
    services.push(await startService({ name, entry: join(ROOT, "packages", entry), config, dir, env }));
  };
  const provider = { provider: "github", issuer: plan.urls["issuer"], serverUrl: "https://github.com" };
  await Promise.all([
    start("issuer", "authority/src/oidc-issuer-main.ts", {
      dir: join(plan.dir, "issuer"),
      port: plan.ports["issuer"],
    }),
    start("authority", "authority/src/main.ts", {
      dir: join(plan.dir, "authority"),
      port: plan.ports["authority"],
      issuers: [provider],
      audience: "sigstore",
    }),
    ...WITNESSES.map((name) =>
      start(name, "log/src/witness/main.ts", {
        name: `${name}.demo.countermark.dev`,
        keyFile: cosignerKeyFile(plan.dir, name),
        storeDir: join(plan.dir, name),
        port: plan.ports[name],
        logs: [{ origin: ORIGIN, vkey: plan.logVkey }],
      }),
    ),
  ]);
  const trustDir = join(plan.dir, "trust");
  const trustedRootFile = join(trustDir, "trusted_root.json");
  if (!services.some((service) => service.name === "trust"))
    await writeTrust(plan, trustFile, trustedRootFile);
  await start("index", "index/src/main.ts", {
    dir: join(plan.dir, "index"),
    lockFile: join(plan.dir, "index-lock", "lock.sqlite"),
    port: plan.ports["index"],
    publicUrl: plan.urls["index"],
    tls: { certFile: join(plan.dir, "tls.crt"), keyFile: join(plan.dir, "tls.key") },
    origin: ORIGIN,
    ecosystem: ECOSYSTEM,
    providers: [provider],
    trustFile,
    trustedRootFile,
    policyFile: join(trustDir, "policy.txt"),
    adminToken: plan.adminToken,
    auditToken: plan.auditToken,
  });
  if (HAS_AUDITOR)
    await start(AUDITOR, "log/src/auditor/main.ts", {
      name: `${AUDITOR}.demo.countermark.dev`,
      keyFile: cosignerKeyFile(plan.dir, AUDITOR),
      storeDir: join(plan.dir, AUDITOR),
      port: plan.ports[AUDITOR],
      log: { origin: ORIGIN, vkey: plan.logVkey, url: plan.urls["index"] },
      evidenceUrl: plan.urls["index"],
      evidenceToken: plan.auditToken,
      trustFile: trustedRootFile,
      ecosystem: ECOSYSTEM,
    });
}

async function writeTrust(plan: Plan, trustFile: string, trustedRootFile: string): Promise<void> {
  mkdirSync(join(plan.dir, "trust"), { recursive: true });
  const response = await fetch(`${plan.urls["authority"]}/trusted_root.json`);
  const trustedRoot = new Uint8Array(await response.arrayBuffer());
  const countersign = readOrCreateKey(countersignKeyFile(plan.dir), "ed25519");
  writeFileSync(trustedRootFile, trustedRoot);
  writeFileSync(join(plan.dir, "trust", "policy.txt"), plan.policy);
  writeFileSync(
    trustFile,
    encodeToyTrust({
      origin: ORIGIN,
      ecosystem: ECOSYSTEM,
      logVkey: plan.logVkey,
      policy: plan.policy,
      auditors: HAS_AUDITOR ? [AUDITOR] : [],
      countersignSpki: countersign.publicSpki,
      trustedRoot,
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
