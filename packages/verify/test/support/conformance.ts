// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

const { CONFORMANCE_DIR } = process.env;

/** Where published test data lies: CONFORMANCE_DIR, else beside the repository. */
export const conformanceDir = CONFORMANCE_DIR ?? `${root}../shared/conformance`;

/** False when the data is there; else why tests that need it are skipped. */
export const conformanceSkip: false | string = existsSync(conformanceDir)
  ? false
  : `no conformance data in ${conformanceDir}`;

/** The bytes of one file. */
export function readConformance(path: string): Uint8Array {
  return new Uint8Array(readFileSync(`${conformanceDir}/${path}`));
}

export function hasConformance(path: string): boolean {
  return existsSync(`${conformanceDir}/${path}`);
}

/** The names in one folder; none when the data is absent. */
export function listConformance(path: string): readonly string[] {
  return conformanceSkip === false ? readdirSync(`${conformanceDir}/${path}`).toSorted() : [];
}
