// SPDX-License-Identifier: Apache-2.0
import type { CommandContext } from "../world.ts";

export async function verifyCommand(_context: CommandContext, _args: readonly string[]): Promise<number> {
  throw new Error("not there yet");
}
