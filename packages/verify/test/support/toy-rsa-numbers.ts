// SPDX-License-Identifier: Apache-2.0
// RSA keys for tests alone: everybody knows their primes.
import { constants, createPrivateKey, createPublicKey, type KeyObject, privateEncrypt } from "node:crypto";
import { derInteger, derSequence, encodeHex, spkiFromRsaPublicKey } from "@countermark/formats";

/** A key that signs whatever it is given, padded rightly or not. */
export interface ToyRsa {
  readonly key: KeyObject;
  readonly spki: Uint8Array;
  /** Big-endian. */
  readonly modulus: Uint8Array;
  /** `encoded^d mod n`, as long as the modulus, as `encoded` is. */
  signEncoded(encoded: Uint8Array): Uint8Array;
}

type Primes = { readonly p: string; readonly q: string; readonly e: number };

const PRIMES = {
  short1024: {
    p: [
      "dd6d4c6d6b89cdf879e9f4a09cad502d3c2022054e18976cb812003b0073c925626770b87dfe4835a1815fe5938152b31cd5",
      "23989101e147b4dd133ee5a61611",
    ].join(""),
    q: [
      "c9a2955b02f6068f55e4b5de51d1dae5e3795208b3670d5619f8ab9ec11d9764a681b01408a306d037008e894832e8884d66",
      "d59e3966a5eb25e54027053d4e69",
    ].join(""),
    e: 65_537,
  },
  short2040: {
    p: [
      "0db683e8bec3f2c391ef15b9471454664f44ae41ba196187ca5ab9b86d67e5841c6f1dceed892528caaa1d39751f23a5247c",
      "ad5c369acf952f968557c2337bf6ba14058c12c4bd949171ae00d22e737ac5e64ea5710deb31a81322da32651acdd9fb7651",
      "82fe13097d899bb3826a435d8109fc8a40a2f4ae0ee56bafdec6f96f",
    ].join(""),
    q: [
      "0d6ae27a7c61160759c07b4670a5689562f66d7ca4f6b3495da2bb4a8a57c45f0f2ce70fca332e1018ca87c2a0c10a752b3c",
      "4e2a8549f063764f2774ac281a269ed2cab5f349d420e3012c1ef7d1c061a9d5fc8506a98529d979cc174ddbaa820df3841c",
      "4eab1ebb4f9afe1c01f2a8b75e2946495ca9b5b3595a664d0677a1f9",
    ].join(""),
    e: 65_537,
  },
  rsa2048: {
    p: [
      "fb4b36fc1d31aee60d2d5e242d33ac1ed9e5327d3c8d225decde9f728deff0fe5df177bcf959d210aa807adccfe64029b9dc",
      "9d36287cf495753f1df8a6d646723f2cd093469cdc3e00895ac5aa3bc1cb479fe6662a54881ba8f18830a367e387d2d88156",
      "b1e155d130a88bd7ba8e0a3a7c8f76951a3fb57ad225157b7775934b",
    ].join(""),
    q: [
      "e0a4dd952778e0e05a98fa95aa7972fcbbd567c2cd4d381bf55145cdb860816f3636aca99236281d2b40b822139e09677d9b",
      "7f0dca5d64d9f8c2bcfd445074743acfa700091a4d0909b3e55c1760b967c6d2b233266f971c7999cd4fbb1049855dde9276",
      "1d5a6f954102edc2dc74bf5e4145841e83896ba1f1f74b1829da256b",
    ].join(""),
    e: 65_537,
  },
  rsa2049: {
    p: [
      "1d30abb2c46c3ed63cf0da6431bd93be4bdd6e84beaaef28f3b7b90ea7cc25ebce06bdf82954a95c6aa843e88cab079876d4",
      "bf225062242b7efd656d296b26451b482b316b9b94af5ad8c25b3a18deafe7bfdd2034a1c95f24431f4f0b764eddaeed407b",
      "ae8da34087a4a9860e23ef6ec6a179553d1bd43f527395cf321a69b2d",
    ].join(""),
    q: [
      "f248583494d57aaa11ced6ddbdce13bbed5d180d0da5b0bdf37ab9d1bdfae6cabd6c26040d74c3f1b94130b588cb560fb8dd",
      "a6b9fecb8cb6a421b453477c6b070143d3caf1afdb70de40b9358877f7d4362ba0e2a615618315ebb5ba18e010ff2a2b6eac",
      "bb69fe5d23e8ec0701fc8efe9c0a461baa99f8bb828f863c10c2dbc9",
    ].join(""),
    e: 65_537,
  },
  rsa3072: {
    p: [
      "eeb82714ea8482c0724e3738b08cd59ba64d7b5ff40dec9b529d8aad638d1788257ce258592cb47102ba01b9cd302aba33af",
      "4700df7e2d9017e71de78a67d9a0fdd66338995b26ff352326718aa0dc8688ef7ada4af4f35e86b458f9a90e34284ecde94a",
      "71e3d7975eaf0afc2d47e3eff5a125918d66e11c8f754bd69d6cd19c43512450de85f513db7bf1ab570163271391a5b9d574",
      "351dc0894af227f2b89cf3e30598982d3e320d8fa7229f690d883b36cc49db4d79bd51cf7be8b00f66a1",
    ].join(""),
    q: [
      "ec801d2cf39f19f2f7f2481a923067b66729ad1033a91353b948ae55771d8dd4ba5c64a0c5babcba00a7be47124211212df1",
      "1696114d085256ecce41f0f06c3fbcbfdf5402ee95b6fc1c030271155357334227eb780cde9c0eccba496a281024fcc6aa1b",
      "081263804bce9eb8b2d1646e0ed884a0452c6061b4e4dd5b2e4d6b1ba26154c77bc83f00fa2ab0e7c6b51c0d6ccf0c064f47",
      "3b677e28cf6d0f6ea7fc0752a1ea54c6f1332d7fe1a61f0481c0adbd12fe24113d25fb1021909e6dd35d",
    ].join(""),
    e: 65_537,
  },
  rsa4096: {
    p: [
      "d07607a51d67648b173001c82d5016716f9374ee038e7a37209d5a7f131585e091b621c642cad2f75aabae8c930f41115cc5",
      "58e7f48d688eb94046ee6781ac135cd3b2901df003dd10dd6d3387111f5c986d51159e4cd0e7492bfa8ba0c0dfd26baeed94",
      "1d19d4bfa42d6bbe99dc81c5eb984335ac7ff96bf2b6b52f177da899691524a392d5991364dec8c3ff41278a6697f856a0ea",
      "f60656a004253f06d1dc35a9d7519403c3a4c8d68736cfff14683923280640b85d1ad86a2d85f2abd4c9f47a9bacb4a073f8",
      "5fae1c75edf6ed13a84549f28c7d58041644b012ce14d194e43ed5d66b4a21db55d139731aff98856dd21758c52b9b126f74",
      "9210ec2701bb",
    ].join(""),
    q: [
      "c1d6101d1951a03c3a43984329e76eb11d8e0e0ce84e68af066b6b8f2b27268afce5a54f40cee97c166bc4b4b103f6eef34a",
      "5b04c91485aec21db3f51c359cbf85eeb16799ce679584596fa29c11d94340379296e82cf09ba52907d83896052212887cb9",
      "bd80be5da88de89368b8209ebd9274b6ddcfeaad5cf3f3bb765191a7b716c30c2a87112ed67e8a298a6cf6f9f86966e53e37",
      "91df1b960fb8eb7803e18d0475b7ee57679350c9dd9b75f184c73b88e6d5a56f87fe23cae95b5113490c7050e884de7c9f26",
      "4a400ee58f89d7996af7afa2288c4e0d48e71b351a9a2748414b0cb67cbf6056da150868cde4644eaf3075920b683651c031",
      "f9e4cd7aeccb",
    ].join(""),
    e: 65_537,
  },
  exponent3: {
    p: [
      "fbff3a618b56b7b98dbfa641ff8614aa7f43ecac8daa272085323a076574e8c0d8bfadac26e65a521e9d4b09511ef6c680ad",
      "1f4c5e95071c8107a6b5b78dc9537dab5f4e9e443523ac21815079ed273b9715e2d085d022ac550d3efe5c2e8f423ce46394",
      "0f4facde206e48b015a6c05ca95a719206abaa4c85a56e7e1c98fa0b",
    ].join(""),
    q: [
      "f0d4c64827c016aaee6ace7a4371cdfe75666d8ecb2362aeeef416ea2ffb1a4f368b7a0a14fbf6ab7f7422efbf173047eb32",
      "f420ffc4700015dc96d0993ef2c8c6e958c9b741bb73bbf8f6eae8ec00245486b8227777885325dbfc0eb089114a6630d910",
      "9ee8865256930256b6d994f3ea47c235bbf30aad875922830432f09d",
    ].join(""),
    e: 3,
  },
} as const satisfies Readonly<Record<string, Primes>>;

