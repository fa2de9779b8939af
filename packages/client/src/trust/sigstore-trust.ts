// SPDX-License-Identifier: Apache-2.0
import { encodeHex, parseTrustedRoot } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { prepareTrustedRoot } from "@countermark/verify";
import type { CommandContext } from "../world.ts";
import { readTrustedRoot, type SigstoreTrust } from "./read-trusted-root.ts";
import { openTrustRepository } from "./trust-repository.ts";
import { readVouched } from "./vouched-file.ts";

const TRUSTED_ROOT_FILE = "trusted_root.json";

/**
 * The Sigstore root alone, for whoever has no ledger to ask: a file that the user names, else the target of the TUF repository
 * that the settings name, else the file in the configuration folder.
 *
 * @throws ClientError `no-trust`, `trust-mismatch`, `usage`; those of {@link openTrustRepository}; ParseError, VerifyError
 */
export async function readSigstoreTrust(
  named: string | undefined,
  context: Pick<CommandContext, "world" | "settings">,
): Promise<SigstoreTrust> {
  const { world, settings } = context;
  const option = named ?? world.env["COUNTERMARK_TRUSTED_ROOT"] ?? "";
  if (option !== "") return await readTrustedRoot(option);
  const bytes =
    settings.trustRepository === null
      ? (await readVouched(VOUCHED, settings.configFolder)).bytes
      : await (await openTrustRepository(settings.trustRepository, context))(TRUSTED_ROOT_FILE);
  const root = await prepareTrustedRoot(parseTrustedRoot(bytes), nodeCrypto);
  return { root, sha256: encodeHex(nodeCrypto.sha256(bytes)) };
}

const VOUCHED = { option: "--trusted-root", named: null, name: TRUSTED_ROOT_FILE } as const;
