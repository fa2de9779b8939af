// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  bundleFromAttestation,
  encodeBundle,
  parseAttestation,
  parseBundle,
  parseTrustedRoot,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { buildWheel, jobEnvironment, releaseJob, type SigningWorld, toyProject } from "@countermark/testkit";
import { prepareTrustedRoot, verifyBundle } from "@countermark/verify";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { cpuSecondsOf, median } from "./measure.ts";

/** A bundle as a file would hold it, and what it is about. */
export interface BenchBundle {
  readonly text: string;
  readonly artifact: Uint8Array;
}

export interface BundleRates {
  /** Bundles per CPU second, medians of the rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** Median of each round's ratio. */
  readonly ratio: number;
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
    const text = new TextDecoder().decode(encodeBundle(bundleFromAttestation(attestation)));
    bundles.push({ text, artifact: file.bytes });
  };
  for (let first = 0; first < count; first += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => signOne(first + i)));
  }
  return bundles;
}

/**
 * Verifies the same bundles with our verifier and with @sigstore/verify, each from its text, round about: every bundle is seen once
 * by each, so that no cache of keys helps. The first round warms up and does not count.
 */
export async function compareVerifiers(
  bundles: readonly BenchBundle[],
  trustedRoot: Uint8Array,
  rounds: number,
): Promise<BundleRates> {
  const ours = await ourVerifier(trustedRoot);
  const theirs = sigstoreVerifier(trustedRoot);
  const perRound = Math.floor(bundles.length / rounds);
  const rates: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const share = bundles.slice(round * perRound, (round + 1) * perRound);
    const rate = { ours: 0, theirs: 0 };
    const measureOurs = async (): Promise<void> => {
      rate.ours = share.length / (await cpuSecondsOf(() => ours(share)));
    };
    const measureTheirs = async (): Promise<void> => {
      rate.theirs = share.length / (await cpuSecondsOf(() => theirs(share)));
    };
    for (const measure of round % 2 === 0 ? [measureOurs, measureTheirs] : [measureTheirs, measureOurs]) {
      await measure();
    }
    rates.push(rate);
  }
  const counted = rates.slice(1);
  return {
    ours: median(counted.map((rate) => rate.ours)),
    theirs: median(counted.map((rate) => rate.theirs)),
    ratio: median(counted.map((rate) => rate.ours / rate.theirs)),
  };
}

type VerifyAll = (bundles: readonly BenchBundle[]) => Promise<void>;

async function ourVerifier(trustedRoot: Uint8Array): Promise<VerifyAll> {
  const root = await prepareTrustedRoot(parseTrustedRoot(trustedRoot), nodeCrypto);
  return async (bundles) => {
    for (const { text, artifact } of bundles) {
      const bundle = parseBundle(new TextEncoder().encode(text));
      await verifyBundle(bundle, { kind: "bytes", bytes: artifact }, root, nodeCrypto);
    }
  };
}

function sigstoreVerifier(trustedRoot: Uint8Array): VerifyAll {
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(new TextDecoder().decode(trustedRoot))));
  const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
  return async (bundles) => {
    for (const { text, artifact } of bundles) {
      verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text)), Buffer.from(artifact)));
    }
  };
}
