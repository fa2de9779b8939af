// SPDX-License-Identifier: Apache-2.0
// vectors/log/checkpoint.json, cosigned.json, cosignature.json and tlog-proof.json
import { parseNote, parsePolicy, parseTlogProof, parseVkey, type Sha256, utf8 } from "@countermark/formats";
import type { CryptoPort } from "@countermark/verify";
import {
  verifyCheckpoint,
  verifyCosignatureLine,
  verifyCosignedCheckpoint,
  verifyTlogProof,
} from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses } from "../case.ts";

interface AskedCheckpoint {
  readonly claim: string;
  readonly note: string;
  readonly vkeys: readonly string[];
  readonly origin: string;
}

interface CheckpointFile {
  readonly accepted: readonly (AskedCheckpoint & { readonly size: number; readonly root: string })[];
  readonly refused: readonly (AskedCheckpoint & { readonly code: string })[];
}

export const checkpointCases: Cases = (file, crypto) => {
  const { accepted, refused } = file as CheckpointFile;
  const verify = ({ note, vkeys, origin }: AskedCheckpoint) => {
    const keys = vkeys.map((vkey) => parseVkey(vkey, hashOf(crypto)));
    return verifyCheckpoint(utf8(note), { vkeys: keys, origin }, crypto);
  };
  return [
    ...accepted.map((asked) => {
      const { claim, note, origin, size, root } = asked;
      return gives(claim, { origin, size, root: bytesOf(root), noteBytes: utf8(note) }, async () => {
        const found = await verify(asked);
        return { origin: found.origin, size: found.size, root: found.root, noteBytes: found.noteBytes };
      });
    }),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => verify(asked))),
  ];
};

interface AskedCosigned {
  readonly claim: string;
  readonly note: string;
  readonly origin: string;
  readonly now: number;
  readonly toleranceSeconds: number;
  /** Where it is another one than the file's. */
  readonly policy?: string;
}

interface Times {
  readonly tLo: number;
  readonly tHi: number;
}

interface Cosigned extends Times {
  readonly size: number;
  readonly cosignatures: readonly { readonly name: string; readonly time: number }[];
}

interface CosignedFile {
  readonly policy: string;
  readonly accepted: readonly (AskedCosigned & Cosigned)[];
  readonly refused: readonly (AskedCosigned & { readonly code: string })[];
}

export const cosignedCases: Cases = (file, crypto) => {
  const cosigned = file as CosignedFile;
  const verify = (asked: AskedCosigned) =>
    verifyCosignedCheckpoint(utf8(asked.note), optionsOf(asked, cosigned, crypto), crypto);
  return [
    ...cosigned.accepted.map((asked) => {
      const { claim, size, cosignatures, tLo, tHi } = asked;
      return gives(claim, { size, cosignatures, tLo, tHi }, async () => {
        const found = await verify(asked);
        const { size, cosignatures, tLo, tHi } = found;
        return { size, cosignatures, tLo, tHi };
      });
    }),
    ...cosigned.refused.map((asked) => refuses(asked.claim, asked.code, () => verify(asked))),
  ];
};

interface AskedCosignature {
  readonly claim: string;
  /** The checkpoint's note; the log's key is `log`. */
  readonly note: string;
  readonly vkey: string;
  /** Which line of the note is taken for the cosigner's. */
  readonly line: number;
}

interface CosignatureFile {
  readonly log: string;
  readonly origin: string;
  readonly accepted: readonly (AskedCosignature & { readonly time: number })[];
  readonly refused: readonly (AskedCosignature & { readonly code: string })[];
}

export const cosignatureCases: Cases = (file, crypto) => {
  const { log, origin, accepted, refused } = file as CosignatureFile;
  const verify = async ({ note, vkey, line }: AskedCosignature) => {
    const vkeys = [parseVkey(log, hashOf(crypto))];
    const checkpoint = await verifyCheckpoint(utf8(note), { vkeys, origin }, crypto);
    const signature = parseNote(utf8(note)).signatures[line];
    if (signature === undefined) return "no such line";
    return await verifyCosignatureLine(checkpoint, parseVkey(vkey, hashOf(crypto)), signature, crypto);
  };
  return [
    ...accepted.map((asked) => gives(asked.claim, asked.time, () => verify(asked))),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => verify(asked))),
  ];
};

interface AskedProof extends Omit<AskedCosigned, "note"> {
  readonly proof: string;
  readonly entry: string;
}

interface TlogProofFile {
  readonly policy: string;
  readonly accepted: readonly (AskedProof & Times & { readonly index: number; readonly size: number })[];
  readonly refused: readonly (AskedProof & { readonly code: string })[];
}

export const tlogProofCases: Cases = (file, crypto) => {
  const proofs = file as TlogProofFile;
  const verify = (asked: AskedProof) => {
    const options = optionsOf(asked, proofs, crypto);
    return verifyTlogProof(parseTlogProof(utf8(asked.proof)), bytesOf(asked.entry), options, crypto);
  };
  return [
    ...proofs.accepted.map((asked) => {
      const { claim, entry, index, size, tLo, tHi } = asked;
      return gives(claim, { entry, index, size, tLo, tHi }, async () => {
        const { head, ...found } = await verify(asked);
        return { ...found, size: head.size, tLo: head.tLo, tHi: head.tHi };
      });
    }),
    ...proofs.refused.map((asked) => refuses(asked.claim, asked.code, () => verify(asked))),
  ];
};

function optionsOf(
  { origin, now, toleranceSeconds, policy }: Omit<AskedCosigned, "note">,
  file: { readonly policy: string },
  crypto: CryptoPort,
) {
  return { origin, now, toleranceSeconds, policy: parsePolicy(policy ?? file.policy, hashOf(crypto)) };
}

function hashOf(crypto: CryptoPort): Sha256 {
  return (bytes) => crypto.sha256(bytes);
}
