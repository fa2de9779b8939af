// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  createVkey,
  encodeHex,
  encodeTrust,
  parseEd25519Spki,
  parsePolicy,
  parseVkey,
  type TrustLimits,
} from "@countermark/formats";
import { createEd25519, nodeCrypto } from "@countermark/log";

/** What the operator of a toy world knows about it and writes down. */
export interface ToyTrust {
  readonly origin: string;
  readonly ecosystem: string;
  readonly logVkey: string;
  /** A tlog-policy text. */
  readonly policy: string;
  /** Names in the policy. */
  readonly auditors: readonly string[];
  readonly countersignSpki: Uint8Array;
  /** A trusted_root.json. */
  readonly trustedRoot: Uint8Array;
  /** Of a world in which a day is too long to wait; `DAILY_LIMITS` else. */
  readonly limits?: TrustLimits;
}

/** An alarm after an hour, a warning after one, a refusal after a day. */
const DAILY_LIMITS: TrustLimits = { Y: 3_600, Zwarn: 3_600, Zrefuse: 86_400 };

/** The trust description of a world whose keys never changed. */
export function encodeToyTrust(toy: ToyTrust): Bytes {
  const { sha256 } = nodeCrypto;
  const always = { from: 0, to: null };
  return encodeTrust({
    ecosystem: toy.ecosystem,
    ledger: [
      {
        ...always,
        origin: toy.origin,
        vkeys: [parseVkey(toy.logVkey, sha256)],
        policy: parsePolicy(toy.policy, sha256),
        policyText: toy.policy,
        lastHonest: null,
        auditors: toy.auditors,
      },
    ],
    countersign: [{ ...always, origin: toy.origin, spki: toy.countersignSpki }],
    floor: null,
    limits: toy.limits ?? DAILY_LIMITS,
    sigstore: { rootVersion: 1, rootSha256: encodeHex(sha256(toy.trustedRoot)) },
  });
}

/** The trust description of a world that nobody made: well-formed, and good for nothing. */
export function toyTrustDescription(): Bytes {
  const { sha256 } = nodeCrypto;
  const key = createEd25519(new Uint8Array(32).fill(7));
  const logVkey = createVkey("nobody.test/index", 1, parseEd25519Spki(key.publicSpki), sha256).text;
  return encodeToyTrust({
    origin: "nobody.test/index",
    ecosystem: "pypi",
    logVkey,
    policy: `log ${logVkey}\nquorum none\n`,
    auditors: [],
    countersignSpki: key.publicSpki,
    trustedRoot: new TextEncoder().encode("{}"),
  });
}
