// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodePrivateKey, type PrivateKey } from "@countermark/log";
import type { ClientRun } from "./run-client.ts";
import type { World } from "./world.ts";

/** How a ceremony went, from the index's draft to the file that goes back to it. */
export interface Ceremony {
  /** What each holder of a root key was shown before signing. */
  readonly shown: readonly string[];
  /** The body of `POST /_/manage/ceremony/seal`. */
  readonly signed: unknown;
}

/**
 * Has the index draft an entry, carries the draft to the holders of `keys`, who sign it with the command and without any network,
 * and joins what they signed. Nothing is sent to the index yet.
 */
export async function holdCeremony(
  world: World,
  request: unknown,
  keys: readonly PrivateKey[],
): Promise<Ceremony> {
  const draft = await world.manage("ceremony/draft", request);
  const dir = mkdtempSync(join(world.dir, "ceremony-"));
  const draftFile = join(dir, "draft.json");
  writeFileSync(draftFile, JSON.stringify(draft));
  const offline = ["index.test", "authority.test", "oak.test", "ash.test", "elm.test"].map((host) =>
    world.network.intercept(host, () => Promise.reject(new Error("a ceremony is on no network"))),
  );
  try {
    const shown: string[] = [];
    const signatures: string[] = [];
    for (const [i, key] of keys.entries()) {
      const keyFile = join(dir, `root-${i}.pem`);
      writeFileSync(keyFile, encodePrivateKey(key), { mode: 0o600 });
      const out = join(dir, `${i}.sig`);
      shown.push(
        succeeded(await world.countermark(["ceremony", "sign", draftFile, "--key", keyFile, "--out", out])),
      );
      signatures.push(out);
    }
    const joined = join(dir, "signed.json");
    succeeded(await world.countermark(["ceremony", "join", draftFile, ...signatures, "--out", joined]));
    return { shown, signed: JSON.parse(readFileSync(joined, "utf8")) };
  } finally {
    for (const restore of offline) restore();
  }
}

/** Sends what was signed to the index. */
export async function sealSigned(
  world: World,
  signed: unknown,
): Promise<{ entry: number; released: boolean }> {
  const sealed = await world.manage("ceremony/seal", signed);
  return sealed as { entry: number; released: boolean }; // what the route answers
}

function succeeded(run: ClientRun): string {
  if (run.status !== 0) throw new Error(run.output);
  return run.output;
}
