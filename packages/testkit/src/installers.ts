// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { PIP, type Python, userEnvironment } from "./python.ts";
import { ROOT } from "./root.ts";
import { runToolOrThrow } from "./run-tool.ts";

/** The installers that the attacks on configuration are tried with: oldest still common, one between, newest. */
export const INSTALLERS = {
  pip: { oldest: "22.3.1", middle: "24.3.1", newest: "26.3" },
  uv: { oldest: "0.4.30", middle: "0.7.22", newest: "0.13.9" },
} as const;

/** Where installers are kept from run to run. */
const CACHE = join(ROOT, ".demo", "cache", "installers");

/**
 * The folder with an unmodified installer in it, from the user's registry, fetched once.
 *
 * Two processes may fetch the same one at once: it appears whole, by being renamed into its place. Throws when it cannot be had.
 */
export async function fetchInstaller(python: Python, name: "pip" | "uv", version: string): Promise<string> {
  const folder = join(CACHE, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}.new-`);
  try {
    await runToolOrThrow(
      python.executable,
      [
        ...PIP,
        ...["install", "--quiet", "--target", fresh, "--no-deps", "--only-binary", ":all:"],
        `${name}==${version}`,
      ],
      { env: userEnvironment() },
    );
    renameSync(fresh, folder);
  } catch (error) {
    // Another process was quicker.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}
