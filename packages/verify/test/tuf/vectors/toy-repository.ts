// SPDX-License-Identifier: Apache-2.0
// A TUF repository as plain objects, to be changed in one place and then signed.
import {
  encodeHex,
  encodeTufJson,
  type JsonValue,
  parseEd25519Spki,
  parseJson,
  utf8,
} from "@countermark/formats";
import { testCrypto } from "../../support/node-crypto.ts";
import { toyEd25519 } from "../../support/toy-keys.ts";

/** What a file says, and the names of the keys that sign it. */
export interface ToyFile {
  // The members are the test's to break.
  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the cases change
  signed: any;
  by: string[];
}

export interface ToyRepository {
  /** From version 1 on. The first is the one that the client trusts. */
  roots: ToyFile[];
  timestamp: ToyFile;
  snapshot: ToyFile;
  /** By role name, `targets` among them. */
  roles: Record<string, ToyFile>;
}

export const NOW = 1_790_000_000;
/** NOW is 2026-09-21T14:13:20Z. */
export const AT_NOW = "2026-09-21T14:13:20Z";
export const AFTER_NOW = "2026-09-21T14:13:21Z";
const LATER = "2030-01-01T00:00:00Z";
const ROOT_KEYS = ["r1", "r2", "r3"];

/** A key as metadata has it. Its id is its name. */
export function toyKey(name: string) {
  const raw = parseEd25519Spki(toyEd25519(`tuf ${name}`).spki);
  return { keytype: "ed25519", scheme: "ed25519", keyval: { public: encodeHex(raw) } };
}

export function toyRole(keyids: string[], threshold = 1) {
  return { keyids, threshold };
}

export function toyKeys(...names: string[]) {
  return Object.fromEntries(names.map((name) => [name, toyKey(name)]));
}

/** A root of which any two of three keys are enough. */
export function toyRoot(version: number): ToyFile {
  const roles = {
    root: toyRole([...ROOT_KEYS], 2),
    timestamp: toyRole(["t1"]),
    snapshot: toyRole(["s1"]),
    targets: toyRole(["g1"]),
  };
  const keys = toyKeys(...ROOT_KEYS, "t1", "s1", "g1");
  return { signed: { ...header("root", version), consistent_snapshot: true, keys, roles }, by: ["r1", "r2"] };
}

export function toyTimestamp(version: number, snapshot: object): ToyFile {
  return { signed: { ...header("timestamp", version), meta: { "snapshot.json": snapshot } }, by: ["t1"] };
}

export function toySnapshot(version: number, versions: Readonly<Record<string, number>>): ToyFile {
  const meta = Object.fromEntries(
    Object.entries(versions).map(([role, listed]) => [`${role}.json`, { version: listed }]),
  );
  return { signed: { ...header("snapshot", version), meta }, by: ["s1"] };
}

export function toyTargets(version: number, by: string, targets: object = {}): ToyFile {
  return { signed: { ...header("targets", version), targets }, by: [by] };
}

/** A delegation of `paths` to `name`, signed by the key of the same name. */
export function toyDelegation(name: string, more: object = { paths: ["*"] }) {
  return { name, ...toyRole([name]), terminating: false, ...more };
}

/** Makes `from` delegate to `roles`, in this order. */
export function delegate(from: ToyFile, ...roles: ReturnType<typeof toyDelegation>[]): void {
  from.signed.delegations = { keys: toyKeys(...roles.flatMap((role) => role.keyids)), roles };
}

export function toyTarget(content: string) {
  return {
    length: utf8(content).length,
    hashes: { sha256: encodeHex(testCrypto.sha256(utf8(content))) },
  };
}

/** Version 1 of the root, 4 of timestamp and snapshot, 2 of targets, with one target of its own. */
export function toyRepository(): ToyRepository {
  return {
    roots: [toyRoot(1)],
    timestamp: toyTimestamp(4, { version: 4 }),
    snapshot: toySnapshot(4, { targets: 2 }),
    roles: { targets: toyTargets(2, "g1", { "a.txt": toyTarget("a") }) },
  };
}

/** The bytes that a repository would serve for `file`. */
export function toyText({ signed, by }: ToyFile): string {
  const bytes = encodeTufJson(jsonValue(signed));
  const signatures = by.map((name) => ({
    keyid: name,
    sig: encodeHex(toyEd25519(`tuf ${name}`).sign(bytes)),
  }));
  return JSON.stringify({ signatures, signed });
}

/** Length and hashes of what is served for `file`, as another file lists them. */
export function listingOf(file: ToyFile, ...algorithms: ("sha256" | "sha384" | "sha512")[]) {
  const bytes = utf8(toyText(file));
  const hashes = Object.fromEntries(
    algorithms.map((algorithm) => [algorithm, encodeHex(testCrypto.digest(algorithm, bytes))]),
  );
  return { version: file.signed.version, length: bytes.length, hashes };
}

/** Every file of a repository with consistent snapshots, by path. */
export function servedBy({ roots, timestamp, snapshot, roles }: ToyRepository): Record<string, ToyFile> {
  const served: Record<string, ToyFile> = {};
  roots.slice(1).forEach((root, i) => {
    served[`${i + 2}.root.json`] = root;
  });
  served["timestamp.json"] = timestamp;
  served[`${snapshot.signed.version}.snapshot.json`] = snapshot;
  for (const [name, role] of Object.entries(roles)) {
    served[`${role.signed.version}.${encodeURIComponent(name)}.json`] = role;
  }
  return served;
}

function header(type: string, version: number) {
  return { _type: type, spec_version: "1.0.34", version, expires: LATER };
}

function jsonValue(value: unknown): JsonValue {
  return parseJson(utf8(JSON.stringify(value)), { bytesMax: 1_000_000, depthMax: 32 }, "toy metadata");
}
