// SPDX-License-Identifier: Apache-2.0
import { type NoteSignature, type Policy, quote, type Vkey } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type SignedCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { checkLine, knownLines } from "./note-signature.ts";
import { type Cosignature, quorumTimes } from "./quorum.ts";

/** A checkpoint that a quorum of the policy cosigned, and when (see quorumTimes). Times in Unix seconds. */
export interface CosignedCheckpoint extends SignedCheckpoint {
  readonly cosignatures: readonly Cosignature[];
  readonly tLo: number;
  readonly tHi: number;
}

/** Whom to believe of a cosigned checkpoint, and what time it is. */
export interface CosignedOptions {
  readonly policy: Policy;
  readonly origin: string;
  /** Unix seconds. */
  readonly now: number;
  /** By how much a cosigner's clock may be ahead of `now`. */
  readonly toleranceSeconds: number;
}

/**
 * Believes a checkpoint because the log signed it and a quorum of the policy cosigned it.
 *
 * @throws ParseError as parseNote and parseCheckpoint
 * @throws VerifyError those of verifyCheckpoint and verifyCosignatures; `quorum-none`, `quorum-not-met`, `cosignature-time`
 *
 * Not checked here: how old it is (`tLo`).
 */
export async function verifyCosignedCheckpoint(
  noteBytes: Uint8Array,
  options: CosignedOptions,
  crypto: CryptoPort,
): Promise<Verified<CosignedCheckpoint>> {
  const { policy, origin } = options;
  const vkeys = policy.logs.map((log) => log.vkey).filter((vkey) => vkey.name === origin);
  const signed = await verifyCheckpoint(noteBytes, { vkeys, origin }, crypto);
  const cosignatures = await verifyCosignatures(signed, policy, crypto);
  verifyTimes(cosignatures, options);
  const times = verifyQuorum(policy, cosignatures, signed);
  const cosigned: CosignedCheckpoint = { ...signed, cosignatures, ...times };
  return cosigned as Verified<CosignedCheckpoint>;
}

/**
 * The cosignatures of the policy's witnesses on `signed`, each checked; of several by one witness the newest. Lines by
 * unknown keys are ignored; a wrong line by a known key refuses the whole note.
 *
 * @throws VerifyError `cosignature-invalid`
 * @spec c2sp.org/tlog-cosignature
 *
 * Not checked here: the times against a clock; whether they are a quorum.
 */
export async function verifyCosignatures(
  signed: Verified<SignedCheckpoint>,
  policy: Policy,
  crypto: CryptoPort,
): Promise<Cosignature[]> {
  const newest = new Map<string, number>();
  for (const [name, { vkey }] of policy.witnesses) {
    for (const { line } of knownLines(signed.note, [vkey])) {
      const time = await verifyCosignatureLine(signed, vkey, line, crypto);
      newest.set(name, Math.max(time, newest.get(name) ?? time));
    }
  }
  return [...newest].map(([name, time]) => ({ name, time }));
}

/**
 * The time (Unix seconds) at which the cosigner `vkey` says to have seen `checkpoint`, when `line` is its cosignature.
 *
 * @throws VerifyError `cosignature-invalid`
 * @spec c2sp.org/tlog-cosignature#format
 *
 * Not checked here: the name and key id of the line (they chose the key); the time against a clock.
 */
export async function verifyCosignatureLine(
  checkpoint: SignedCheckpoint,
  vkey: Vkey,
  line: NoteSignature,
  crypto: CryptoPort,
): Promise<number> {
  const { valid, time } = await checkLine({ vkey, line }, checkpoint.note.text, crypto);
  if (!valid || time === null) {
    throw new VerifyError(
      "cosignature-invalid",
      `Cannot believe checkpoint of ${quote(checkpoint.origin)}: the line of ${quote(vkey.text)} is not its cosignature`,
    );
  }
  return time;
}

/** A cosigner without a clock or with one that is ahead says nothing about when. */
function verifyTimes(cosignatures: readonly Cosignature[], options: CosignedOptions): void {
  const latest = options.now + options.toleranceSeconds;
  for (const { name, time } of cosignatures) {
    if (time === 0 || time > latest) {
      throw new VerifyError(
        "cosignature-time",
        `Cannot believe the cosignature of ${quote(name)}: its time is ${time}, wanted 1..${latest}`,
      );
    }
  }
}

function verifyQuorum(
  policy: Policy,
  cosignatures: readonly Cosignature[],
  signed: SignedCheckpoint,
): { readonly tLo: number; readonly tHi: number } {
  if (policy.quorum === "none") {
    throw new VerifyError(
      "quorum-none",
      `Cannot believe checkpoint of ${quote(signed.origin)} as cosigned: the policy asks for no cosigner`,
    );
  }
  const times = quorumTimes(policy, cosignatures);
  if (times === null) {
    const names = cosignatures.map((cosignature) => cosignature.name).join(", ");
    throw new VerifyError(
      "quorum-not-met",
      `Cannot believe checkpoint of ${quote(signed.origin)} at size ${signed.size}: cosigned by [${names}], wanted ${quote(policy.quorum)}`,
    );
  }
  return times;
}
