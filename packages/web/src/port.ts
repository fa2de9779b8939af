// SPDX-License-Identifier: Apache-2.0
import type { PublicKey } from "@countermark/formats";
import { type CryptoPort, createCryptoPort, type SignatureScheme } from "@countermark/verify";
import { digestOf, sha256 } from "./sha2.ts";

const CURVES = { p256: "P-256", p384: "P-384", p521: "P-521" } as const;
const HASHES = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;

/**
 * The browser's primitives: hashes of our own, because WebCrypto has none that are synchronous; signatures by WebCrypto, and by
 * @noble/curves and @noble/post-quantum what this engine has not. Of the platform it needs `crypto.subtle` alone.
 */
export const browserCrypto: CryptoPort = {
  sha256,
  digest: digestOf,
  ...createCryptoPort({
    digest: digestOf,
    importKey: ({ spki }: PublicKey) => ({ spki, imported: new Map() }),
    ecdsaEncoding: "raw",
    verify: verifyNatively,
    loadSoftware: async () => (await import("./software.ts")).software,
  }),
};

/** Whether this browser gives pages WebCrypto here: only over HTTPS or on the machine itself. */
export function canCheckSignatures(): boolean {
  return globalThis.isSecureContext && globalThis.crypto?.subtle !== undefined;
}

type ImportAs = AlgorithmIdentifier | EcKeyImportParams | RsaHashedImportParams;
type Native = {
  /** Names the import among those of one key. */
  readonly name: string;
  readonly importAs: ImportAs;
  readonly verifyAs: AlgorithmIdentifier | EcdsaParams;
};
type WebKey = { readonly spki: Uint8Array; readonly imported: Map<string, Promise<CryptoKey>> };

/** The names of what this engine was found not to have. */
const lacking = new Set<string>();

async function verifyNatively(
  scheme: SignatureScheme,
  key: WebKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean | null> {
  const native = nativeOf(scheme);
  if (native === null || lacking.has(native.name)) return null;
  try {
    const imported = await importOnce(key, native);
    return await crypto.subtle.verify(native.verifyAs, imported, own(signature), own(message));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NotSupportedError") throw error;
    lacking.add(native.name);
    return null;
  }
}

function importOnce({ spki, imported }: WebKey, { name, importAs }: Native): Promise<CryptoKey> {
  const known = imported.get(name);
  if (known !== undefined) return known;
  const key = crypto.subtle.importKey("spki", own(spki), importAs, false, ["verify"]);
  imported.set(name, key);
  return key;
}

function nativeOf(scheme: SignatureScheme): Native | null {
  switch (scheme.kind) {
    case "ed25519":
      return { name: "Ed25519", importAs: "Ed25519", verifyAs: "Ed25519" };
    case "ecdsa": {
      const namedCurve = CURVES[scheme.curve];
      const importAs = { name: "ECDSA", namedCurve };
      return { name: namedCurve, importAs, verifyAs: { name: "ECDSA", hash: HASHES[scheme.hash] } };
    }
    case "rsa-pkcs1": {
      const name = "RSASSA-PKCS1-v1_5";
      const hash = HASHES[scheme.hash];
      return { name: `${name} ${hash}`, importAs: { name, hash }, verifyAs: name };
    }
    case "ml-dsa-44":
      return { name: "ML-DSA-44", importAs: "ML-DSA-44", verifyAs: "ML-DSA-44" };
    // Deno does not look at the first byte where the modulus has 8n + 1 bits; our own code takes a fifth of a millisecond.
    case "rsa-pss":
    case "ed25519ph":
      return null;
  }
}

/** A copy in a buffer of its own, as WebCrypto's types ask. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
