// SPDX-License-Identifier: Apache-2.0
// vectors/crypto/*.json: what the primitives say, over the message and over its digest; and what software says without the platform
import {
  type CryptoPort,
  createCryptoPort,
  type PrehashedScheme,
  type SignatureScheme,
} from "@countermark/verify";
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { bytesOf, type Cases, gives } from "../case.ts";

interface AskedSignature {
  readonly claim: string;
  readonly scheme: SignatureScheme;
  readonly spki: string;
  readonly message: string | null;
  readonly digest: string | null;
  readonly signature: string;
  readonly valid: boolean;
}

type Verifier = Pick<CryptoPort, "verify" | "verifyDigest">;

export const signatureCases: Cases = (file, crypto) => {
  const asked = file as readonly AskedSignature[]; // compared with what the generator makes
  const software = createCryptoPort<null>({
    digest: (algorithm, bytes) => crypto.digest(algorithm, bytes),
    importKey: () => null,
    ecdsaEncoding: "raw",
    verify: () => null,
    loadSoftware: async () => ({ ecdsa: { p256, p384, p521 }, ed25519: ed25519.Point, mlDsa44: ml_dsa44 }),
  });
  return asked.flatMap((one) => [...casesOf(one, crypto, "here"), ...casesOf(one, software, "in software")]);
};

function casesOf({ claim, scheme, valid, ...hex }: AskedSignature, crypto: Verifier, where: string) {
  const [spki, signature] = [bytesOf(hex.spki), bytesOf(hex.signature)];
  const overMessage = (message: string) =>
    gives(`${claim}, message, ${where}`, valid, () =>
      crypto.verify(scheme, spki, bytesOf(message), signature),
    );
  const overDigest = (digest: string) =>
    gives(`${claim}, digest, ${where}`, valid, () =>
      isPrehashed(scheme)
        ? crypto.verifyDigest(scheme, spki, bytesOf(digest), signature)
        : "no digest is signed",
    );
  return [
    ...(hex.message === null ? [] : [overMessage(hex.message)]),
    ...(hex.digest === null ? [] : [overDigest(hex.digest)]),
  ];
}

function isPrehashed(scheme: SignatureScheme): scheme is PrehashedScheme {
  return scheme.kind !== "ed25519" && scheme.kind !== "ml-dsa-44";
}
