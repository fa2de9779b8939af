// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";

/** Makes `to` hold what `from` holds, and nothing else; the folder itself stays, for it may be a disk. */
export function copyOver(from: string, to: string): void {
  if (existsSync(to)) empty(to);
  cpSync(from, to, { recursive: true });
}

/** Removes what is in `folder`. */
export function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(`${folder}/${name}`, { recursive: true });
}
