// SPDX-License-Identifier: Apache-2.0
import { encodeHex, quote, type TufHash } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort, HashName } from "../port.ts";

/** What signed metadata says of a file's bytes. */
export type ListedBytes = { readonly length: number | null; readonly hashes: readonly TufHash[] };

const ALGORITHMS: ReadonlyMap<string, HashName> = new Map([
  ["sha256", "sha256"],
  ["sha384", "sha384"],
  ["sha512", "sha512"],
]);

/**
 * Checks that `bytes` are the ones that are listed: the length where one is, and every hash.
 *
 * @throws VerifyError `tuf-length-mismatch`, `tuf-hash-unknown`, `tuf-hash-mismatch`
 * @spec theupdateframework/specification#5.5, theupdateframework/specification#5.7
 */
export function verifyListedBytes(
  bytes: Uint8Array,
  listed: ListedBytes,
  name: string,
  crypto: CryptoPort,
): void {
  if (listed.length !== null && bytes.length !== listed.length) {
    throw new VerifyError(
      "tuf-length-mismatch",
      `Cannot trust ${quote(name)}: it has ${bytes.length} bytes, listed are ${listed.length}`,
    );
  }
  for (const { algorithm, digest } of listed.hashes) {
    const known = ALGORITHMS.get(algorithm);
    if (known === undefined) {
      throw new VerifyError(
        "tuf-hash-unknown",
        `Cannot trust ${quote(name)}: it is listed with a hash by ${quote(algorithm)}, which is not known`,
      );
    }
    const seen = encodeHex(crypto.digest(known, bytes));
    if (seen !== digest) {
      throw new VerifyError(
        "tuf-hash-mismatch",
        `Cannot trust ${quote(name)}: its ${algorithm} is ${seen}, listed is ${quote(digest)}`,
      );
    }
  }
}
