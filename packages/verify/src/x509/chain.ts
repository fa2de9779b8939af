// SPDX-License-Identifier: Apache-2.0
import {
  type Certificate,
  equalBytes,
  type TrustedAuthority,
  type ValidityWindow,
  windowContains,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort, HashName } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type Purpose, verifyAuthority } from "./purpose.ts";
import { isSignedBy } from "./signature.ts";

/** A chain up to a self-signed root, and when the trusted root believes it. */
export type PreparedChain = {
  /** Where the authority is; a name for people. */
  readonly uri: string;
  /** The first certificate issues (or, of a timestamp authority, is the signer); each is signed by the next. */
  readonly first: Certificate;
  readonly certificates: readonly Certificate[];
  /** Digests of the first certificate, and of its key by SHA-256: what timestamps and SCTs name them by. */
  readonly firstDigests: Readonly<Record<HashName, Uint8Array>>;
  readonly firstKeyHash: Uint8Array;
  /** When every certificate of the chain is alive: Unix seconds, both included. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** When the trusted root believes it. */
  readonly window: ValidityWindow;
  readonly operator: string;
};

/**
 * Checks a chain of the trusted root once, so that no later verification has to: names, signatures, constraints, up to
 * a root that signed itself.
 *
 * @param endEntities how many certificates at the front are of end entities: 1 for a timestamp authority, else 0.
 * @throws VerifyError `authority-name`, `authority-signature`, and those of {@link verifyAuthority}
 * @spec rfc5280#6.1
 *
 * Not checked here: the first certificate when it is of an end entity, beyond its signature; any time.
 */
export async function prepareChain(
  { uri, certificates, validFor: window, operator }: TrustedAuthority,
  endEntities: 0 | 1,
  purpose: Purpose,
  crypto: CryptoPort,
): Promise<Verified<PreparedChain>> {
  const [first] = certificates;
  for (const [i, certificate] of certificates.entries()) {
    if (i >= endEntities) verifyAuthority(certificate, i - endEntities, purpose);
    // The last certificate is its own issuer: the root.
    await verifyLink(certificate, certificates[i + 1] ?? certificate, crypto);
  }
  const chain: PreparedChain = {
    uri,
    first,
    certificates,
    firstDigests: {
      sha256: crypto.sha256(first.der),
      sha384: crypto.digest("sha384", first.der),
      sha512: crypto.digest("sha512", first.der),
    },
    firstKeyHash: crypto.sha256(first.publicKey.spki),
    notBefore: Math.max(...certificates.map(({ notBefore }) => notBefore)),
    notAfter: Math.min(...certificates.map(({ notAfter }) => notAfter)),
    window,
    operator,
  };
  return chain as Verified<PreparedChain>;
}

/**
 * Checks that the chain is alive, and believed, at `time`.
 *
 * @param time Unix seconds, from a verified timestamp.
 * @throws VerifyError `authority-outside-window`, `authority-expired`
 */
export function verifyChainAlive(chain: Verified<PreparedChain>, time: number): void {
  if (!windowContains(chain.window, time)) {
    throw new VerifyError(
      "authority-outside-window",
      `Cannot believe authority at ${time}: the trusted root does from ${chain.window.start} to ${chain.window.end ?? "now"}`,
    );
  }
  if (time < chain.notBefore || time > chain.notAfter) {
    throw new VerifyError(
      "authority-expired",
      `Cannot believe authority at ${time}: its certificates are valid from ${chain.notBefore} to ${chain.notAfter}`,
    );
  }
}

async function verifyLink(certificate: Certificate, issuer: Certificate, crypto: CryptoPort): Promise<void> {
  if (!equalBytes(certificate.issuer, issuer.subject)) {
    throw new VerifyError(
      "authority-name",
      "Cannot trust chain: a certificate names another issuer than the next one",
    );
  }
  const { signatureAlgorithm, tbs, signature } = certificate;
  if (!(await isSignedBy(issuer.publicKey, signatureAlgorithm, tbs, signature, crypto))) {
    throw new VerifyError(
      "authority-signature",
      "Cannot trust chain: a certificate is not signed by the next one",
    );
  }
}
