// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSigningWorld, ROOT } from "@countermark/testkit";
import { type BenchBundle, makeBundles } from "../bundles.ts";

/** Bundles of one kind under one trusted root. */
export interface BenchCase {
  readonly name: string;
  readonly trustedRoot: Uint8Array;
  readonly bundles: readonly BenchBundle[];
}

const CONFORMANCE_DIR = process.env["CONFORMANCE_DIR"] ?? join(ROOT, "../shared/conformance");

/** Folders of the Sigstore conformance suite, all by the public-good instance or its staging. */
const PUBLIC_GOOD = [
  ["Rekor v1, artifact", "happy-path-v0.3"],
  ["Rekor v1, statement", "happy-path-intoto-in-dsse-v3"],
  ["Rekor v2, artifact", "rekor2-happy-path"],
  ["Rekor v2, statement", "rekor2-dsse-happy-path"],
  ["Rekor v2, embedded TSA certificate", "rekor2-timestamp-with-embedded-cert"],
] as const;

/** Bundles of an instance of our own, each by a key of its own: no memory of keys helps. */
export async function ownCase(count: number): Promise<BenchCase> {
  const world = await createSigningWorld();
  try {
    const bundles = await makeBundles(world, world.dir, count);
    return { name: "own instance", trustedRoot: world.authority.trustedRoot(), bundles };
  } finally {
    await world.close();
  }
}

/** The public-good instance's bundles: one of each kind. None where the conformance data is absent. */
export function publicGoodCases(): readonly BenchCase[] {
  const folder = join(CONFORMANCE_DIR, "sigstore/bundle-verify");
  if (!existsSync(folder)) {
    process.stderr.write(`bench: no public-good bundles: ${folder} is absent\n`);
    return [];
  }
  const artifact = readFileSync(join(folder, "a.txt"));
  return PUBLIC_GOOD.map(([name, directory]) => {
    const bytes = readFileSync(join(folder, directory, "bundle.sigstore.json"));
    const ownRoot = join(folder, directory, "trusted_root.json");
    const root = existsSync(ownRoot) ? ownRoot : join(CONFORMANCE_DIR, "trust/trusted_root.json");
    return { name: `public good, ${name}`, trustedRoot: readFileSync(root), bundles: [{ bytes, artifact }] };
  });
}
