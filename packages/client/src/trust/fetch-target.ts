// SPDX-License-Identifier: Apache-2.0
import { quote } from "@countermark/formats";
import { nodeCrypto, type Storage } from "@countermark/log";
import {
  type FoundTarget,
  findTufTarget,
  type TufRepository,
  type Verified,
  VerifyError,
  verifyTufTarget,
} from "@countermark/verify";
import { fetchBytes } from "../fetch/exchange.ts";
import { driveTuf, type TufPorts } from "./drive-tuf.ts";
import { fileNameOf } from "./tuf-folder.ts";

export type TargetPorts = TufPorts & {
  /** Where targets are served, without a slash at its end. */
  readonly targetsUrl: string;
  /** Where targets are kept, each in a file of its own. */
  readonly targets: Storage;
  readonly bytesMax: number;
};

/**
 * The bytes of the target at `path`: the kept ones where they are still the ones that the repository lists, else fetched.
 *
 * @throws VerifyError of {@link findTufTarget} and {@link verifyTufTarget}; ClientError; ParseError
 */
export async function fetchTarget(
  path: string,
  repository: Verified<TufRepository>,
  ports: TargetPorts,
): Promise<Uint8Array> {
  const target = await driveTuf(findTufTarget(path, repository), ports);
  const file = fileNameOf(path);
  const kept = await ports.targets.read(file);
  if (kept !== null && isTarget(kept, target)) return kept;
  if (repository.context.mode.kind === "offline") {
    throw new VerifyError("tuf-not-cached", `Cannot read ${quote(path)} offline: it is not in the cache`);
  }
  const url = `${ports.targetsUrl}/${target.urlPath}`;
  const bytes = await fetchBytes(ports.fetch, { url, bytesMax: Math.min(target.length, ports.bytesMax) });
  verifyTufTarget(bytes, target, nodeCrypto);
  await ports.targets.replace(file, bytes);
  return bytes;
}

function isTarget(bytes: Uint8Array, target: Verified<FoundTarget>): boolean {
  try {
    verifyTufTarget(bytes, target, nodeCrypto);
    return true;
  } catch (error) {
    if (error instanceof VerifyError) return false;
    throw error;
  }
}
