// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import type { ArchiveMember } from "./zip.ts";

const BLOCK = 512;

/** Writes a gzipped ustar archive: the same members give the same bytes, owned by nobody and made at no time. */
export function buildTarGz(members: readonly ArchiveMember[]): Uint8Array {
  const blocks: Buffer[] = [];
  for (const member of members) {
    blocks.push(header(member), Buffer.from(member.bytes), Buffer.alloc(padding(member.bytes.length)));
  }
  blocks.push(Buffer.alloc(2 * BLOCK));
  return new Uint8Array(gzipSync(Buffer.concat(blocks), { level: 9 }));
}

/** A ustar header: name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type[1], ..., magic[6], version[2]. */
function header(member: ArchiveMember): Buffer {
  const name = Buffer.from(member.name, "utf8");
  if (name.length > 100)
    throw new TypeError(`Cannot write "${member.name}" into a tar: its name is over 100 bytes`);
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${member.bytes.length.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function padding(length: number): number {
  return (BLOCK - (length % BLOCK)) % BLOCK;
}
