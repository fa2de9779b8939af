// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from "@countermark/formats";
import type { KeyAlgorithm } from "./keys.ts";

/** Where a cosigner's key is, and of which kind: what readOrCreateKey takes. */
export interface CosignerKeyConfig {
  readonly keyFile: string;
  readonly keyAlgorithm: KeyAlgorithm;
}

/** Reads `keyFile`, and `keyAlgorithm`: "ml-dsa-44" or "ed25519", which it is too where nothing is said. @throws ParseError */
export function readCosignerKeyConfig(config: JsonObject): CosignerKeyConfig {
  const keyFile = config.text("keyFile", { charsMax: 4_096 });
  if (!config.has("keyAlgorithm")) return { keyFile, keyAlgorithm: "ed25519" };
  const name = config.text("keyAlgorithm", { charsMax: 16, pattern: /^(?:ed25519|ml-dsa-44)$/ });
  return { keyFile, keyAlgorithm: name === "ml-dsa-44" ? "ml-dsa-44" : "ed25519" };
}
