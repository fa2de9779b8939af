// SPDX-License-Identifier: Apache-2.0
import type { KeyObject } from "node:crypto";
import {
  encodeHex,
  JSON_DEPTH_MAX,
  type JsonValue,
  parseBase64,
  parseBundle,
  parseCertificate,
  parseFulcioExtensions,
  parseJson,
  parseSctList,
  parseTimestamp,
  parseTrustedRoot,
  precertificateTbs,
  type SigstoreBundle,
} from "@countermark/formats";
import {
  type CryptoPort,
  type HashName,
  prepareTrustedRoot,
  type SignatureScheme,
  verifyBundle,
} from "@countermark/verify";
import type { BenchBundle } from "../bundles.ts";
import { median } from "../measure.ts";
import type { BenchCase } from "./cases.ts";
import { primitiveOf } from "./openssl.ts";
import { demandsFor, importRaw, leafOf, verifyRaw } from "./peers.ts";
import { measureRounds, type RoundPlan } from "./rounds.ts";

/**
 * Where the time of one verification goes: stage -> CPU microseconds. Each is measured alone, so with its code and data at hand;
 * what is missing to the whole is the last.
 */
export interface Breakdown {
  readonly stages: ReadonlyMap<string, number>;
  /** The signature primitives of one verification, by the names of {@link primitiveOf}. */
  readonly primitives: readonly string[];
}

type DigestCall = { readonly algorithm: HashName; readonly bytes: Uint8Array };
type VerifyCall = {
  readonly scheme: SignatureScheme;
  readonly spki: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
};

/** What one verification read and asked its port for, to be done again stage by stage. */
type Recording = {
  readonly bundle: BenchBundle;
  readonly parsed: SigstoreBundle;
  readonly texts: readonly string[];
  readonly digests: readonly DigestCall[];
  readonly verifies: readonly VerifyCall[];
};

/** Fields of a bundle that hold base64. */
const BASE64_FIELDS = new Set(
  "rawBytes keyId signedEntryTimestamp rootHash hashes canonicalizedBody signedTimestamp payload sig digest signature".split(
    " ",
  ),
);
const LIMITS = { bytesMax: 131_072, depthMax: JSON_DEPTH_MAX };

/** Measures each stage alone, on what the verifications of the case's bundles were seen to do. */
export async function measureBreakdown(
  benchCase: BenchCase,
  crypto: CryptoPort,
  plan: RoundPlan,
): Promise<Breakdown> {
  const recordings = await record(benchCase, crypto);
  const keys = new Map<string, KeyObject>();
  for (const { spki } of recordings.flatMap(({ verifies }) => verifies))
    keys.set(encodeHex(spki), importRaw(spki));
  const prepared = recordings.map((recording) => ({
    ...recording,
    raw: recording.verifies.map((call) => ({ ...call, key: keyOf(keys, call.spki) })),
  }));
  const root = await prepareTrustedRoot(parseTrustedRoot(benchCase.trustedRoot), crypto);
  const at = (call: number) => prepared[call % prepared.length] ?? never();
  const measured = await measureRounds(
    [
      async (call) => {
        const { bytes, artifact } = at(call).bundle;
        await verifyBundle(parseBundle(bytes, "0.2"), demandsFor(artifact), root, crypto);
      },
      (call) => parseBundle(at(call).bundle.bytes, "0.2"),
      (call) => parseJson(at(call).bundle.bytes, LIMITS, "bundle"),
      (call) => at(call).texts.map((text) => parseBase64(text, "field")),
      (call) => readDer(at(call).parsed),
      (call) => readExtensions(at(call).parsed),
      (call) => at(call).digests.map(({ algorithm, bytes }) => crypto.digest(algorithm, bytes)),
      async (call) => {
        for (const { scheme, spki, message, signature } of at(call).verifies) {
          await crypto.verify(scheme, spki, message, signature);
        }
      },
      (call) =>
        at(call).raw.map(({ key, scheme, message, signature }) => verifyRaw(key, scheme, message, signature)),
    ],
    plan,
  );
  const [
    whole = 0,
    parse = 0,
    json = 0,
    base64 = 0,
    der = 0,
    extensions = 0,
    hashes = 0,
    verifies = 0,
    raw = 0,
  ] = measured.map(median);
  return {
    stages: new Map([
      ["JSON", json],
      ["base64", base64],
      ["DER of the bundle", der],
      ["fields of the bundle", parse - json - base64 - der],
      ["DER of SCT and claims", extensions],
      ["hashing", hashes],
      ["key import, port", verifies - raw],
      ["signature primitives", raw],
      ["awaits, garbage, caches gone cold", whole - parse - extensions - hashes - verifies],
      ["whole", whole],
    ]),
    primitives: at(0).verifies.map(({ scheme }) => primitiveOf(scheme)),
  };
}

async function record(benchCase: BenchCase, crypto: CryptoPort): Promise<readonly Recording[]> {
  const root = await prepareTrustedRoot(parseTrustedRoot(benchCase.trustedRoot), crypto);
  const recordings: Recording[] = [];
  for (const bundle of benchCase.bundles) {
    const digests: DigestCall[] = [];
    const verifies: VerifyCall[] = [];
    const parsed = parseBundle(bundle.bytes, "0.2");
    await verifyBundle(parsed, demandsFor(bundle.artifact), root, {
      sha256: (bytes) => {
        digests.push({ algorithm: "sha256", bytes: bytes.slice() });
        return crypto.sha256(bytes);
      },
      digest: (algorithm, bytes) => {
        digests.push({ algorithm, bytes: bytes.slice() });
        return crypto.digest(algorithm, bytes);
      },
      verify: (scheme, spki, message, signature) => {
        verifies.push({ scheme, spki, message, signature });
        return crypto.verify(scheme, spki, message, signature);
      },
      verifyDigest: (scheme, spki, digest, signature) => crypto.verifyDigest(scheme, spki, digest, signature),
    });
    const texts = base64Texts(parseJson(bundle.bytes, LIMITS, "bundle"), false);
    recordings.push({ bundle, parsed, texts, digests, verifies });
  }
  return recordings;
}

/** The texts below `value` that are read as base64. */
function base64Texts(value: JsonValue, isBase64: boolean): readonly string[] {
  if (typeof value === "string") return isBase64 ? [value] : [];
  if (value instanceof Map) {
    return [...value].flatMap(([name, member]) => base64Texts(member, BASE64_FIELDS.has(name)));
  }
  return Array.isArray(value) ? value.flatMap((item) => base64Texts(item, isBase64)) : [];
}

function readDer(bundle: SigstoreBundle): void {
  const { timestamps } = bundle;
  parseCertificate(leafOf(bundle).der);
  for (const { der } of timestamps) parseTimestamp(der);
}

function readExtensions(bundle: SigstoreBundle): void {
  const certificate = leafOf(bundle);
  parseSctList(certificate);
  precertificateTbs(certificate);
  parseFulcioExtensions(certificate);
}

function keyOf(keys: ReadonlyMap<string, KeyObject>, spki: Uint8Array): KeyObject {
  return keys.get(encodeHex(spki)) ?? never();
}

function never(): never {
  throw new Error("a case without bundles");
}
