// SPDX-License-Identifier: Apache-2.0
import { encodeHex, utf8 } from "@countermark/formats";
import { type Clock, nodeCrypto } from "@countermark/log";
import type { Host } from "../routed-fetch.ts";
import {
  type DelegationDraft,
  draftRoot,
  draftSnapshot,
  draftTargets,
  draftTimestamp,
  type ListDraft,
  type MetaDraft,
  type RoleDraft,
  type RootDraft,
  type TargetsDraft,
  TOP_ROLES,
  type TufDraft,
} from "./drafts.ts";
import { canonicalBytes, createTufSigner, type TufSigner } from "./keys.ts";

/** A TUF repository that is alive: change the drafts, publish them, and see what a client asks for. */
export interface TufSimulator extends Host {
  readonly root: RootDraft;
  readonly timestamp: ListDraft;
  readonly snapshot: ListDraft;
  readonly targets: TargetsDraft;
  /** Every version of a role's file, in the order in which it was published: the first is what is served as version 1. */
  readonly published: Map<string, Uint8Array[]>;
  /** Who signs a role: key id -> signer. */
  readonly signers: Map<string, Map<string, TufSigner>>;
  /** The bytes that are served for a target, whatever the metadata says of it. */
  readonly artifacts: Map<string, Uint8Array>;
  /** `root 2`, `timestamp`: metadata that was asked for, as the client wrote its name. */
  readonly requests: string[];
  /** Targets that were asked for: `HASH.name`. */
  readonly downloads: string[];
  /** Whether snapshot and timestamp list lengths and hashes from now on. */
  listsHashes: boolean;
  /** The targets role of this name, which a delegation added. */
  role(name: string): TargetsDraft;
  /** Signs the drafts in this order, each as the next version unless it was never published. */
  publish(...roles: string[]): void;
  /** Makes `signer` one of the role's, in the file of `delegator`. Returns it. */
  addKey(role: string, signer?: TufSigner, delegator?: string): TufSigner;
  /** New keys for a top-level role, as many as its threshold. */
  rotateKeys(role: string): void;
  addTarget(role: string, path: string, content: string, algorithms?: readonly ("sha256" | "sha512")[]): void;
  /** A delegation by `delegator`, with a new key, of paths; the role is made if it is not there. */
  delegate(delegator: string, name: string, more?: Partial<DelegationDraft>): void;
}

const LIFETIME_SECONDS = 30 * 86_400;
const METADATA = "/metadata/";
const TARGETS = "/targets/";

/** A repository with version 1 of each top-level role, under `/metadata/` and `/targets/` of its host. */
export function createTufSimulator(now: Clock): TufSimulator {
  const expires = now() + LIFETIME_SECONDS;
  const top = {
    root: draftRoot(expires),
    timestamp: draftTimestamp(expires),
    snapshot: draftSnapshot(expires),
    targets: draftTargets(expires),
  };
  const drafts = new Map<string, TufDraft>(Object.entries(top));
  const simulator: TufSimulator = {
    ...top,
    published: new Map(),
    signers: new Map(),
    artifacts: new Map(),
    requests: [],
    downloads: [],
    listsHashes: false,
    role: (name) => wanted(drafts, name) as TargetsDraft, // only delegations add roles
    publish: (...roles) => {
      for (const role of roles) publishRole(simulator, role, wanted(drafts, role));
    },
    addKey: (role, signer = createTufSigner(), delegator = "root") => {
      addKeyTo(wanted(drafts, delegator), role, signer);
      signersOf(simulator, role).set(signer.id(), signer);
      return signer;
    },
    rotateKeys: (role) => {
      const draft = wanted(new Map(Object.entries(top.root.roles)), role);
      draft.keyids = [];
      signersOf(simulator, role).clear();
      for (let i = 0; i < draft.threshold; i++) simulator.addKey(role);
    },
    addTarget: (role, path, content, algorithms = ["sha256"]) => {
      const bytes = utf8(content);
      const hashes = Object.fromEntries(algorithms.map((name) => [name, digest(name, bytes)]));
      simulator.role(role).targets[path] = { length: bytes.length, hashes };
      simulator.artifacts.set(path, bytes);
    },
    delegate: (delegator, name, more = {}) => {
      if (!drafts.has(name)) drafts.set(name, draftTargets(expires));
      const from = simulator.role(delegator);
      from.delegations ??= { keys: {}, roles: [] };
      from.delegations.roles?.push({
        name,
        keyids: [],
        threshold: 1,
        terminating: false,
        paths: ["*"],
        ...more,
      });
      simulator.addKey(name, createTufSigner(), delegator);
    },
    fetch: (request) => serve(simulator, new URL(request.url).pathname),
  };
  for (const role of TOP_ROLES) simulator.addKey(role);
  simulator.publish("targets", "snapshot", "timestamp", "root");
  return simulator;
}

