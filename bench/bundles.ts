// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFromAttestation, encodeBundle, parseAttestation } from "@countermark/formats";
import { buildWheel, jobEnvironment, releaseJob, type SigningWorld, toyProject } from "@countermark/testkit";

/** A bundle as a file would hold it, and what it is about. */
export interface BenchBundle {
  readonly bytes: Uint8Array;
  readonly artifact: Uint8Array;
}

const AT_ONCE = 8;

/** Has `count` toy wheels signed, each by a CI job of its own, and turns the attestations into Sigstore bundles. */
export async function makeBundles(
  world: SigningWorld,
  folder: string,
  count: number,
): Promise<readonly BenchBundle[]> {
  const bundles: BenchBundle[] = [];
  const signOne = async (number: number): Promise<void> => {
    const file = buildWheel(toyProject("benchmark", `1.0.${number}`));
    const path = join(folder, file.filename);
    writeFileSync(path, file.bytes);
    const job = await world.startJob(releaseJob("bench/benchmark", { runId: String(1_000 + number) }));
    const run = await world.countermark(["sign", path], jobEnvironment(job));
    if (run.status !== 0) throw new Error(`countermark sign: ${run.output}`);
    const attestation = parseAttestation(readFileSync(`${path}.publish.attestation`));
    bundles.push({ bytes: encodeBundle(bundleFromAttestation(attestation)), artifact: file.bytes });
  };
  for (let first = 0; first < count; first += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => signOne(first + i)));
  }
  return bundles;
}
