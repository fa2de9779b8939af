// SPDX-License-Identifier: Apache-2.0
import { encodeRfc3339, quote, TUF_ROOT_UPDATES_MAX, TUF_SEARCH_ROLES_MAX } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";

/** Whether the repository is asked, or only what is cached is used, be it expired by at most so many seconds. */
export type TufMode =
  | { readonly kind: "online" }
  | { readonly kind: "offline"; readonly expiredSecondsMax: number };

/** How much is asked of a repository: roots fetched in one update, roles visited in one search. */
export type TufLimits = { readonly rootUpdatesMax: number; readonly searchRolesMax: number };

export const TUF_LIMITS: TufLimits = {
  rootUpdatesMax: TUF_ROOT_UPDATES_MAX,
  searchRolesMax: TUF_SEARCH_ROLES_MAX,
};

/** What one update and the searches after it are judged by. `now` is the time at its start, in Unix seconds. */
export type TufContext = {
  readonly now: number;
  readonly mode: TufMode;
  readonly limits: TufLimits;
  readonly crypto: CryptoPort;
};

/** @throws VerifyError `tuf-expired` from the second on at which the file of `role` expires */
export function requireUnexpired(role: string, expires: number, { now, mode }: TufContext): void {
  const grace = mode.kind === "offline" ? mode.expiredSecondsMax : 0;
  if (now < expires + grace) return;
  throw new VerifyError(
    "tuf-expired",
    `Cannot use TUF metadata of ${quote(role)}: it expired at ${encodeRfc3339(expires)}, and it is ${encodeRfc3339(now)}` +
      (mode.kind === "offline" ? `; offline, ${grace} seconds more are allowed` : ""),
  );
}
