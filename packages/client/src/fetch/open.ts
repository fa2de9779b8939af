// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import type { CommandContext, Fetch } from "../world.ts";

/** The `fetch` that this command's settings ask for. */
export async function openFetch(context: Pick<CommandContext, "world" | "settings">): Promise<Fetch> {
  const { world, settings } = context;
  const ca = settings.caFile === null ? null : await readFile(settings.caFile, "utf8");
  return world.createFetch({ ca, env: world.env });
}
