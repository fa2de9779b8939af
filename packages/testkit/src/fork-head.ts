// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  encodeCheckpoint,
  encodeNote,
  encodeProjectProof,
  encodeStateLeaf,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseProjectProof,
  parseStateLeaf,
} from "@countermark/formats";
import { nodeCrypto, type PrivateKey } from "@countermark/log";
import { inclusionRoot } from "@countermark/verify";

/** A project proof under a head that only the log signed. */
export interface ForkedProof {
  readonly bytes: Bytes;
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Takes a true project proof to a second tree of the same size: its last leaf states another time, every hash is right, and the
 * head is signed with the log's own key. What it lacks is the cosigners, who signed the other one.
 */
export function forkProof(proofFile: Uint8Array, logKey: PrivateKey): ForkedProof {
  const proof = parseProjectProof(proofFile);
  const note = parseNote(proof.checkpoint);
  const checkpoint = parseCheckpoint(note.text);
  const state = parseStateLeaf(proof.stateLeaf);
  const stateLeaf = encodeStateLeaf({ ...state, time: state.time + 1 });
  const root = inclusionRoot(
    {
      leafHash: leafHash(nodeCrypto.sha256, stateLeaf),
      index: state.index,
      size: checkpoint.size,
      proof: proof.inclusion,
    },
    nodeCrypto.sha256,
  );
  const text = encodeCheckpoint({ ...checkpoint, root });
  const line = note.signatures.find((signature) => signature.name === checkpoint.origin);
  if (line === undefined) throw new Error("the log's own signature is not on the head");
  const signature = logKey.sign(new TextEncoder().encode(text));
  const forged = encodeNote({ text, signatures: [{ ...line, signature }] });
  return {
    bytes: encodeProjectProof({ ...proof, checkpoint: forged, stateLeaf }),
    size: checkpoint.size,
    root,
  };
}