function publishRole(simulator: TufSimulator, role: string, draft: TufDraft): void {
  const versions = simulator.published.get(role);
  if (versions !== undefined) draft.version++;
  const message = canonicalBytes(draft);
  const signers = [...signersOf(simulator, role)];
  const signatures = signers.map(([keyid, signer]) => ({ keyid, sig: signer.sign(message) }));
  const bytes = utf8(JSON.stringify({ signatures, signed: draft }, null, 1));
  simulator.published.set(role, [...(versions ?? []), bytes]);
  const listing: MetaDraft = { version: draft.version };
  if (simulator.listsHashes) {
    Object.assign(listing, { length: bytes.length, hashes: { sha256: digest("sha256", bytes) } });
  }
  if (role === "snapshot") simulator.timestamp.meta["snapshot.json"] = listing;
  else if (role !== "root" && role !== "timestamp") simulator.snapshot.meta[`${role}.json`] = listing;
}

/** Root and targets both have keys, and name the roles that they are for. */
function addKeyTo(draft: TufDraft, role: string, signer: TufSigner): void {
  const { keys, roles } = (draft["delegations"] ?? draft) as {
    keys: RootDraft["keys"];
    roles: Record<string, RoleDraft> | DelegationDraft[];
  };
  keys[signer.id()] = signer.key;
  const found = Array.isArray(roles) ? roles.findLast(({ name }) => name === role) : roles[role];
  if (found === undefined) throw new TypeError(`Cannot add a key: there is no role ${role}`);
  found.keyids.push(signer.id());
}

function serve(simulator: TufSimulator, path: string): Response {
  const bytes = path.startsWith(METADATA)
    ? metadataAt(simulator, path.slice(METADATA.length))
    : targetAt(simulator, path.slice(TARGETS.length));
  return bytes === null ? new Response("not here", { status: 404 }) : new Response(new Uint8Array(bytes));
}

function metadataAt({ root, requests, published }: TufSimulator, path: string): Uint8Array | null {
  const name = path.replace(/\.json$/, "");
  const isVersioned = name.endsWith(".root") || (root.consistent_snapshot && name !== "timestamp");
  const dot = name.indexOf(".");
  const role = isVersioned ? name.slice(dot + 1) : name;
  const version = isVersioned ? Number(name.slice(0, dot)) : null;
  requests.push(version === null ? role : `${role} ${version}`);
  const versions = published.get(decodeURIComponent(role)) ?? [];
  return (version === null ? versions.at(-1) : versions[version - 1]) ?? null;
}

function targetAt({ root, artifacts, downloads }: TufSimulator, path: string): Uint8Array | null {
  downloads.push(path);
  const cut = path.lastIndexOf("/") + 1;
  const name = path.slice(cut);
  const plain = root.consistent_snapshot ? name.slice(name.indexOf(".") + 1) : name;
  return artifacts.get(decodeURIComponent(path.slice(0, cut) + plain)) ?? null;
}

function signersOf({ signers }: TufSimulator, role: string): Map<string, TufSigner> {
  const found = signers.get(role) ?? new Map<string, TufSigner>();
  signers.set(role, found);
  return found;
}

function digest(algorithm: "sha256" | "sha512", bytes: Uint8Array): string {
  return encodeHex(nodeCrypto.digest(algorithm, bytes));
}

function wanted<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined)
    throw new TypeError(`Cannot find ${name}: the simulated repository does not have it`);
  return found;
}
