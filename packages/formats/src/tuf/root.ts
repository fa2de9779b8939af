// SPDX-License-Identifier: Apache-2.0
import { TUF_ROOT_BYTES_MAX } from "../limits.ts";
import type { JsonObject } from "../text/json.ts";
import { parseTufFile, type TufFile, type TufHeader } from "./envelope.ts";
import { parseTufKeys, parseTufRole, type TufKey, type TufRole } from "./key.ts";

export const TUF_TOP_ROLES = ["root", "timestamp", "snapshot", "targets"] as const;

export type TufTopRole = (typeof TUF_TOP_ROLES)[number];

export type TufRoot = TufHeader & {
  readonly keys: ReadonlyMap<string, TufKey>;
  readonly roles: Readonly<Record<TufTopRole, TufRole>>;
  /** Whether files are named by version, and targets by hash. */
  readonly consistentSnapshot: boolean;
};

/**
 * Reads a `root.json`.
 *
 * @throws ParseError of the JSON reader, `unsupported`
 * @spec theupdateframework/specification#4.3
 */
export function parseTufRoot(bytes: Uint8Array): TufFile<TufRoot> {
  return parseTufFile(bytes, { type: "root", bytesMax: TUF_ROOT_BYTES_MAX, read });
}

function read(signed: JsonObject): Omit<TufRoot, keyof TufHeader> {
  const roles = signed.object("roles");
  const role = (name: TufTopRole): TufRole => parseTufRole(roles.object(name));
  return {
    keys: parseTufKeys(signed),
    roles: {
      root: role("root"),
      timestamp: role("timestamp"),
      snapshot: role("snapshot"),
      targets: role("targets"),
    },
    consistentSnapshot: signed.has("consistent_snapshot") && signed.boolean("consistent_snapshot"),
  };
}
