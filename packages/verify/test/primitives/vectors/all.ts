// SPDX-License-Identifier: Apache-2.0
import { ecdsaVectors } from "./ecdsa.ts";
import { ed25519phVectors, ed25519Vectors } from "./ed25519.ts";
import { mlDsaVectors } from "./ml-dsa.ts";
import { rsaPkcs1Vectors, rsaPssVectors } from "./rsa.ts";

/** The files of vectors/crypto/, by name. */
export async function cryptoVectors(): Promise<Readonly<Record<string, unknown>>> {
  return {
    "ecdsa-p256.json": ecdsaVectors("p256"),
    "ecdsa-p384.json": ecdsaVectors("p384"),
    "ecdsa-p521.json": ecdsaVectors("p521"),
    "ed25519.json": ed25519Vectors(),
    "ed25519ph.json": ed25519phVectors(),
    "ml-dsa-44.json": mlDsaVectors(),
    "rsa-pkcs1.json": rsaPkcs1Vectors(),
    "rsa-pss.json": rsaPssVectors(),
  };
}
