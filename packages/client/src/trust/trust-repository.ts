// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { encodeHex, TRUST_BYTES_MAX, utf8 } from "@countermark/formats";
import { fileStorage, nodeCrypto } from "@countermark/log";
import { TUF_LIMITS, type TufMode, updateTuf } from "@countermark/verify";
import { ClientError } from "../failure.ts";
import { openFetch } from "../fetch/open.ts";
import { baseUrl, type Settings } from "../settings.ts";
import type { CommandContext } from "../world.ts";
import { driveTuf } from "./drive-tuf.ts";
import { fetchTarget } from "./fetch-target.ts";
import { createTufFolder } from "./tuf-folder.ts";
import { readVouched } from "./vouched-file.ts";

const ROOT_FILE = "root.json";
const DAY_SECONDS = 86_400;
const OFFLINE_DAYS_MAX = 3_650;

/** Reads targets of the repository, in the order in which they are asked for. */
export type TargetReader = (path: string) => Promise<Uint8Array>;

/**
 * Brings the TUF repository that the settings name up to date, from a root that the user vouches for: metadata is below
 * `metadata/` of its URL, targets below `targets/`.
 *
 * What is cached belongs to the URL and the root together, and is verified again from that root each time.
 *
 * @throws ClientError `no-trust`, `trust-not-pinned`, `trust-mismatch`, `usage`, `unreachable`, `http-status`; ParseError;
 * VerifyError `tuf-*`
 * @spec specs/trust-description.md#from-a-tuf-repository
 */
export async function openTrustRepository(
  repository: string,
  context: Pick<CommandContext, "world" | "settings">,
): Promise<TargetReader> {
  const { settings, world } = context;
  const url = baseUrl(repository, "--trust-repository");
  const pinned = { option: "--trust-root", named: settings.trustRoot, name: ROOT_FILE };
  const root = await readVouched(pinned, settings.configFolder);
  const cache = join(
    settings.cacheFolder,
    "tuf",
    encodeHex(nodeCrypto.sha256(utf8(`${url}\n${root.sha256}`))),
  );
  const ports = {
    fetch: await openFetch(context),
    metadataUrl: `${url}/metadata`,
    targetsUrl: `${url}/targets`,
    folder: createTufFolder(fileStorage(join(cache, "metadata"))),
    targets: fileStorage(join(cache, "targets")),
    bytesMax: TRUST_BYTES_MAX,
  };
  const judged = { now: world.now(), mode: modeOf(settings), limits: TUF_LIMITS, crypto: nodeCrypto };
  const trusted = await orOffline(() => driveTuf(updateTuf(root.bytes, judged), ports));
  return (path) => orOffline(() => fetchTarget(path, trusted, ports));
}

function modeOf({ trustOffline }: Settings): TufMode {
  if (trustOffline === null) return { kind: "online" };
  const days = /^[0-9]{1,4}$/.test(trustOffline) ? Number(trustOffline) : Number.NaN;
  if (!(days <= OFFLINE_DAYS_MAX)) {
    throw new ClientError(
      "usage",
      `Cannot use --trust-offline: wanted 0 to ${OFFLINE_DAYS_MAX} days, found ${JSON.stringify(trustOffline)}`,
    );
  }
  return { kind: "offline", expiredSecondsMax: days * DAY_SECONDS };
}

/** Says what can be done when the repository is out of reach: nothing happens by itself. */
async function orOffline<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "unreachable") throw error;
    const hint = "--trust-offline DAYS uses what is cached, if it expired no longer ago";
    throw new ClientError("unreachable", `${error.message}; ${hint}`, { cause: error });
  }
}
