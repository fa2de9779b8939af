// SPDX-License-Identifier: Apache-2.0
import { writeFile } from "node:fs/promises";
import { encodeAttestation } from "@countermark/formats";
import { readDistributions } from "../dist/read-distribution.ts";
import { EXIT } from "../failure.ts";
import { openFetch } from "../fetch/open.ts";
import { sayAttested } from "../show/attested.ts";
import { attestFiles } from "../sign/attest-files.ts";
import { readTrust } from "../trust/read-trust.ts";
import type { CommandContext } from "../world.ts";

/** Writes `<file>.publish.attestation` beside each file, where twine and uv look for it. */
export async function signCommand(context: CommandContext, args: readonly string[]): Promise<number> {
  const { out } = context;
  const trust = await readTrust(context);
  const distributions = await readDistributions(args);
  const attested = await attestFiles(context, await openFetch(context), trust, distributions);
  const written: string[] = [];
  for (const file of attested) {
    const path = `${file.distribution.path}.publish.attestation`;
    await writeFile(path, encodeAttestation(file.attestation));
    sayAttested(file, out);
    out.say(`  written to ${path}`);
    written.push(path);
  }
  out.result({ attestations: written });
  return EXIT.ok;
}
