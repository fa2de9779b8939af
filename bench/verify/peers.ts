// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject, verify as nodeVerify } from "node:crypto";
import { join } from "node:path";
import {
  type Certificate,
  encodePem,
  equalBytes,
  parseBundle,
  parseTrustedRoot,
  type SigstoreBundle,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { ROOT } from "@countermark/testkit";
import {
  type BundleDemands,
  type CryptoPort,
  contentOfBytes,
  ORDINARY_DEMANDS,
  type PreparedTrustedRoot,
  prepareTrustedRoot,
  type SignatureScheme,
  type Verified,
  verifyBundle,
} from "@countermark/verify";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import type { BenchBundle } from "../bundles.ts";
import type { BenchCase } from "./cases.ts";

/** Several for each of the 1,024 keys that a port remembers. */
const STRANGE_KEYS = 8_192;

/** Verifies one bundle from its bytes, everything about its trusted root prepared; throws for one it does not believe. */
export type VerifyOne = (bundle: BenchBundle) => Promise<void>;

/** A call that verifies the next of the bundles, over and over. */
export function overAll(bundles: readonly BenchBundle[], verify: VerifyOne): (call: number) => Promise<void> {
  return async (call) => {
    const bundle = bundles[call % bundles.length];
    if (bundle === undefined) throw new Error("a case without bundles");
    await verify(bundle);
  };
}

/** Our verifier on these primitives. */
export async function ourVerifier(trustedRoot: Uint8Array, crypto: CryptoPort): Promise<VerifyOne> {
  const root = await prepareTrustedRoot(parseTrustedRoot(trustedRoot), crypto);
  return (bundle) => verifyOurs(bundle, root, crypto);
}

/** The primitives that our pages use, which are a browser's and Node's too. */
export async function loadWebCrypto(): Promise<CryptoPort> {
  // By a path that the compiler does not follow: the module needs a browser's types.
  const { browserCrypto } = await import(join(ROOT, "packages/web/src/port.ts"));
  return browserCrypto;
}

/** Asks about so many keys which are none that no other key is remembered. */
export function forgetKeys(crypto: CryptoPort): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // each of them is an error, and nobody reads where
  for (let i = 0; i < STRANGE_KEYS; i++) {
    const stranger = Uint8Array.of(i >> 8, i & 0xff);
    if (crypto.verify({ kind: "ed25519" }, stranger, stranger, stranger) !== false) {
      throw new Error("a signature by a key that is none");
    }
  }
  Error.stackTraceLimit = stackTraceLimit;
}

/** The verifier of npm, told to want what ours wants. */
export function sigstoreVerifier(trustedRoot: Uint8Array): VerifyOne {
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(new TextDecoder().decode(trustedRoot))));
  const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
  const decoder = new TextDecoder();
  return async ({ bytes, artifact }) => {
    const bundle = bundleFromJSON(JSON.parse(decoder.decode(bytes)));
    verifier.verify(toSignedEntity(bundle, Buffer.from(artifact)));
  };
}

/**
 * These primitives as they are when every bundle is by another key. Where a case has one bundle, its key is imported by
 * node:crypto each time, as @sigstore/verify does; the keys of the trusted root stay imported.
 */
export function coldCrypto({ bundles }: BenchCase): CryptoPort {
  const [first, ...others] = bundles;
  if (first === undefined || others.length > 0) return nodeCrypto;
  const leaf = leafOf(parseBundle(first.bytes, "0.2")).publicKey.spki;
  return {
    ...nodeCrypto,
    verify: (scheme, spki, message, signature) =>
      equalBytes(spki, leaf)
        ? verifyRaw(importRaw(spki), scheme, message, signature)
        : nodeCrypto.verify(scheme, spki, message, signature),
  };
}

/** A key as node:crypto imports it, with nothing around it. */
export function importRaw(spki: Uint8Array): KeyObject {
  return createPublicKey(encodePem("PUBLIC KEY", spki));
}

/** A signature as node:crypto checks it, with nothing around it. */
export function verifyRaw(
  key: KeyObject,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return nodeVerify("hash" in scheme ? scheme.hash : null, message, key, signature);
}

async function verifyOurs(
  { bytes, artifact }: BenchBundle,
  root: Verified<PreparedTrustedRoot>,
  crypto: CryptoPort,
): Promise<void> {
  await verifyBundle(parseBundle(bytes, "0.2"), demandsFor(artifact), root, crypto);
}

/** What is asked of each bundle: whoever signed it, over these bytes. */
export function demandsFor(artifact: Uint8Array): BundleDemands {
  return { ...ORDINARY_DEMANDS, artifact: contentOfBytes(artifact), signer: { kind: "any-identity" } };
}

export function leafOf({ signer }: SigstoreBundle): Certificate {
  if (signer.kind !== "certificate") throw new Error("a bundle without a certificate");
  return signer.certificate;
}
