// SPDX-License-Identifier: Apache-2.0
import { searchVectors } from "./search.ts";
import { updateVectors } from "./update.ts";

/** The files of vectors/tuf/, by name. */
export async function tufVectors(): Promise<Readonly<Record<string, unknown>>> {
  return { "search.json": await searchVectors(), "update.json": await updateVectors() };
}
