// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { parsePemBlock, parsePublicKey } from "@countermark/formats";
import type { SignerDemand } from "@countermark/verify";
import { ClientError } from "../failure.ts";

/** The options that say who should have signed. */
export type SignerOptions = {
  readonly certificateIdentity?: string;
  readonly certificateOidcIssuer?: string;
  readonly key?: string;
  readonly anyIdentity?: boolean;
};

/** Who should have signed, by the options; null where they do not say. @throws ClientError `usage`; ParseError for a key */
export async function readSigner(options: SignerOptions): Promise<SignerDemand | null> {
  const { certificateIdentity: name, certificateOidcIssuer: issuer, key, anyIdentity } = options;
  if ((name === undefined) !== (issuer === undefined)) {
    throw new ClientError(
      "usage",
      "Cannot tell who should have signed: --certificate-identity and --certificate-oidc-issuer belong together",
    );
  }
  const demands: SignerDemand[] = [];
  if (name !== undefined && issuer !== undefined) demands.push({ kind: "identity", name, issuer });
  if (key !== undefined) demands.push(await readKey(key));
  if (anyIdentity === true) demands.push({ kind: "any-identity" });
  if (demands.length > 1) {
    throw new ClientError(
      "usage",
      "Cannot tell who should have signed: wanted one of --certificate-identity, --key and --any-identity",
    );
  }
  return demands[0] ?? null;
}

async function readKey(path: string): Promise<SignerDemand> {
  const spki = parsePemBlock(await readFile(path, "utf8"), "PUBLIC KEY", path, "lax");
  // Nothing says how a bare RSA key signs; Sigstore's own tools sign by PKCS #1.
  return { kind: "key", key: parsePublicKey(spki, path), rsaPadding: "pkcs1" };
}
