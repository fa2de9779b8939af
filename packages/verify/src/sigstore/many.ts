// SPDX-License-Identifier: Apache-2.0
import { concat, encodeHex, ParseError, type SigstoreBundle, utf8 } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort, SignatureScheme } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type BundleDemands, type BundleEvidence, verifyBundle } from "./bundle.ts";
import type { PreparedTrustedRoot } from "./trusted-root.ts";

/** What became of one of many bundles. */
export type BundleOutcome =
  | { readonly kind: "verified"; readonly evidence: Verified<BundleEvidence> }
  | { readonly kind: "refused"; readonly error: ParseError | VerifyError };

/**
 * Checks many bundles one after the other, each as {@link verifyBundle} does. A certificate that signed several of them, or a
 * checkpoint that several are under, is checked once.
 *
 * @param items read as they are needed, so that there may be more of them than memory holds.
 */
export async function* verifyBundles(
  items: Iterable<{ readonly bundle: SigstoreBundle; readonly demands: BundleDemands }>,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): AsyncGenerator<BundleOutcome> {
  const remembering = rememberSignatures(crypto);
  for (const { bundle, demands } of items) yield await verifyOne(bundle, demands, root, remembering);
}

async function verifyOne(
  bundle: SigstoreBundle,
  demands: BundleDemands,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<BundleOutcome> {
  try {
    return { kind: "verified", evidence: await verifyBundle(bundle, demands, root, crypto) };
  } catch (error) {
    if (error instanceof ParseError || error instanceof VerifyError) return { kind: "refused", error };
    throw error;
  }
}

/**
 * The same primitives, which remember signatures that were right: asked again, they say so without checking. What
 * is remembered is the digest of everything that was asked, so another question never has its answer.
 */
export function rememberSignatures(crypto: CryptoPort): CryptoPort {
  const right = new Set<string>();
  return {
    ...crypto,
    verify: async (scheme, spki, message, signature) => {
      const asked = questionOf(scheme, [spki, message, signature], crypto);
      if (right.has(asked)) return true;
      const isRight = await crypto.verify(scheme, spki, message, signature);
      if (isRight) remember(right, asked);
      return isRight;
    },
  };
}

function questionOf(scheme: SignatureScheme, parts: readonly Uint8Array[], crypto: CryptoPort): string {
  const lengths = parts.map(({ length }) => length);
  return encodeHex(crypto.sha256(concat(utf8(`${JSON.stringify([scheme, lengths])}\n`), ...parts)));
}

/** Each costs some hundred bytes; when there are too many, all are forgotten. */
function remember(right: Set<string>, asked: string): void {
  const rememberedMax = 4_096;
  if (right.size >= rememberedMax) right.clear();
  right.add(asked);
}
