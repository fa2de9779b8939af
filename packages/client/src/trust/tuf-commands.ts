// SPDX-License-Identifier: Apache-2.0
// What the command line of tuf-conformance asks for. Not for users: the trusted root is whatever the folder holds.
import { ParseError } from "@countermark/formats";
import { type TufContext, type TufRepository, updateTuf, type Verified } from "@countermark/verify";
import { driveTuf, type TufPorts } from "./drive-tuf.ts";
import { fetchTarget, type TargetPorts } from "./fetch-target.ts";
import type { TufFolder } from "./tuf-folder.ts";

export async function initTuf(folder: TufFolder, root: Uint8Array): Promise<void> {
  await folder.write("root", root);
}

export async function refreshTuf(ports: TufPorts, context: TufContext): Promise<Verified<TufRepository>> {
  const root = await ports.folder.read("root");
  if (root === null) throw new ParseError("missing-field", "Cannot refresh: there is no root.json");
  return await driveTuf(updateTuf(root, context), ports);
}

/** One update, then the targets in order until one fails. */
export async function downloadTargets(
  paths: readonly string[],
  ports: TargetPorts,
  context: TufContext,
): Promise<void> {
  const repository = await refreshTuf(ports, context);
  for (const path of paths) await fetchTarget(path, repository, ports);
}
