// SPDX-License-Identifier: Apache-2.0
import { keyVectors } from "./keys.ts";
import { metadataVectors } from "./metadata.ts";
import { searchVectors } from "./search.ts";
import { updateVectors } from "./update.ts";

/** The files of vectors/tuf/, by name. */
export async function tufVectors(): Promise<Readonly<Record<string, unknown>>> {
  return {
    "keys.json": await keyVectors(),
    "metadata.json": metadataVectors(),
    "search.json": await searchVectors(),
    "update.json": await updateVectors(),
  };
}
