// SPDX-License-Identifier: Apache-2.0
import { constants, createPublicKey, type KeyObject, publicDecrypt } from "node:crypto";
import {
  type Curve,
  concat,
  DER_TAGS,
  type DigestName,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  equalBytes,
  ParseError,
  type PublicKey,
  parseBase64Url,
  readDer,
} from "@countermark/formats";

/**
 * Whether `signature` is by `key` over a message whose digest is `digest`.
 *
 * The log is given digests, not messages, and the platform signs and checks messages only. So the last step of ECDSA is
 * done here, in integers: everything in it is public, and nothing needs to take constant time.
 *
 * @spec fips186-5#6.4.2, rfc8017#8.2.2
 */
export function verifyDigest(
  key: PublicKey,
  hash: DigestName,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const imported = importKey(key.spki);
  if (imported === null) return false;
  switch (key.kind) {
    case "ecdsa":
      return verifyEcdsa(CURVES[key.curve], readPoint(imported), digest, signature);
    case "rsa":
      return verifyRsa(imported, hash, digest, signature);
    case "ed25519":
      return false; // it signs messages, not digests
  }
}

/** Null for what only looks like a key, such as a point that is not on its curve. */
function importKey(spki: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    return null;
  }
}

/** The field, the order of the group and its generator. In each, a = -3 and the cofactor is 1. @spec sp800-186#3.2.1 */
type CurveParameters = { readonly p: bigint; readonly n: bigint; readonly g: Affine };
type Affine = { readonly x: bigint; readonly y: bigint };
/** x/z^2, y/z^3; z = 0 is the point at infinity. */
type Jacobian = { readonly x: bigint; readonly y: bigint; readonly z: bigint };

const CURVES: Readonly<Record<Curve, CurveParameters>> = {
  p256: {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    g: {
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    },
  },
  p384: {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    g: {
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    },
  },
  p521: {
    p: 2n ** 521n - 1n,
    n: 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    g: {
      x: 0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
      y: 0x011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
    },
  },
};

function verifyEcdsa(
  curve: CurveParameters,
  key: Affine,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const pair = readSignature(signature);
  if (pair === null) return false;
  const { n } = curve;
  const [r, s] = pair;
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false;
  // The digest is cut to the order's length: each hash here is paired with a curve at least as long, so none is.
  const e = toInteger(digest);
  const w = invert(s, n);
  const sum = sumOfMultiples(curve, mod(e * w, n), curve.g, mod(r * w, n), key);
  if (sum.z === 0n) return false;
  const x = mod(sum.x * invert(mod(sum.z * sum.z, curve.p), curve.p), curve.p);
  return mod(x, n) === r;
}

/** u * p + v * q, from the highest bit down. */
function sumOfMultiples(curve: CurveParameters, u: bigint, p: Affine, v: bigint, q: Affine): Jacobian {
  let sum: Jacobian = { x: 1n, y: 1n, z: 0n };
  for (let bit = BigInt(curve.n.toString(2).length - 1); bit >= 0n; bit--) {
    sum = double(curve.p, sum);
    if ((u >> bit) & 1n) sum = add(curve.p, sum, p);
    if ((v >> bit) & 1n) sum = add(curve.p, sum, q);
  }
  return sum;
}

function double(p: bigint, a: Jacobian): Jacobian {
  if (a.z === 0n || a.y === 0n) return { x: 1n, y: 1n, z: 0n };
  const yy = mod(a.y * a.y, p);
  const zz = mod(a.z * a.z, p);
  const s = mod(4n * a.x * yy, p);
  const m = mod(3n * (a.x - zz) * (a.x + zz), p);
  const x = mod(m * m - 2n * s, p);
  return { x, y: mod(m * (s - x) - 8n * yy * yy, p), z: mod(2n * a.y * a.z, p) };
}

function add(p: bigint, a: Jacobian, b: Affine): Jacobian {
  if (a.z === 0n) return { x: b.x, y: b.y, z: 1n };
  const zz = mod(a.z * a.z, p);
  const h = mod(b.x * zz - a.x, p);
  const r = mod(b.y * zz * a.z - a.y, p);
  if (h === 0n) return r === 0n ? double(p, a) : { x: 1n, y: 1n, z: 0n };
  const hh = mod(h * h, p);
  const hhh = mod(h * hh, p);
  const v = mod(a.x * hh, p);
  const x = mod(r * r - hhh - 2n * v, p);
  return { x, y: mod(r * (v - x) - a.y * hhh, p), z: mod(a.z * h, p) };
}

/** `SEQUENCE { INTEGER r, INTEGER s }`; null for anything else. */
function readSignature(signature: Uint8Array): readonly [bigint, bigint] | null {
  try {
    const outer = readDer(signature, "ECDSA signature");
    const pair = outer.sequence();
    outer.end();
    const r = readInteger(pair.content(DER_TAGS.integer));
    const s = readInteger(pair.content(DER_TAGS.integer));
    pair.end();
    return r === null || s === null ? null : [r, s];
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** A positive INTEGER in its shortest form; null for anything else. */
function readInteger(content: Uint8Array): bigint | null {
  const [first = 0x80, second = 0x80] = content;
  const canonical = first < 0x80 && (first !== 0 || second >= 0x80) && content.length > 0;
  return canonical ? toInteger(content) : null;
}

/** The key's point, which the platform found to be on its curve when it imported it. */
function readPoint(key: KeyObject): Affine {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return { x: toInteger(parseBase64Url(x, "x")), y: toInteger(parseBase64Url(y, "y")) };
}

const DIGEST_OIDS: Readonly<Record<DigestName, string>> = {
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};

function verifyRsa(key: KeyObject, hash: DigestName, digest: Uint8Array, signature: Uint8Array): boolean {
  const wanted = derSequence(derSequence(derOid(DIGEST_OIDS[hash]), derNull()), derOctetString(digest));
  try {
    const found = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature);
    return equalBytes(concat(found), wanted);
  } catch {
    // The padding is wrong: another key, or no signature at all.
    return false;
  }
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);
}

function mod(a: bigint, m: bigint): bigint {
  const rest = a % m;
  return rest < 0n ? rest + m : rest;
}

/** The inverse of `a` modulo the prime `m`, for a not 0. */
function invert(a: bigint, m: bigint): bigint {
  let [r0, r1] = [m, mod(a, m)];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  return mod(t0, m);
}
