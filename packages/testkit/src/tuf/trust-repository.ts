// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeHex } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import type { World } from "../world.ts";
import { createTufSimulator, type TufSimulator } from "./simulator.ts";

const HOST = "tuf.test";

/** A TUF repository that has the world's trust description, and what tells a client to use it. */
export interface TrustRepository {
  readonly repo: TufSimulator;
  /** For {@link World.countermark}: the repository instead of the file, with a cache that lasts. */
  readonly env: Readonly<Record<string, string>>;
}

/** Puts `trust.json` and `trusted_root.json` into a new repository of the world's network. */
export function createTrustRepository(world: World): TrustRepository {
  const repo = createTufSimulator(world.clock.now);
  const decoder = new TextDecoder();
  repo.addTarget("targets", "trust.json", decoder.decode(world.trust));
  repo.addTarget("targets", "trusted_root.json", decoder.decode(world.authority.trustedRoot()));
  repo.publish("targets", "snapshot", "timestamp");
  world.network.attach(HOST, repo);
  const root = repo.published.get("root")?.[0];
  if (root === undefined) throw new TypeError("a simulated repository has a root");
  const folder = mkdtempSync(join(world.dir, "tuf-"));
  const path = join(folder, "root.json");
  writeFileSync(path, root);
  const env = {
    COUNTERMARK_TRUST: "",
    COUNTERMARK_TRUST_REPOSITORY: `https://${HOST}`,
    COUNTERMARK_TRUST_ROOT: `${path}#sha256=${encodeHex(nodeCrypto.sha256(root))}`,
    COUNTERMARK_CACHE_DIR: join(folder, "cache"),
  };
  return { repo, env };
}
