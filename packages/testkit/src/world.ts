// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Bytes,
  encodeVkey,
  type Policy,
  parseEd25519Spki,
  parsePolicy,
  parseTrust,
  parseTrustedRoot,
} from "@countermark/formats";
import { createIndex, type IndexOptions, type PackageIndex } from "@countermark/index";
import {
  createAuditor,
  createEd25519,
  createWitness,
  httpEvidence,
  httpTiles,
  type Lock,
  memoryLock,
  memoryStorage,
  nodeCrypto,
  type PrivateKey,
  readDistributionMetadata,
  type Storage,
  sqliteWitnessStore,
} from "@countermark/log";
import { type ProviderRow, prepareTrustedRoot, verifyAttestation } from "@countermark/verify";
import type { BuiltFile } from "./build-wheel.ts";
import { type JobClaims, jobEnvironment, publisherOf } from "./ci-job.ts";
import { fakeClock } from "./clock.ts";
import type { ClientRun } from "./run-client.ts";
import {
  createClient,
  createSigningWorld,
  ISSUER_URL,
  type SigningWorld,
  type WorldOptions,
} from "./signing-world.ts";
import { encodeToyTrust } from "./toy-trust.ts";

export const INDEX_URL = "https://index.test";
export const ORIGIN = "index.test/ledger";
const ECOSYSTEM = "pypi";
const ADMIN_TOKEN = "toy-admin-token";
export const AUDIT_TOKEN = "toy-audit-token";
const WITNESSES = ["oak", "ash", "elm"] as const;
const AUDITOR = "auditor";
const RELEASE_WAIT_MS = 2_000;

/** A signing world with an index and its witnesses: everything in this process, on one false clock. */
export interface World extends SigningWorld {
  /** The index's online keys, which a thief of the index would have. */
  readonly logKey: PrivateKey;
  readonly countersignKey: PrivateKey;
  /** What the index prepared to countersign with next. */
  readonly nextCountersignKey: PrivateKey;
  /** The index's offline keys: all of them, and all must sign. */
  readonly rootKeys: readonly PrivateKey[];
  /** By the cosigner's name in the policy. */
  readonly cosignerKeys: ReadonlyMap<string, PrivateKey>;
  readonly logVkey: string;
  readonly policy: Policy;
  readonly trust: Bytes;
  /** Storage of the ledger; what an attack with access to the disk would change. */
  readonly storage: Storage;
  readonly lock: Lock;
  /** A management request of the operator. Throws unless it succeeds. */
  manage(path: string, body: unknown): Promise<unknown>;
  /** Makes `project` with the publisher that `claims` will be. */
  registerProject(project: string, claims: JobClaims): Promise<void>;
  /** Writes `file` into a folder of its own, as a build would. */
  writeFile(file: BuiltFile): string;
  /** `countermark publish`, in a job of these claims. */
  publish(claims: JobClaims, files: readonly BuiltFile[]): Promise<ClientRun>;
  /** Releases, refreshes and seals the time, as the index does on its own every few seconds. */
  tick(): Promise<void>;
  /** Why the index takes no changes; null when it does. */
  readOnly(): (Error & { readonly code: string }) | null;
  /** Ends the index as a power cut does, as far as one process can: nothing is closed or finished. Then opens it again. */
  crashIndex(): Promise<void>;
  /** Another machine's client, with a lock and a memory of its own. */
  createClient(): SigningWorld["countermark"];
  /** The same, with another trust description. */
  createClientWith(trust: Bytes): SigningWorld["countermark"];
}

type VerifyAttestation = IndexOptions["verifyAttestation"];

/** A signing world's options, and who else is there. */
export interface IndexWorldOptions extends WorldOptions {
  /** Whether the quorum wants an auditor beside two of the three witnesses. */
  readonly cosigners?: "witnesses" | "with-auditor";
  /** In the place of the index's own check, which it is given: an index that believes whatever it likes. */
  readonly believing?: (honest: VerifyAttestation) => VerifyAttestation;
  /** Forges whose identities the index takes too. */
  readonly otherProviders?: readonly ProviderRow[];
  /** Told what only the operator of the index is told. */
  readonly report?: (error: unknown) => void;
}

