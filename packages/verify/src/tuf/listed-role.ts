// SPDX-License-Identifier: Apache-2.0
import { ParseError, quote, type TufFile, type TufHeader, type TufMetaFile } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { requireUnexpired, type TufContext } from "./context.ts";
import { verifyListedBytes } from "./listed-bytes.ts";
import type { TufAnswer, TufSteps } from "./request.ts";
import { type TufSigners, verifyThreshold } from "./threshold.ts";

/** A role whose file another one lists: how to read it, and what it is checked against. */
export type ListedRole<T extends TufHeader> = {
  readonly name: string;
  readonly listed: TufMetaFile;
  readonly signers: TufSigners;
  readonly parse: (bytes: Uint8Array) => TufFile<T>;
  readonly bytesMax: number;
  /** Whether the repository has consistent snapshots. */
  readonly isVersioned: boolean;
  /** Throws where `next` may not follow the file that was trusted before. */
  readonly requireSuccessor: (trusted: T, next: T) => void;
};

/**
 * The file of a listed role: the cached one where it is the one that is listed, else fetched, checked and written.
 *
 * @throws ParseError; VerifyError `tuf-not-cached`, `tuf-file-absent`, `tuf-version-mismatch`, `tuf-expired`, those of
 * {@link verifyListedBytes} and {@link verifyThreshold}
 * @spec theupdateframework/specification#5.5, theupdateframework/specification#5.6
 */
export async function* updateListed<T extends TufHeader>(
  role: ListedRole<T>,
  context: TufContext,
): TufSteps<T> {
  const cached = yield { kind: "read", role: role.name };
  // Signed by those who may sign it now: another delegator of the role has no say here.
  const trusted = await heldOrNull(cached, (bytes) => verifySigned(bytes, role, context));
  if (trusted !== null && (await isListed(cached, trusted, role, context))) {
    requireUnexpired(role.name, trusted.expires, context);
    return trusted;
  }
  const bytes = yield* fetchListed(role, context); //                         1
  verifyListedBytes(bytes, role.listed, role.name, context.crypto); //        2
  const next = await verifySigned(bytes, role, context); //                   3
  requireListedVersion(next, role); //                                        4
  if (trusted !== null) role.requireSuccessor(trusted, next); //              5
  requireUnexpired(role.name, next.expires, context); //                      6
  yield { kind: "write", role: role.name, bytes }; //                         7
  return next;
}

/** Whether the cached file is the very one that is listed. */
async function isListed<T extends TufHeader>(
  cached: TufAnswer,
  trusted: T,
  role: ListedRole<T>,
  { crypto }: TufContext,
): Promise<boolean> {
  const listed = await heldOrNull(cached, async (bytes) => {
    verifyListedBytes(bytes, role.listed, role.name, crypto);
    requireListedVersion(trusted, role);
    return trusted;
  });
  return listed !== null;
}

/** What is in a cached file if it still holds; null if it does not, or there is none: then it is as if it were not there. */
export async function heldOrNull<T>(
  bytes: TufAnswer,
  verify: (bytes: Uint8Array) => Promise<T>,
): Promise<T | null> {
  if (bytes === null) return null;
  try {
    return await verify(bytes);
  } catch (error) {
    if (error instanceof ParseError || error instanceof VerifyError) return null;
    throw error;
  }
}

async function* fetchListed<T extends TufHeader>(
  { name, listed, bytesMax, isVersioned }: ListedRole<T>,
  context: TufContext,
): TufSteps<Uint8Array> {
  const file = `${encodePathSegment(name)}.json`;
  const path = isVersioned ? `${listed.version}.${file}` : file;
  return yield* fetchFile(path, Math.min(listed.length ?? bytesMax, bytesMax), context);
}

/** @throws VerifyError `tuf-not-cached` where nothing may be fetched, `tuf-file-absent` */
export async function* fetchFile(path: string, bytesMax: number, context: TufContext): TufSteps<Uint8Array> {
  if (context.mode.kind === "offline") {
    throw new VerifyError("tuf-not-cached", `Cannot read ${quote(path)} offline: it is not in the cache`);
  }
  const bytes = yield { kind: "fetch", path, bytesMax };
  if (bytes === null) {
    throw new VerifyError("tuf-file-absent", `Cannot read ${quote(path)}: the repository does not have it`);
  }
  return bytes;
}

function requireListedVersion<T extends TufHeader>(signed: T, { name, listed }: ListedRole<T>): void {
  if (signed.version === listed.version) return;
  throw new VerifyError(
    "tuf-version-mismatch",
    `Cannot trust TUF metadata of ${quote(name)}: it has version ${signed.version}, listed is ${listed.version}`,
  );
}

async function verifySigned<T extends TufHeader>(
  bytes: Uint8Array,
  role: Pick<ListedRole<T>, "name" | "parse" | "signers">,
  { crypto }: TufContext,
): Promise<T> {
  const file = role.parse(bytes);
  await verifyThreshold(file, role.signers, { name: role.name, code: "tuf-threshold" }, crypto);
  return file.signed;
}

/** `text` with everything percent-encoded but unreserved characters. @spec rfc3986#2.3 */
export function encodePathSegment(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
