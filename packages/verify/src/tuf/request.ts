// SPDX-License-Identifier: Apache-2.0

/**
 * What a step of an update wants from outside. `fetch` and the `read`s are answered with bytes, or null where there are none;
 * the others with null, once they are durable.
 *
 * - `fetch`: the file at `path` below the repository's metadata URL, already percent-encoded; an answer of more than
 *   `bytesMax` bytes is the driver's to refuse.
 * - `read`, `write`, `delete`: the trusted file of a role. A role's name is a stranger's text.
 * - `read-root`, `write-root`: root metadata by version. All versions are kept; the newest is also the trusted file of "root".
 *
 * Requests come in an order in which the client can stop after any of them and go on from there next time. What `read` and
 * `read-root` answer is verified again: whoever can write the cache can delete from it, and nothing else.
 */
export type TufRequest =
  | { readonly kind: "fetch"; readonly path: string; readonly bytesMax: number }
  | { readonly kind: "read"; readonly role: string }
  | { readonly kind: "write"; readonly role: string; readonly bytes: Uint8Array }
  | { readonly kind: "delete"; readonly role: string }
  | { readonly kind: "read-root"; readonly version: number }
  | { readonly kind: "write-root"; readonly version: number; readonly bytes: Uint8Array };

export type TufAnswer = Uint8Array | null;

/** A computation that asks for what it needs, one request at a time. */
export type TufSteps<T> = AsyncGenerator<TufRequest, T, TufAnswer>;