interface Operator {
  readonly cosignerKeys: ReadonlyMap<string, PrivateKey>;
  readonly keys: IndexOptions["keys"] & { readonly nextCountersign: PrivateKey };
  readonly logVkey: string;
  readonly policyText: string;
  readonly policy: Policy;
}

/** A world in which packages are published, logged and released. */
export async function createWorld(options: IndexWorldOptions = { clock: fakeClock() }): Promise<World> {
  const signing = await createSigningWorld(options);
  const isAudited = options.cosigners === "with-auditor";
  const operator = createOperator(signing, isAudited);
  const storage = memoryStorage();
  const lock = memoryLock();
  const trust = encodeToyTrust({
    origin: ORIGIN,
    ecosystem: ECOSYSTEM,
    logVkey: operator.logVkey,
    policy: operator.policyText,
    auditors: isAudited ? [AUDITOR] : [],
    countersignSpki: operator.keys.countersign.publicSpki,
    trustedRoot: signing.authority.trustedRoot(),
  });
  if (isAudited) await attachAuditor(signing, operator, trust);
  const index = await openIndexOf(signing, operator, { ...options, storage, lock, trust });
  const clientWith = (described: Bytes): SigningWorld["countermark"] =>
    createClient(signing.dir, signing, {
      trust: described,
      trustedRoot: signing.authority.trustedRoot(),
      indexUrl: INDEX_URL,
    });
  const newClient = (): SigningWorld["countermark"] => clientWith(trust);
  const countermark = newClient();
  const manage = async (path: string, body: unknown): Promise<unknown> => {
    const response = await signing.network.fetch(`${INDEX_URL}/_/manage/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST /_/manage/${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  const writeBuilt = (file: BuiltFile): string => {
    const path = join(mkdtempSync(join(signing.dir, "dist-")), file.filename);
    writeFileSync(path, file.bytes);
    return path;
  };
  return {
    ...signing,
    logKey: operator.keys.log,
    countersignKey: operator.keys.countersign,
    nextCountersignKey: operator.keys.nextCountersign,
    rootKeys: operator.keys.roots,
    cosignerKeys: operator.cosignerKeys,
    logVkey: operator.logVkey,
    policy: operator.policy,
    trust,
    storage,
    lock,
    countermark,
    manage,
    registerProject: async (project, claims) => {
      await manage("projects", { project, publishers: [publisherOf(ISSUER_URL, claims)] });
    },
    writeFile: writeBuilt,
    publish: async (claims, files) => {
      const job = await signing.startJob(claims);
      return await countermark(["publish", ...files.map(writeBuilt)], jobEnvironment(job));
    },
    tick: () => index.current().tick(),
    readOnly: () => index.current().readOnly(),
    crashIndex: () => index.crash(),
    createClient: newClient,
    createClientWith: clientWith,
    close: async () => {
      await index.current().close();
      await signing.close();
    },
  };
}

function createOperator(signing: SigningWorld, isAudited: boolean): Operator {
  const keys = {
    log: createEd25519(),
    countersign: createEd25519(),
    nextCountersign: createEd25519(),
    roots: [createEd25519(), createEd25519()],
  };
  const logVkey = vkeyOf(ORIGIN, 1, keys.log);
  const logs = [
    {
      origin: ORIGIN,
      vkeys: parsePolicy(`log ${logVkey}\nquorum none\n`, nodeCrypto.sha256).logs.map((log) => log.vkey),
    },
  ];
  const names = isAudited ? [...WITNESSES, AUDITOR] : WITNESSES;
  const cosignerKeys = new Map(names.map((name) => [name, createEd25519()] as const));
  const lines = [...cosignerKeys].map(
    ([name, key]) => `witness ${name} ${vkeyOf(`${name}.test`, 4, key)} https://${name}.test`,
  );
  for (const name of WITNESSES) {
    const key = cosignerKeys.get(name);
    if (key === undefined) throw new TypeError(`no key of ${name}`);
    const store = sqliteWitnessStore(":memory:");
    const clock = signing.clock.now;
    const witness = createWitness({ name: `${name}.test`, key, logs, store, clock, crypto: nodeCrypto });
    signing.network.attach(`${name}.test`, witness);
  }
  const groups = [`group witnesses 2 ${WITNESSES.join(" ")}`];
  if (isAudited) groups.push(`group everyone all witnesses ${AUDITOR}`);
  const quorum = `quorum ${isAudited ? "everyone" : "witnesses"}`;
  const policyText = `${[`log ${logVkey} ${INDEX_URL}`, ...lines, ...groups, quorum].join("\n")}\n`;
  const policy = parsePolicy(policyText, nodeCrypto.sha256);
  return { keys, cosignerKeys, logVkey, policyText, policy };
}

function vkeyOf(name: string, algorithm: 1 | 4, key: PrivateKey): string {
  return encodeVkey(name, algorithm, parseEd25519Spki(key.publicSpki), nodeCrypto.sha256);
}

/** The auditor, which reads the ledger and its evidence from the index as one elsewhere would. */
async function attachAuditor(signing: SigningWorld, operator: Operator, trust: Bytes): Promise<void> {
  const key = operator.cosignerKeys.get(AUDITOR);
  const log = operator.policy.logs[0];
  if (key === undefined || log === undefined) throw new TypeError("the policy has no auditor");
  const { fetch } = signing.network;
  const clock = signing.clock.now;
  const auditor = createAuditor({
    name: `${AUDITOR}.test`,
    key,
    log: { origin: ORIGIN, vkeys: [log.vkey] },
    store: sqliteWitnessStore(":memory:"),
    tiles: httpTiles(INDEX_URL, fetch),
    progress: memoryStorage(),
    audit: {
      evidence: httpEvidence({ evidenceUrl: INDEX_URL, logUrl: INDEX_URL, token: AUDIT_TOKEN, fetch }),
      trust: parseTrust(trust, nodeCrypto.sha256),
      root: await prepareTrustedRoot(parseTrustedRoot(signing.authority.trustedRoot()), nodeCrypto),
      findRow: (record) => (record.issuer === signing.provider.issuer ? signing.provider : null),
      metadataOf: readDistributionMetadata,
      crypto: nodeCrypto,
      clock,
    },
    clock,
    crypto: nodeCrypto,
  });
  signing.network.attach(`${AUDITOR}.test`, auditor);
}

interface OpenIndex {
  current(): PackageIndex;
  crash(): Promise<void>;
}

async function openIndexOf(
  signing: SigningWorld,
  operator: Operator,
  parts: Pick<IndexWorldOptions, "believing" | "otherProviders" | "report"> & {
    readonly storage: Storage;
    readonly lock: Lock;
    readonly trust: Bytes;
  },
): Promise<OpenIndex> {
  const trustedRoot = signing.authority.trustedRoot();
  const root = await prepareTrustedRoot(parseTrustedRoot(trustedRoot), nodeCrypto);
  const honest: VerifyAttestation = (attestation, file) =>
    verifyAttestation(attestation, file, root, nodeCrypto);
  const dir = join(signing.dir, "index");
  mkdirSync(dir);
  const indexOptions: IndexOptions = {
    dir,
    storage: parts.storage,
    lock: parts.lock,
    origin: ORIGIN,
    ecosystem: ECOSYSTEM,
    publicUrl: INDEX_URL,
    audience: "index.test",
    providers: [signing.provider, ...(parts.otherProviders ?? [])],
    policy: operator.policy,
    keys: operator.keys,
    verifyAttestation: parts.believing?.(honest) ?? honest,
    adminToken: ADMIN_TOKEN,
    auditToken: AUDIT_TOKEN,
    webDir: null,
    documents: { trust: parts.trust, trustedRoot },
    clock: signing.clock.now,
    elapsed: signing.clock.now,
    fetch: signing.network.fetch,
    releaseWaitMs: RELEASE_WAIT_MS,
    refreshSeconds: 600,
    heartbeatSeconds: 21_600,
    report: parts.report ?? (() => {}),
  };
  const open = async (): Promise<PackageIndex> => {
    const index = await createIndex(indexOptions);
    signing.network.attach("index.test", index.app);
    await index.tick();
    return index;
  };
  let index = await open();
  return {
    current: () => index,
    crash: async () => {
      signing.network.detach("index.test");
      index = await open();
    },
  };
}
