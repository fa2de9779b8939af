// SPDX-License-Identifier: Apache-2.0

import { identityVectors } from "./identity/vectors/all.ts";
import { admissionVectors } from "./ledger/vectors/admission/all.ts";
import { ledgerVectors } from "./ledger/vectors/all.ts";
import { lockVectors } from "./lock/vectors/all.ts";
import { logVectors } from "./log/vectors/all.ts";
import { cryptoVectors } from "./primitives/vectors/all.ts";
import { sigstoreVectors } from "./sigstore/vectors/all.ts";
import { tufVectors } from "./tuf/vectors/all.ts";
import { verdictVectors } from "./verdict/vectors/all.ts";

/** One folder of vectors/ -> what makes its files, by name. The same on every run. */
const FAMILIES: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  admission: admissionVectors,
  crypto: cryptoVectors,
  identity: identityVectors,
  ledger: ledgerVectors,
  lock: lockVectors,
  log: logVectors,
  sigstore: sigstoreVectors,
  tuf: tufVectors,
  verdict: verdictVectors,
};

/** The files of vectors/ by path below it. */
export async function vectorFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [family, make] of Object.entries(FAMILIES)) {
    for (const [name, value] of Object.entries(await make())) {
      files.set(`${family}/${name}`, `${JSON.stringify(value, null, 1)}\n`);
    }
  }
  return files;
}
