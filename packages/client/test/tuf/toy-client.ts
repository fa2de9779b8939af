// SPDX-License-Identifier: Apache-2.0
// A simulated repository and a client of it, in one process: as the conformance suite drives a client, with a clock of its own.
import { parseJsonObject } from "@countermark/formats";
import { memoryStorage, nodeCrypto, type Storage } from "@countermark/log";
import { createTufSimulator, type TufSimulator } from "@countermark/testkit";
import { TUF_LIMITS, type TufContext } from "@countermark/verify";
import { describeError } from "../../src/show/describe-error.ts";
import { downloadTargets, initTuf, refreshTuf } from "../../src/trust/tuf-commands.ts";
import { createTufFolder } from "../../src/trust/tuf-folder.ts";

export const NOW = 1_790_000_000;
export const DAY = 86_400;

export interface ToyClient {
  readonly repo: TufSimulator;
  readonly metadata: Storage;
  /** Gives the client a root to trust: version 1 where none is given. */
  init(root?: Uint8Array): Promise<void>;
  /** `ok`, or the code of the refusal. */
  refresh(now?: number): Promise<string>;
  download(...paths: string[]): Promise<string>;
  /** The trusted version of a role; null when there is none. */
  version(role: string): Promise<number | null>;
  /** `root 1 timestamp 1`: what is trusted, in the order in which roles are updated, delegated ones last. */
  trusted(): Promise<string>;
  /** The content of every target that was kept, by the name of its file. */
  stored(): Promise<readonly string[]>;
}

export function createToyClient(): ToyClient {
  const repo = createTufSimulator(() => NOW);
  const metadata = memoryStorage();
  const targets = memoryStorage();
  const folder = createTufFolder(metadata);
  const ports = {
    fetch: async (url: string, init?: RequestInit) => await repo.fetch(new Request(url, init)),
    metadataUrl: "https://tuf.test/metadata",
    targetsUrl: "https://tuf.test/targets",
    folder,
    targets,
    bytesMax: 1_000_000,
  };
  const run = async (now: number, command: (context: TufContext) => Promise<unknown>) => {
    try {
      await command({ now, mode: { kind: "online" }, limits: TUF_LIMITS, crypto: nodeCrypto });
      return "ok";
    } catch (error) {
      return describeError(error).code;
    }
  };
  const version = async (role: string) => versionOf(await folder.read(role));
  return {
    repo,
    metadata,
    init: (root = published(repo, "root", 1)) => initTuf(folder, root),
    refresh: (now = NOW) => run(now, (context) => refreshTuf(ports, context)),
    download: (...paths) => run(NOW, (context) => downloadTargets(paths, ports, context)),
    version,
    trusted: async () => {
      const roles = ["root", "timestamp", "snapshot", "targets"];
      const files = (await metadata.list("")).filter((path) => !path.includes("/"));
      const delegated = files.map((path) => path.slice(0, -5)).filter((role) => !roles.includes(role));
      const versions = await Promise.all(
        [...roles, ...delegated].map(async (role) => {
          const found = versionOf(await metadata.read(`${role}.json`));
          return found === null ? "" : `${role} ${found}`;
        }),
      );
      return versions.filter(Boolean).join(" ");
    },
    stored: async () => {
      const paths = await targets.list("");
      return await Promise.all(
        paths.map(async (path) => new TextDecoder().decode((await targets.read(path)) ?? undefined)),
      );
    },
  };
}

/** The bytes of a version that was published. */
export function published(repo: TufSimulator, role: string, version: number): Uint8Array {
  const bytes = repo.published.get(role)?.at(version - 1);
  if (bytes === undefined) throw new TypeError(`there is no ${role} ${version}`);
  return bytes;
}

/** Replaces the newest published bytes of a role. */
export function tamper(repo: TufSimulator, role: string, change: (text: string) => string): void {
  const versions = repo.published.get(role) ?? [];
  const last = new TextDecoder().decode(versions.pop());
  versions.push(new TextEncoder().encode(change(last)));
}

function versionOf(bytes: Uint8Array | null): number | null {
  if (bytes === null) return null;
  const body = parseJsonObject(bytes, { bytesMax: bytes.length, depthMax: 32 }, "trusted metadata");
  return body.object("signed").integer("version", { min: 0, max: Number.MAX_SAFE_INTEGER });
}
