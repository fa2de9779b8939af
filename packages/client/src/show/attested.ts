// SPDX-License-Identifier: Apache-2.0
import type { AttestedFile } from "../sign/attest-files.ts";
import type { Output } from "./output.ts";

/** Says who signed a file just now, by the certificate. */
export function sayAttested(file: AttestedFile, out: Output): void {
  const { evidence, distribution } = file;
  const { claims, san } = evidence;
  out.say(out.paint("strong", distribution.filename));
  out.say(`  attested as ${"value" in san ? san.value : "a name of another kind"}`);
  out.say(
    `  issued for ${claims.issuer ?? "no issuer"}, commit ${claims.sourceRepositoryDigest ?? "unknown"}`,
  );
  out.say(`  signed ${showTime(evidence.signedAt)}, index ${evidence.logIndex} of the signature log`);
}

/** Unix seconds as people read them, UTC. */
export function showTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
