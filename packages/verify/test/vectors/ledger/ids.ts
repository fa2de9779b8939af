// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/ids.json and vectors/ledger/ed25519.json
import {
  type CONSENT_ACTS,
  configId,
  consentChallenge,
  encodeEd25519Spki,
  fileId,
  indexKey,
  mapKey,
  originHash,
  parseVersion,
  principalId,
  publisherId,
  releaseId,
  releaseVersion,
  rootKeyId,
  type Sha256,
  utf8,
} from "@countermark/formats";
import { bytesOf, type Cases, gives, type VectorCase } from "../case.ts";

interface Derived {
  readonly digest: string;
}

interface Challenge extends Derived {
  readonly log: string;
  readonly project: string;
  readonly serial: number;
  /** 1..4 */
  readonly act: number;
  readonly subject: string;
}

interface IdsFile {
  readonly indexKey: string;
  readonly originHash: readonly ({ readonly origin: string } & Derived)[];
  readonly mapKey: readonly ({ readonly ecosystem: string; readonly name: string } & Derived)[];
  readonly fileId: readonly ({ readonly key: string; readonly filename: string } & Derived)[];
  readonly releaseId: readonly ({
    readonly key: string;
    readonly version: string;
    readonly released: string;
  } & Derived)[];
  readonly configId: readonly ({ readonly record: string } & Derived)[];
  readonly rootKeyId: readonly ({ readonly record: string } & Derived)[];
  readonly publisherId: readonly ({ readonly salt: string; readonly record: string } & Derived)[];
  readonly principalId: readonly ({ readonly salt: string; readonly record: string } & Derived)[];
  readonly challenge: readonly Challenge[];
}

const ACTS: readonly (keyof typeof CONSENT_ACTS)[] = ["change", "ask", "cancel", "undo"];

export const idCases: Cases = (file, crypto) => {
  const ids = file as IdsFile; // compared with what the generator makes
  const sha256: Sha256 = (bytes) => crypto.sha256(bytes);
  const digests = <T extends Derived>(name: string, items: readonly T[], derive: (item: T) => unknown) =>
    items.map((item, i): VectorCase => gives(`${name} ${i}`, item.digest, () => derive(item)));
  return [
    gives("indexKey", ids.indexKey, () => indexKey(sha256)),
    ...digests("originHash", ids.originHash, (item) => originHash(sha256, item.origin)),
    ...digests("mapKey", ids.mapKey, (item) => mapKey(sha256, item.ecosystem, item.name)),
    ...digests("fileId", ids.fileId, (item) => fileId(sha256, item.key, item.filename)),
    ...digests("releaseId", ids.releaseId, (item) => releaseId(sha256, item.key, parseVersion(item.version))),
    ...ids.releaseId.map((item) =>
      gives(`release of ${item.version}`, item.released, () => releaseVersion(parseVersion(item.version))),
    ),
    ...digests("configId", ids.configId, (item) => configId(sha256, bytesOf(item.record))),
    ...digests("rootKeyId", ids.rootKeyId, (item) => rootKeyId(sha256, bytesOf(item.record))),
    ...digests("publisherId", ids.publisherId, (item) =>
      publisherId(sha256, bytesOf(item.salt), utf8(item.record)),
    ),
    ...digests("principalId", ids.principalId, (item) =>
      principalId(sha256, bytesOf(item.salt), bytesOf(item.record)),
    ),
    ...digests("challenge", ids.challenge, (item) => {
      const act = ACTS[item.act - 1];
      return act === undefined ? "no such act" : consentChallenge(sha256, { ...item, act });
    }),
  ];
};

interface Ed25519Vector {
  readonly claim: string;
  readonly key: string;
  readonly message: string;
  readonly signature: string;
  readonly holds: boolean;
}

export const ed25519Cases: Cases = (file, crypto) =>
  (file as readonly Ed25519Vector[]).map(({ claim, key, message, signature, holds }) =>
    gives(claim, holds, () => {
      const spki = encodeEd25519Spki(bytesOf(key));
      return crypto.verify({ kind: "ed25519" }, spki, utf8(message), bytesOf(signature));
    }),
  );
