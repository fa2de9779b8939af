// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFetch } from "@countermark/client";
import { type ClientRun, runClient } from "./run-client.ts";
import { createSigningWorld, type SigningWorld } from "./signing-world.ts";
import { startTodayIndex, type TodayIndex } from "./today-index.ts";

/** An index of today on a socket, a forge that signs, and a folder in which a user works. */
export interface TodayWorld {
  readonly index: TodayIndex;
  readonly signing: SigningWorld;
  readonly folder: string;
  write(name: string, text: string): Promise<string>;
  /** `countermark check` in that folder. Its memory lasts from run to run. */
  check(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ClientRun>;
  close(): Promise<void>;
}

/** A world without a server of ours: nobody in it keeps a ledger. */
export async function createTodayWorld(): Promise<TodayWorld> {
  const [index, signing] = [await startTodayIndex(), await createSigningWorld()];
  const folder = await mkdtemp(join(signing.dir, "check-"));
  const root = join(folder, "trusted_root.json");
  await writeFile(root, signing.authority.trustedRoot());
  const known = {
    HOME: folder,
    COUNTERMARK_LOCK: join(folder, "countermark.lock"),
    COUNTERMARK_TRUSTED_ROOT: root,
  };
  return {
    index,
    signing,
    folder,
    write: async (name, text) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    },
    check: (args, env = {}) =>
      runClient(["check", ...args, "--simple-index", index.url], {
        fetch: createFetch({ ca: null, env: {}, idleSeconds: 60 }),
        now: signing.clock.now,
        env: { ...known, ...env },
      }),
    close: async () => {
      await index.close();
      await signing.close();
    },
  };
}

/** Checks that a run said this code to people. */
export function assertRefused(run: ClientRun, code: string): void {
  assert.ok(run.output.includes(`[${code}]`), `wanted [${code}] in: ${run.output}`);
}
