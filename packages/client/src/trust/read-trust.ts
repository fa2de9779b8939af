// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { encodeHex, parseTrust, parseTrustedRoot, type TrustDescription } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { type PreparedTrustedRoot, prepareTrustedRoot, type Verified } from "@countermark/verify";
import { ClientError } from "../failure.ts";
import type { CommandContext } from "../world.ts";
import { openTrustRepository, type TargetReader } from "./trust-repository.ts";
import { readVouched } from "./vouched-file.ts";

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
 * Reads the trust description and the Sigstore root beside it: from the TUF repository that the settings name, or else from
 * the file that they name or the one in the configuration folder.
 *
 * @throws ClientError `no-trust`, `trust-not-pinned`, `trust-mismatch`, `usage`; those of {@link openTrustRepository};
 * ParseError, VerifyError
 */
export async function readTrust(context: Pick<CommandContext, "world" | "settings">): Promise<Trust> {
  const read = await openTrustFiles(context);
  const bytes = await read(TRUST_FILE);
  const description = parseTrust(bytes, nodeCrypto.sha256);
  const rootBytes = await read(TRUSTED_ROOT_FILE);
  const rootSha256 = encodeHex(nodeCrypto.sha256(rootBytes));
  if (rootSha256 !== description.sigstore.rootSha256) {
    throw new ClientError(
      "trust-mismatch",
      `Cannot trust ${TRUSTED_ROOT_FILE}: expected the SHA-256 ${description.sigstore.rootSha256} that the trust description ` +
        `names, seen ${rootSha256}`,
    );
  }
  const sigstore = await prepareTrustedRoot(parseTrustedRoot(rootBytes), nodeCrypto);
  return { description, sha256: encodeHex(nodeCrypto.sha256(bytes)), sigstore };
}

async function openTrustFiles(context: Pick<CommandContext, "world" | "settings">): Promise<TargetReader> {
  const { trust, trustRepository, trustRoot, trustOffline, configFolder } = context.settings;
  if (trustRepository !== null && trust !== null) {
    throw new ClientError("usage", "Cannot use both --trust and --trust-repository: name one of them");
  }
  if (trustRepository !== null) return await openTrustRepository(trustRepository, context);
  if (trustRoot !== null || trustOffline !== null) {
    const option = trustRoot === null ? "--trust-offline" : "--trust-root";
    throw new ClientError("usage", `Cannot use ${option} without --trust-repository`);
  }
  const pinned = await readVouched({ option: "--trust", named: trust, name: TRUST_FILE }, configFolder);
  return async (name) =>
    name === TRUST_FILE ? pinned.bytes : await readFile(join(dirname(pinned.path), name));
}
