// SPDX-License-Identifier: Apache-2.0
import type { CryptoPort, SignatureScheme } from "@countermark/verify";
import { digestOf, sha256 } from "./sha2.ts";

const CURVES = { p256: "P-256", p384: "P-384", p521: "P-521" } as const;
const COORDINATE_BYTES = { p256: 32, p384: 48, p521: 66 } as const;
const HASHES = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;

/** The browser's primitives: hashes of our own, because WebCrypto has none that are synchronous; signatures by WebCrypto. */
export const browserCrypto: CryptoPort = { sha256, digest: digestOf, verify, verifyDigest: () => false };

/** Whether this browser gives pages WebCrypto here: only over HTTPS or on the machine itself. */
export function canCheckSignatures(): boolean {
  return globalThis.isSecureContext && globalThis.crypto?.subtle !== undefined;
}

async function verify(
  scheme: SignatureScheme,
  spki: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const { importAs, verifyAs, raw } = parametersOf(scheme, signature);
  if (raw === null) return false;
  try {
    const key = await crypto.subtle.importKey("spki", own(spki), importAs, false, ["verify"]);
    return await crypto.subtle.verify(verifyAs, key, own(raw), own(message));
  } catch {
    // The port's promise: a key or signature that does not parse is simply not valid.
    return false;
  }
}

type Parameters = {
  readonly importAs: AlgorithmIdentifier | EcKeyImportParams | RsaHashedImportParams;
  readonly verifyAs: AlgorithmIdentifier | EcdsaParams;
  /** The signature as WebCrypto takes it; null when it cannot be one. */
  readonly raw: Uint8Array | null;
};

function parametersOf(scheme: SignatureScheme, signature: Uint8Array): Parameters {
  switch (scheme.kind) {
    case "ed25519":
      return { importAs: "Ed25519", verifyAs: "Ed25519", raw: signature };
    case "ecdsa":
      return {
        importAs: { name: "ECDSA", namedCurve: CURVES[scheme.curve] },
        verifyAs: { name: "ECDSA", hash: HASHES[scheme.hash] },
        raw: scheme.encoding === "raw" ? signature : rawFromDer(signature, COORDINATE_BYTES[scheme.curve]),
      };
    case "rsa-pkcs1":
      return {
        importAs: { name: "RSASSA-PKCS1-v1_5", hash: HASHES[scheme.hash] },
        verifyAs: "RSASSA-PKCS1-v1_5",
        raw: signature,
      };
    default:
      return { importAs: "", verifyAs: "", raw: null };
  }
}

/** `SEQUENCE { INTEGER r, INTEGER s }` as `r || s`; null when it is not that, in DER. */
export function rawFromDer(der: Uint8Array, length: number): Uint8Array | null {
  const bodyStart = der[1] === 0x81 ? 3 : 2;
  const bodyLength = der[bodyStart - 1];
  if (der[0] !== 0x30 || bodyLength === undefined || bodyStart + bodyLength !== der.length) return null;
  if (bodyStart === 3 ? bodyLength < 0x80 : bodyLength >= 0x80) return null;
  const r = readInteger(der, bodyStart, length);
  if (r === null) return null;
  const s = readInteger(der, r.end, length);
  if (s === null || s.end !== der.length) return null;
  const raw = new Uint8Array(2 * length);
  raw.set(r.bytes, length - r.bytes.length);
  raw.set(s.bytes, 2 * length - s.bytes.length);
  return raw;
}

/** A positive DER INTEGER of at most `length` bytes at `offset`, without its sign byte. */
function readInteger(
  der: Uint8Array,
  offset: number,
  length: number,
): { readonly bytes: Uint8Array; readonly end: number } | null {
  const size = der[offset + 1];
  if (der[offset] !== 0x02 || size === undefined || size === 0 || size > 0x7f) return null;
  const end = offset + 2 + size;
  if (end > der.length) return null;
  const bytes = der.subarray(offset + 2, end);
  const [first = 0, second = 0] = bytes;
  if (first >= 0x80 || (first === 0 && size > 1 && second < 0x80)) return null;
  const magnitude = first === 0 ? bytes.subarray(1) : bytes;
  return magnitude.length > length ? null : { bytes: magnitude, end };
}

/** A copy in a buffer of its own, as WebCrypto's types ask. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
