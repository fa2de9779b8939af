// SPDX-License-Identifier: Apache-2.0
import { crc32, deflateRawSync } from "node:zlib";

/** One member of an archive. The name is written as it is given: attacks need names that no honest tool would write. */
export interface ArchiveMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type ZipMethod = "stored" | "deflated";

/** 1980-01-01 00:00, the first moment that a zip can name. */
const DOS_DATE = 0x21;
const UTF8_NAMES = 0x0800;

/** Writes a zip archive: the same members give the same bytes, with no clock and no platform in them. */
export function buildZip(members: readonly ArchiveMember[], method: ZipMethod): Uint8Array {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const packed =
      method === "stored" ? Buffer.from(member.bytes) : deflateRawSync(member.bytes, { level: 9 });
    const name = Buffer.from(member.name, "utf8");
    const shared = sharedHeader(member, packed.length, name.length, method);
    local.push(Buffer.concat([u32(0x04034b50), u16(20), shared, u16(0), name, packed]));
    const attributes = Buffer.concat([
      u16(0),
      u16(0),
      u16(0),
      u16(0),
      u32((0o100644 << 16) >>> 0),
      u32(offset),
    ]);
    central.push(Buffer.concat([u32(0x02014b50), u16(0x0314), u16(20), shared, attributes, name]));
    offset += local.at(-1)?.length ?? 0;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.concat([
    u32(0x06054b50),
    u16(0),
    u16(0),
    u16(members.length),
    u16(members.length),
    u32(directory.length),
    u32(offset),
    u16(0),
  ]);
  return new Uint8Array(Buffer.concat([...local, directory, end]));
}

/** Flags to name length: the part that a local header and a central one have in common. */
function sharedHeader(
  member: ArchiveMember,
  packedLength: number,
  nameLength: number,
  method: ZipMethod,
): Buffer {
  return Buffer.concat([
    u16(UTF8_NAMES),
    u16(method === "stored" ? 0 : 8),
    u16(0),
    u16(DOS_DATE),
    u32(crc32(member.bytes)),
    u32(packedLength),
    u32(member.bytes.length),
    u16(nameLength),
  ]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
