// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { PROOF_HASHES_MAX } from "../limits.ts";
import { ByteReader, type Bytes, concat, u8, u32, utf8 } from "../text/bytes.ts";
import { parseUtf8 } from "../text/utf8.ts";

/** What one cosigned head says about one project; served as `application/vnd.countermark.proof`. @spec specs/project-proof.md */
export interface ProjectProof {
  /** The cosigned checkpoint, a signed note. */
  readonly checkpoint: Uint8Array;
  readonly stateLeaf: Uint8Array;
  /** Inclusion of the state leaf, which is the last leaf. */
  readonly inclusion: readonly Uint8Array[];
  /** An encoded map proof. */
  readonly mapProof: Uint8Array;
}

export const PROJECT_PROOF_TYPE = "application/vnd.countermark.proof";
/** A bucket of 4,096 keys and a note of the largest size. */
export const PROJECT_PROOF_BYTES_MAX = 524_288;
const MAGIC = "CMP1";

/** `"CMP1" || 4 * (u32 len || bytes)`: checkpoint, state leaf, `u8 k || k*32`, map proof. @throws ParseError */
export function parseProjectProof(bytes: Uint8Array): ProjectProof {
  if (bytes.length > PROJECT_PROOF_BYTES_MAX) {
    throw new ParseError("too-large", `Cannot read project proof: ${bytes.length} bytes`);
  }
  const reader = new ByteReader(bytes, "project proof");
  if (parseUtf8(reader.take(4), "project proof") !== MAGIC) {
    throw new ParseError("unsupported", `Cannot read project proof: it does not begin with ${MAGIC}`);
  }
  const checkpoint = reader.take(reader.u32());
  const stateLeaf = reader.take(reader.u32());
  const inclusion = readHashes(reader.take(reader.u32()));
  const mapProof = reader.take(reader.u32());
  reader.end();
  return { checkpoint, stateLeaf, inclusion, mapProof };
}

export function encodeProjectProof(proof: ProjectProof): Bytes {
  const inclusion = concat(u8(proof.inclusion.length), ...proof.inclusion);
  const parts = [proof.checkpoint, proof.stateLeaf, inclusion, proof.mapProof];
  return concat(utf8(MAGIC), ...parts.flatMap((part) => [u32(part.length), part]));
}

function readHashes(bytes: Uint8Array): readonly Uint8Array[] {
  const reader = new ByteReader(bytes, "inclusion proof");
  const count = reader.u8();
  if (count > PROOF_HASHES_MAX)
    throw new ParseError("too-many", `Cannot read inclusion proof: ${count} hashes`);
  const hashes = Array.from({ length: count }, () => reader.take(32));
  reader.end();
  return hashes;
}
