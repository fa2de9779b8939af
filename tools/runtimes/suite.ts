// SPDX-License-Identifier: Apache-2.0
// The vectors on one set of primitives, in whatever runtime this was bundled for. No I/O and no platform names.
import type { CryptoPort } from "@countermark/verify";
import { runVectors, SUITE } from "../../packages/verify/test/vectors/suite.ts";

/** Path below vectors/ -> the file's text. */
export type VectorFiles = Readonly<Record<string, string>>;

export interface SuiteResult {
  readonly passed: number;
  /** What each failed vector is and what was found instead. */
  readonly failures: readonly string[];
}

/** Runs every file of the suite; one that is not among `files` is a failure. */
export async function runSuite(files: VectorFiles, crypto: CryptoPort): Promise<SuiteResult> {
  let passed = 0;
  const failures: string[] = [];
  for (const path of Object.keys(SUITE)) {
    const text = files[path];
    if (text === undefined) {
      failures.push(`vectors/${path}: not there`);
      continue;
    }
    for await (const { name, ok, found } of runVectors(path, JSON.parse(text), crypto)) {
      if (ok) passed++;
      else failures.push(`vectors/${path}: ${name}: found ${found}`);
    }
  }
  return { passed, failures };
}
