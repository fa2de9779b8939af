// SPDX-License-Identifier: Apache-2.0
import {
  encodeHex,
  quote,
  type TufFile,
  type TufKey,
  type TufRole,
  type TufScheme,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort, SignatureScheme } from "../port.ts";

/** Who must sign: a role, and the keys of the file that delegates to it. */
export type TufSigners = { readonly role: TufRole; readonly keys: ReadonlyMap<string, TufKey> };

/** Whose file is checked, and what is said when its signatures do not suffice. */
export type ThresholdCheck = {
  readonly name: string;
  readonly code: "tuf-threshold" | "tuf-root-succession";
};

const SCHEMES: Readonly<Record<TufScheme, SignatureScheme>> = {
  ed25519: { kind: "ed25519" },
  "ecdsa-sha2-nistp256": { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "der" },
  "ecdsa-sha2-nistp384": { kind: "ecdsa", curve: "p384", hash: "sha384", encoding: "der" },
  "rsassa-pss-sha256": { kind: "rsa-pss", hash: "sha256" },
};

/**
 * Checks that as many keys of the role as it demands signed `file`. A key counts once, under however many ids it is listed;
 * an id that signs twice is refused. A signature that does not hold counts for nothing.
 *
 * @throws VerifyError `tuf-signature-repeated`; the code of `check`
 * @spec theupdateframework/specification#4.2, theupdateframework/specification#5.3
 */
export async function verifyThreshold(
  file: TufFile<unknown>,
  signers: TufSigners,
  check: ThresholdCheck,
  crypto: CryptoPort,
): Promise<void> {
  requireDistinctIds(file, check.name);
  const { role, keys } = signers;
  const signed = new Set<string>();
  for (const { keyId, signature } of file.signatures) {
    const key = role.keyIds.includes(keyId) ? keys.get(keyId) : undefined;
    if (key === undefined) continue;
    const holds = await crypto.verify(SCHEMES[key.scheme], key.spki, file.signedBytes, signature);
    if (holds) signed.add(encodeHex(key.spki));
    if (signed.size >= role.threshold) return;
  }
  throw new VerifyError(
    check.code,
    `Cannot trust TUF metadata of ${quote(check.name)}: ${signed.size} of its ${role.keyIds.length} keys signed it, ` +
      `wanted ${role.threshold}`,
  );
}

function requireDistinctIds(file: TufFile<unknown>, name: string): void {
  const ids = new Set<string>();
  for (const { keyId } of file.signatures) {
    if (ids.has(keyId)) {
      throw new VerifyError(
        "tuf-signature-repeated",
        `Cannot trust TUF metadata of ${quote(name)}: the key id ${quote(keyId)} signs twice`,
      );
    }
    ids.add(keyId);
  }
}
