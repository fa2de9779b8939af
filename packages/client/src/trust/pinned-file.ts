// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { encodeHex } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { ClientError } from "../failure.ts";

/** `FILE` or `FILE#sha256=HEX`, taken apart. @throws ClientError `usage` for another fragment */
export function splitPin(
  text: string,
  option: string,
): { readonly path: string; readonly pin: string | null } {
  const hash = text.lastIndexOf("#");
  if (hash < 0) return { path: text, pin: null };
  const fragment = text.slice(hash + 1);
  const pin = /^sha256=([0-9a-f]{64})$/.exec(fragment)?.[1];
  if (pin === undefined) {
    throw new ClientError(
      "usage",
      `Cannot read ${option}: wanted #sha256=<64 hexadecimal digits>, found #${fragment}`,
    );
  }
  return { path: text.slice(0, hash), pin };
}

/** The bytes of a file that has the SHA-256 it is pinned to, if it is. @throws ClientError `trust-mismatch` */
export async function readPinned(
  path: string,
  pin: string | null,
): Promise<{ readonly bytes: Uint8Array; readonly sha256: string }> {
  const bytes = await readFile(path);
  const sha256 = encodeHex(nodeCrypto.sha256(bytes));
  if (pin !== null && sha256 !== pin) {
    throw new ClientError(
      "trust-mismatch",
      `Cannot trust ${path}: expected the SHA-256 ${pin}, seen ${sha256}`,
    );
  }
  return { bytes, sha256 };
}
