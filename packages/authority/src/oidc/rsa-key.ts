// SPDX-License-Identifier: Apache-2.0
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** An issuer's RSA key; tokens of CI providers are signed with RS256. */
export type IssuerSigningKey = { readonly keyId: string; readonly privateKey: KeyObject };

export function createIssuerSigningKey(): IssuerSigningKey {
  return signingKey(generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey);
}

/** The key in the PEM file at `path`, made first (mode 0600) when there is none. */
export function readOrCreateIssuerSigningKey(path: string): IssuerSigningKey {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    const { privateKey } = createIssuerSigningKey();
    const pem = privateKey.export({ format: "pem", type: "pkcs8" });
    writeFileSync(`${path}.tmp`, pem, { mode: 0o600, flush: true });
    renameSync(`${path}.tmp`, path);
  }
  return signingKey(createPrivateKey(readFileSync(path)));
}

function signingKey(privateKey: KeyObject): IssuerSigningKey {
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return { keyId: createHash("sha256").update(spki).digest("hex").slice(0, 32), privateKey };
}
