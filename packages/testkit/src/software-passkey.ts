// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import {
  type AssertionAsked,
  type Bytes,
  type Digest,
  digestBytes,
  encodeHex,
  encodeKeyRecord,
  type KeyRecord,
  type PasskeyConsent,
  parseAssertion,
  parsePasskeySpki,
  principalId,
  webauthnClientData,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";

/** A passkey without a device: what a thief has who copied one. */
export interface SoftwarePasskey {
  readonly credential: Bytes;
  readonly record: KeyRecord;
  readonly salt: Bytes;
  /** Its id in configurations. */
  readonly id: Digest;
  consent(challenge: Uint8Array, place: Pick<AssertionAsked, "webOrigin" | "rpIdHash">): PasskeyConsent;
}

/** A new ES256 passkey that says its user was verified. */
export function createSoftwarePasskey(): SoftwarePasskey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const record = parsePasskeySpki(new Uint8Array(publicKey.export({ format: "der", type: "spki" })));
  const salt = new Uint8Array(randomBytes(32));
  return {
    credential: new Uint8Array(randomBytes(16)),
    record,
    salt,
    id: principalId(nodeCrypto.sha256, salt, encodeKeyRecord(record)),
    consent: (challenge, { webOrigin, rpIdHash }) => {
      const clientData = webauthnClientData(0, challenge, webOrigin);
      if (clientData === null) throw new TypeError("Form 0 is gone");
      const authenticatorData = Buffer.concat([digestBytes(rpIdHash), Buffer.from("0500000000", "hex")]);
      const signed = Buffer.concat([authenticatorData, nodeCrypto.sha256(clientData)]);
      const signature = sign("sha256", signed, privateKey);
      const asked = { challenge, webOrigin, rpIdHash, key: record, salt: encodeHex(salt) };
      return parseAssertion({ authenticatorData, clientData, signature }, asked);
    },
  };
}

/** A passkey as management requests open it. */
export function passkeyJson({ credential, record, salt }: SoftwarePasskey): object {
  return {
    alg: record.algorithm,
    credential: Buffer.from(credential).toString("base64url"),
    key: encodeHex(record.key),
    salt: encodeHex(salt),
  };
}
