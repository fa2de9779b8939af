// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { BenchBundle } from "../bundles.ts";
import { overAll, type VerifyOne } from "./peers.ts";

export interface MemoryStep {
  readonly verified: number;
  /** Bytes of the process in memory. */
  readonly resident: number;
  /** Bytes of living objects and array buffers, after a collection. */
  readonly living: number;
}

/** Verifies the bundles over and over, `total` times, and looks at the memory at the start and after each of `steps` parts. */
export async function* measureMemory(
  verify: VerifyOne,
  bundles: readonly BenchBundle[],
  total: number,
  steps: number,
): AsyncGenerator<MemoryStep> {
  const verifyNext = overAll(bundles, verify);
  yield look(0);
  for (let step = 0, verified = 0; step < steps; step++) {
    for (const end = (total / steps) * (step + 1); verified < end; verified++) await verifyNext(verified);
    yield look(verified);
  }
}

/** Node gives its collector to contexts that are made after this flag. */
setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function look(verified: number): MemoryStep {
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { verified, resident: rss, living: heapUsed + external };
}
