// SPDX-License-Identifier: Apache-2.0
import { parseTrustedRoot } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { type PreparedTrustedRoot, prepareTrustedRoot, type Verified } from "@countermark/verify";
import { readPinned, splitPin } from "./pinned-file.ts";

/** Whose signatures, logs and clocks are believed, and from which file. */
export type SigstoreTrust = {
  readonly root: Verified<PreparedTrustedRoot>;
  /** Hexadecimal, of the trusted root. */
  readonly sha256: string;
};

/**
 * Reads a Sigstore trusted root that the user named, as `FILE` or `FILE#sha256=HEX`.
 *
 * @throws ClientError `trust-mismatch`, `usage`; ParseError, VerifyError
 */
export async function readTrustedRoot(option: string): Promise<SigstoreTrust> {
  const { path, pin } = splitPin(option, "--trusted-root");
  const { bytes, sha256 } = await readPinned(path, pin);
  return { root: await prepareTrustedRoot(parseTrustedRoot(bytes), nodeCrypto), sha256 };
}