export type ToyRsaName = keyof typeof PRIMES;

export function toyRsa(name: ToyRsaName): ToyRsa {
  const { p: pHex, q: qHex, e }: Primes = PRIMES[name];
  const [p, q] = [BigInt(`0x${pHex}`), BigInt(`0x${qHex}`)];
  const d = inverse(BigInt(e), (p - 1n) * (q - 1n));
  const jwk = {
    kty: "RSA",
    n: base64Url(p * q),
    e: base64Url(BigInt(e)),
    d: base64Url(d),
    p: base64Url(p),
    q: base64Url(q),
    dp: base64Url(d % (p - 1n)),
    dq: base64Url(d % (q - 1n)),
    qi: base64Url(inverse(q, p)),
  };
  const key = createPrivateKey({ key: jwk, format: "jwk" });
  const modulus = bytesOf(p * q);
  return {
    key,
    spki: new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" })),
    modulus,
    signEncoded: (encoded) =>
      new Uint8Array(privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded)),
  };
}

/** An SPKI of any modulus and exponent. */
export function rsaSpki(modulus: Uint8Array, exponent: number): Uint8Array {
  return spkiFromRsaPublicKey(derSequence(derInteger(modulus), derInteger(exponent)));
}

/** Big-endian, in as few bytes as it takes, or in `length`. */
export function bytesOf(value: bigint, length = Math.ceil(value.toString(16).length / 2)): Uint8Array {
  const hex = value.toString(16).padStart(2 * length, "0");
  return new Uint8Array(Buffer.from(hex, "hex"));
}

export function integerOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${encodeHex(bytes)}`);
}

export function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1, t0, t1] = [modulus, ((value % modulus) + modulus) % modulus, 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, t0, t1] = [r1, r0 - q * r1, t1, t0 - q * t1];
  }
  return ((t0 % modulus) + modulus) % modulus;
}

function base64Url(value: bigint): string {
  return Buffer.from(bytesOf(value)).toString("base64url");
}
