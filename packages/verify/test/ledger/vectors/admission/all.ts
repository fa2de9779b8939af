// SPDX-License-Identifier: Apache-2.0
import { entryVectors } from "./entries.ts";
import { admittedStateVectors } from "./states.ts";

/** The files of vectors/admission/, by name. */
export async function admissionVectors(): Promise<Readonly<Record<string, unknown>>> {
  return { "entries.json": await entryVectors(), "states.json": await admittedStateVectors() };
}
