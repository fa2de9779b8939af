// SPDX-License-Identifier: Apache-2.0
// vectors/crypto/*.json: what the primitives say, over the message and over its digest
import type { PrehashedScheme, SignatureScheme } from "@countermark/verify";
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

export const signatureCases: Cases = (file, crypto) => {
  const asked = file as readonly AskedSignature[]; // compared with what the generator makes
  return asked.flatMap(({ claim, scheme, valid, message, digest, ...hex }) => {
    const [spki, signature] = [bytesOf(hex.spki), bytesOf(hex.signature)];
    const overMessage = (text: string) =>
      gives(`${claim}, message`, valid, () => crypto.verify(scheme, spki, bytesOf(text), signature));
    const overDigest = (text: string) =>
      gives(`${claim}, digest`, valid, () =>
        isPrehashed(scheme)
          ? crypto.verifyDigest(scheme, spki, bytesOf(text), signature)
          : "no digest is signed",
      );
    return [
      ...(message === null ? [] : [overMessage(message)]),
      ...(digest === null ? [] : [overDigest(digest)]),
    ];
  });
};

function isPrehashed(scheme: SignatureScheme): scheme is PrehashedScheme {
  return scheme.kind !== "ed25519" && scheme.kind !== "ml-dsa-44";
}
