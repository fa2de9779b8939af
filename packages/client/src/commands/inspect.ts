// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { EXIT } from "../failure.ts";
import { describeDocument } from "../show/describe-document.ts";
import type { CommandContext } from "../world.ts";

/** Shows what a receipt, attestation, provenance object, bundle or lock says. Nothing of it is checked, and every answer says so. */
export async function inspectCommand(context: CommandContext, args: readonly string[]): Promise<number> {
  const { out } = context;
  const path = args[0] ?? "";
  const { kind, lines } = describeDocument(await readFile(path));
  out.say(`${basename(path)}: ${kind}, ${out.paint("warning", "UNVERIFIED")}: what it says, not what is so`);
  for (const line of lines) out.say(`  ${line}`);
  out.result({ kind, verified: false, lines });
  return EXIT.ok;
}
