// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { encodeHex, parseTrust, parseTrustedRoot, type TrustDescription } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { type PreparedTrustedRoot, prepareTrustedRoot, type Verified } from "@countermark/verify";
import { ClientError } from "../failure.ts";
import type { Settings } from "../settings.ts";

/** Everything this machine takes on trust about one index. */
export type Trust = {
  readonly description: TrustDescription;
  /** Hexadecimal, of the trust description. */
  readonly sha256: string;
  readonly sigstore: Verified<PreparedTrustedRoot>;
};

const TRUST_FILE = "trust.json";
const TRUSTED_ROOT_FILE = "trusted_root.json";

/**
 * Reads the trust description that the settings name, or the one in the configuration folder, and the Sigstore root beside it.
 *
 * A file elsewhere must be named with its SHA-256: whoever could change it would decide what is believed. What is in the
 * configuration folder the user put there.
 *
 * @throws ClientError `no-trust`, `trust-not-pinned`, `trust-mismatch`, `usage`; ParseError, VerifyError
 */
export async function readTrust(settings: Settings): Promise<Trust> {
  const { path, pin } = chooseTrust(settings);
  const bytes = await readTrustFile(path, settings);
  const sha256 = encodeHex(nodeCrypto.sha256(bytes));
  if (pin !== null && sha256 !== pin) {
    throw new ClientError(
      "trust-mismatch",
      `Cannot trust ${path}: expected the SHA-256 ${pin}, seen ${sha256}`,
    );
  }
  const description = parseTrust(bytes, nodeCrypto.sha256);
  const rootPath = join(dirname(path), TRUSTED_ROOT_FILE);
  const rootBytes = await readFile(rootPath);
  const rootSha256 = encodeHex(nodeCrypto.sha256(rootBytes));
  if (rootSha256 !== description.sigstore.rootSha256) {
    throw new ClientError(
      "trust-mismatch",
      `Cannot trust ${rootPath}: expected the SHA-256 ${description.sigstore.rootSha256} that the trust description names, ` +
        `seen ${rootSha256}`,
    );
  }
  const sigstore = await prepareTrustedRoot(parseTrustedRoot(rootBytes), nodeCrypto);
  return { description, sha256, sigstore };
}

function chooseTrust(settings: Settings): { readonly path: string; readonly pin: string | null } {
  const { trust, configFolder } = settings;
  if (trust === null) return { path: join(configFolder, TRUST_FILE), pin: null };
  const hash = trust.lastIndexOf("#");
  const path = hash < 0 ? trust : trust.slice(0, hash);
  const fragment = hash < 0 ? null : trust.slice(hash + 1);
  if (fragment === null) {
    if (resolve(path).startsWith(resolve(configFolder) + sep)) return { path, pin: null };
    throw new ClientError(
      "trust-not-pinned",
      `Cannot trust ${path}: it is outside ${configFolder}; name it with its SHA-256, ${path}#sha256=<64 hexadecimal digits>`,
    );
  }
  const pin = /^sha256=([0-9a-f]{64})$/.exec(fragment)?.[1];
  if (pin === undefined) {
    throw new ClientError(
      "usage",
      `Cannot read --trust: wanted #sha256=<64 hexadecimal digits>, found #${fragment}`,
    );
  }
  return { path, pin };
}

async function readTrustFile(path: string, settings: Settings): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (settings.trust !== null) throw cause;
    throw new ClientError(
      "no-trust",
      `Cannot trust anything yet: name a trust description with --trust FILE#sha256=HEX, or put one at ${path}`,
      { cause },
    );
  }
}
