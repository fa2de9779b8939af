// SPDX-License-Identifier: Apache-2.0
// RSA keys of 2,048 bits that are the same on every run: an ID token signed by one is the same token.
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { parseHex } from "@countermark/formats";

/** The two primes of each key. */
const PRIMES = {
  one: [
    "d08f003e7d25e81230ecb97461ffa95433302d0821354b33f417e8e64103614594dba4802df96bae33d93ff25059851b" +
      "ab0de3d18a227baa959b523dc6b7db7c4cc6096b571f6c202fb696b0fd363b92d75c667e8fce4d6c2ff940abfea19e94" +
      "4b134c4194772dd6af36ebf206e3598f66bb8d47c24f8882a9f8d6d9921b974d",
    "d000e97acdd62460e102cf471bde46b31ac66670947a94d0f9fa5aa3ca8274285350f4c416419ca56c722b17e33de66b" +
      "ff324816001dc2cfdcd6a0cf77f655debf383a28599e77410984306fbc610a26c89b21a553fdf8a767bd35283017b39a" +
      "7387536e1223f70e02f3fcef72d9ed22e3e4ff80bdfe90241cfb188e4dd679c9",
  ],
  two: [
    "eecc6e36007082b9b90e1c828fe1054b0298ce919885b6f9d24c544f2150f9c96b95dc90cb9930c642091997dfe3b7e3" +
      "6f47e6711e3d3b1adbc8604ef8440bd61cc35e66708b68c2d962c4fda08c997431ec3b36bd0506f9f0fa564972e27349" +
      "ba6f25f31409f7889cf2020e7e8f5ada150c83bfc122019686cf7de6d1a17d5b",
    "dd4c6a387036257269c50b3cae89c436c37b8babc65e7823b7e16e645ad77231e4e56594478e6f2a57841636e4d36fc5" +
      "5d44757e10db79330a6c6af75da11ba643ae610fa2375345a4317e1fa04efbf942dcac73e951686ea63fa04892cefedf" +
      "a1eb55c7d01504754b5432aeebc774e870326c49ea07daf5a9fc454571a157ef",
  ],
} as const;
const E = 65_537n;

export interface ToyRsa {
  readonly spki: Uint8Array;
  /** The public key as a JWK. */
  readonly jwk: { readonly kty: "RSA"; readonly n: string; readonly e: string };
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export function toyRsa(name: keyof typeof PRIMES): ToyRsa {
  const [p, q] = PRIMES[name].map((hex) => BigInt(`0x${hex}`));
  if (p === undefined || q === undefined) throw new TypeError(`no primes of ${name}`);
  const d = inverse(E, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e: E, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, base64UrlOf(value)]));
  const key = createPrivateKey({ key: { kty: "RSA", ...jwk }, format: "jwk" });
  return {
    spki: new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" })),
    jwk: { kty: "RSA", n: base64UrlOf(parts.n), e: base64UrlOf(E) },
    sign: (message) => new Uint8Array(sign("sha256", message, key)),
  };
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

function base64UrlOf(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(
    parseHex(hex.padStart(hex.length + (hex.length % 2), "0"), Math.ceil(hex.length / 2), "n"),
  ).toString("base64url");
}
