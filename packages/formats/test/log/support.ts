// SPDX-License-Identifier: Apache-2.0
import { hash } from "node:crypto";
import type { Sha256 } from "@countermark/formats";

export const sha256: Sha256 = (bytes) => new Uint8Array(hash("sha256", bytes, "buffer"));

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
