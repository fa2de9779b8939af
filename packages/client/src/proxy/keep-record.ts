// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { readWheelRecord, type WheelRecord } from "../dist/wheel-record.ts";

/** What is done with the parts of a file while it is delivered, beside delivering them. */
export type Aside = {
  take(part: Uint8Array): Promise<void>;
  /** The whole file was taken and its digest agrees; its end is not delivered yet. */
  verified(): Promise<void>;
};

/** Keeps nothing. */
export const NOTHING_ASIDE: Aside = { take: async () => undefined, verified: async () => undefined };

let copies = 0;

/**
 * Runs `use` with something that copies a wheel into `folder` for as long as it is delivered, and returns its RECORD, which is what
 * the installed files are compared with. Null for what is no wheel, where there is no folder, and where RECORD cannot be read.
 */
export async function keepRecord(
  folder: string | null,
  filename: string,
  use: (aside: Aside) => Promise<void>,
): Promise<WheelRecord | null> {
  if (folder === null || !filename.endsWith(".whl")) {
    await use(NOTHING_ASIDE);
    return null;
  }
  const path = join(folder, `${copies++}.whl`);
  let record: WheelRecord | null = null;
  let file: FileHandle | null = await open(path, "wx", 0o600);
  const close = async () => {
    await file?.close();
    file = null;
  };
  try {
    await use({
      take: async (part) => void (await file?.writeFile(part)),
      verified: async () => {
        await close();
        record = await readWheelRecord(path);
      },
    });
    return record;
  } finally {
    await close();
    await rm(path, { force: true });
  }
}
