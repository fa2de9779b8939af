// SPDX-License-Identifier: Apache-2.0
import { join, resolve, sep } from "node:path";
import { ClientError } from "../failure.ts";
import { readPinned, splitPin } from "./pinned-file.ts";

/** Which file the user vouches for. */
export type VouchedFile = {
  /** For messages: `--trust`. */
  readonly option: string;
  /** `FILE` or `FILE#sha256=HEX`; null takes `name` in the configuration folder. */
  readonly named: string | null;
  readonly name: string;
};

export type VouchedBytes = { readonly path: string; readonly bytes: Uint8Array; readonly sha256: string };

/**
 * Reads a file that the user vouches for. One elsewhere than in the configuration folder must be named with its SHA-256:
 * whoever could change it would decide what is believed. What is in the configuration folder the user put there.
 *
 * @throws ClientError `no-trust`, `trust-not-pinned`, `trust-mismatch`, `usage`
 */
export async function readVouched(file: VouchedFile, configFolder: string): Promise<VouchedBytes> {
  const { option, named, name } = file;
  if (named === null) return await readFromConfig(join(configFolder, name), option);
  const { path, pin } = splitPin(named, option);
  if (pin === null && !resolve(path).startsWith(resolve(configFolder) + sep)) {
    throw new ClientError(
      "trust-not-pinned",
      `Cannot trust ${path}: it is outside ${configFolder}; name it with its SHA-256, ${path}#sha256=<64 hexadecimal digits>`,
    );
  }
  return { path, ...(await readPinned(path, pin)) };
}

async function readFromConfig(path: string, option: string): Promise<VouchedBytes> {
  try {
    return { path, ...(await readPinned(path, null)) };
  } catch (cause) {
    throw new ClientError(
      "no-trust",
      `Cannot trust anything yet: name a file with ${option} FILE#sha256=HEX, or put one at ${path}`,
      { cause },
    );
  }
}
