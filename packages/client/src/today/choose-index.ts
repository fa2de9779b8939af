// SPDX-License-Identifier: Apache-2.0
import { ClientError } from "../failure.ts";
import type { LockedSource } from "../lockfile/lock-file.ts";
import { baseUrl } from "../settings.ts";

/** The index that installers ask when nothing else is said. */
export const PUBLIC_INDEX = "https://pypi.org/simple";

/** What the user allows. Addresses of simple APIs, without a slash at their end. */
export type IndexPolicy = {
  /** The indexes that a lock may name; the first is meant by a lock that names none. */
  readonly allowed: readonly string[];
  /** Index -> who is asked instead. Its answers count as the index's. */
  readonly mirrors: ReadonlyMap<string, string>;
};

/** Longer ones do not fit into the identity lock. */
const INDEX_CHARS_MAX = 128;

/** @throws ClientError `usage` */
export function readIndexPolicy(allowed: readonly string[], mirrors: readonly string[]): IndexPolicy {
  const read = (text: string, option: string): string => {
    const url = baseUrl(text, option);
    if (url.length <= INDEX_CHARS_MAX) return url;
    throw new ClientError("usage", `Cannot use ${option}: an address of ${url.length} characters`);
  };
  const named = allowed.map((text) => read(text, "--simple-index"));
  const pairs = mirrors.map((text): [string, string] => {
    const [from = "", to, ...rest] = text.split("=");
    if (to === undefined || rest.length > 0) {
      throw new ClientError(
        "usage",
        `Cannot use --mirror: wanted INDEX=MIRROR, found ${JSON.stringify(text)}`,
      );
    }
    return [read(from, "--mirror"), read(to, "--mirror")];
  });
  return { allowed: named.length > 0 ? named : [PUBLIC_INDEX], mirrors: new Map(pairs) };
}

/** The indexes in which a package is looked up, in this order. @throws ClientError `index-not-allowed` */
export function chooseIndexes(
  what: string,
  { indexes }: Extract<LockedSource, { readonly kind: "index" }>,
  { allowed }: IndexPolicy,
): readonly string[] {
  if (indexes.length === 0) return allowed.slice(0, 1);
  return indexes.map((named) => {
    // Compared as addresses: a port or a capital that means nothing makes no other index.
    const address = URL.parse(named)?.href.replace(/\/+$/, "");
    const found = allowed.find((known) => known === address);
    if (found !== undefined) return found;
    throw new ClientError(
      "index-not-allowed",
      `Cannot look up ${what}: the lock names the index ${JSON.stringify(withoutUser(named))}, allowed are ${allowed.join(", ")}; ` +
        "--simple-index allows another",
    );
  });
}

/** An address without the password that may be in it. */
function withoutUser(text: string): string {
  const url = URL.parse(text);
  if (url === null) return text;
  url.username = "";
  url.password = "";
  return url.href.replace(/\/+$/, "");
}
