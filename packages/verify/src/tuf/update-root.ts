// SPDX-License-Identifier: Apache-2.0
import {
  encodeHex,
  parseTufRoot,
  TUF_ROOT_BYTES_MAX,
  type TufFile,
  type TufRoot,
  type TufTopRole,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { requireUnexpired, type TufContext } from "./context.ts";
import { heldOrNull } from "./listed-role.ts";
import type { TufSteps } from "./request.ts";
import { type TufSigners, verifyThreshold } from "./threshold.ts";

/** Who signs a top-level role. */
export function signersOf(root: TufRoot, role: TufTopRole): TufSigners {
  return { role: root.roles[role], keys: root.keys };
}

/**
 * Walks from the root that the user trusts to the newest, through the cached roots and then through those that the
 * repository serves.
 *
 * @throws ParseError; VerifyError `tuf-threshold`, `tuf-root-succession`, `tuf-root-version`, `tuf-expired`
 * @spec theupdateframework/specification#5.3
 */
export async function* updateRoot(trusted: Uint8Array, context: TufContext): TufSteps<TufRoot> {
  // 5.2: whether it has expired does not matter, and a trusted root that does not sign itself is damaged.
  const start = parseTufRoot(trusted);
  await verifyRootSignatures(start, start.signed, context);
  let root = start.signed;
  for (let next = yield* cachedRoot(root, context); next !== null; next = yield* cachedRoot(root, context)) {
    root = next;
  }
  for (
    let fetched = 0;
    fetched < context.limits.rootUpdatesMax && context.mode.kind === "online";
    fetched++
  ) {
    const next = yield* fetchRoot(root, context);
    if (next === null) break;
    root = next;
  }
  requireUnexpired("root", root.expires, context); // 5.3.10
  return root;
}

async function* cachedRoot(root: TufRoot, context: TufContext): TufSteps<TufRoot | null> {
  const bytes = yield { kind: "read-root", version: root.version + 1 };
  return await heldOrNull(bytes, (held) => verifyNextRoot(held, root, context));
}

async function* fetchRoot(root: TufRoot, context: TufContext): TufSteps<TufRoot | null> {
  const version = root.version + 1;
  const bytes = yield { kind: "fetch", path: `${version}.root.json`, bytesMax: TUF_ROOT_BYTES_MAX };
  if (bytes === null) return null;
  const next = await verifyNextRoot(bytes, root, context);
  if (hasRotated("timestamp", root, next) || hasRotated("snapshot", root, next)) {
    // 5.3.11, before the root is written: a client that stops in between must not keep what a stolen key wound forward.
    yield { kind: "delete", role: "timestamp" };
    yield { kind: "delete", role: "snapshot" };
  }
  yield { kind: "write-root", version, bytes };
  return next;
}

/** 5.3.4 and 5.3.5. */
async function verifyNextRoot(bytes: Uint8Array, root: TufRoot, context: TufContext): Promise<TufRoot> {
  const next = parseTufRoot(bytes);
  const check = { name: "root", code: "tuf-root-succession" } as const;
  await verifyThreshold(next, signersOf(root, "root"), check, context.crypto);
  await verifyRootSignatures(next, next.signed, context);
  if (next.signed.version !== root.version + 1) {
    throw new VerifyError(
      "tuf-root-version",
      `Cannot trust the TUF root after version ${root.version}: it has version ${next.signed.version}`,
    );
  }
  return next.signed;
}

async function verifyRootSignatures(
  file: TufFile<TufRoot>,
  by: TufRoot,
  { crypto }: TufContext,
): Promise<void> {
  await verifyThreshold(file, signersOf(by, "root"), { name: "root", code: "tuf-threshold" }, crypto);
}

/** Whether other keys sign the role than before, whatever their ids. */
function hasRotated(role: TufTopRole, before: TufRoot, after: TufRoot): boolean {
  return keysOf(role, before) !== keysOf(role, after);
}

function keysOf(role: TufTopRole, root: TufRoot): string {
  const spkis = new Set<string>();
  for (const keyId of root.roles[role].keyIds) {
    const key = root.keys.get(keyId);
    if (key !== undefined) spkis.add(encodeHex(key.spki));
  }
  return [...spkis].sort().join();
}
