// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { parseUtf8 } from "@countermark/formats";
import { replaceFile } from "../lock/read-lock.ts";
import type { RecordedIdentity } from "../lockfile/lock-file.ts";
import { parsePylock } from "../lockfile/pylock.ts";
import { writeIdentities } from "../lockfile/write-identities.ts";
import type { CheckedPackage } from "./check-lock.ts";
import { recordIdentity } from "./recorded-identity.ts";

/**
 * Writes who attests each package into a `pylock.toml`, where nothing is recorded yet.
 *
 * @returns how many packages have a record that had none
 * @throws ClientError `bad-lock-file`
 * @spec pylock-toml
 */
export async function recordIdentities(path: string, checked: readonly CheckedPackage[]): Promise<number> {
  const bytes = new Uint8Array(await readFile(path));
  // Read anew: the entries of the file in their order, none of them merged.
  const { packages } = parsePylock(bytes, path);
  let written = 0;
  const identitiesOf = (place: number): readonly RecordedIdentity[] => {
    const entry = packages[place];
    const found = checked.find(
      ({ item }) =>
        item.name === entry?.name &&
        item.version === entry.version &&
        JSON.stringify(item.source) === JSON.stringify(entry.source),
    );
    const identities = found === undefined ? [] : distinctIdentities(found);
    if (identities.length > 0) written++;
    return identities;
  };
  const text = writeIdentities(parseUtf8(bytes, path), identitiesOf, path);
  await replaceFile(path, new TextEncoder().encode(text));
  return written;
}

function distinctIdentities({ files }: CheckedPackage): readonly RecordedIdentity[] {
  const distinct = new Map<string, RecordedIdentity>();
  for (const { attested } of files) {
    if (attested === null) continue;
    const identity = recordIdentity(attested.identity);
    distinct.set(JSON.stringify([...identity]), identity);
  }
  return [...distinct.values()];
}
