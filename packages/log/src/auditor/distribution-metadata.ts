// SPDX-License-Identifier: Apache-2.0
import { gunzipSync, inflateRawSync } from "node:zlib";
import { equalBytes, METADATA_BYTES_MAX, parseDistributionFilename } from "@countermark/formats";

/** What a source distribution may expand to here. */
const SDIST_EXPANDED_BYTES_MAX = 1_073_741_824;
const TAR_BLOCK = 512;

/**
 * The METADATA of a wheel or the PKG-INFO of a source distribution; null where there is not exactly one in its place, or the
 * archive cannot be read.
 *
 * Not checked here: the rest of the archive. The index refuses what two readers could read differently.
 *
 * @throws ParseError for a filename that is no distribution's
 */
export async function readDistributionMetadata(
  filename: string,
  distribution: Uint8Array,
): Promise<Uint8Array | null> {
  const { kind } = parseDistributionFilename(filename);
  try {
    return kind === "wheel" ? readWheelMetadata(distribution) : readSdistMetadata(distribution);
  } catch (error) {
    // Whatever a damaged archive makes of its own lengths and offsets: it has no METADATA that can be read.
    if (error instanceof RangeError || isZlibError(error)) return null;
    throw error;
  }
}

/** @spec APPNOTE.TXT 4.3.6-4.3.16, without ZIP64: METADATA sits near the front of what has it */
function readWheelMetadata(wheel: Uint8Array): Uint8Array | null {
  const view = new DataView(wheel.buffer, wheel.byteOffset, wheel.byteLength);
  const end = endOfCentralDirectory(view);
  if (end === null) return null;
  const count = view.getUint16(end + 10, true);
  let offset = view.getUint32(end + 16, true);
  const found: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    if (view.getUint32(offset, true) !== 0x02014b50) return null;
    const nameLength = view.getUint16(offset + 28, true);
    const name = Buffer.from(wheel.subarray(offset + 46, offset + 46 + nameLength)).toString("latin1");
    if (/^[^/]+\.dist-info\/METADATA$/.test(name)) found.push(readMember(wheel, view, offset));
    offset += 46 + nameLength + view.getUint16(offset + 30, true) + view.getUint16(offset + 32, true);
  }
  const [metadata] = found;
  return metadata !== undefined && found.length === 1 ? metadata : null;
}

function endOfCentralDirectory(view: DataView): number | null {
  const first = Math.max(0, view.byteLength - 22 - 65_535);
  for (let offset = view.byteLength - 22; offset >= first; offset--) {
    const isEnd = view.getUint32(offset, true) === 0x06054b50;
    if (isEnd && offset + 22 + view.getUint16(offset + 20, true) === view.byteLength) return offset;
  }
  return null;
}

/** @param entry offset of the member in the central directory. */
function readMember(wheel: Uint8Array, view: DataView, entry: number): Uint8Array {
  const method = view.getUint16(entry + 10, true);
  const length = view.getUint32(entry + 20, true);
  const local = view.getUint32(entry + 42, true);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + length > wheel.length) throw new RangeError("Cannot read wheel: a member ends after the file");
  const bytes = wheel.subarray(start, start + length);
  if (method === 0) return bytes;
  if (method !== 8) throw new RangeError(`Cannot read wheel: compression ${method}`);
  return new Uint8Array(inflateRawSync(bytes, { maxOutputLength: METADATA_BYTES_MAX }));
}

/** The one `<folder>/PKG-INFO` at the top, among plain members. @spec POSIX.1-1988 ustar */
function readSdistMetadata(sdist: Uint8Array): Uint8Array | null {
  const tar = new Uint8Array(gunzipSync(sdist, { maxOutputLength: SDIST_EXPANDED_BYTES_MAX }));
  const zeros = new Uint8Array(TAR_BLOCK);
  const found: Uint8Array[] = [];
  for (let offset = 0; offset + TAR_BLOCK <= tar.length; ) {
    const header = tar.subarray(offset, offset + TAR_BLOCK);
    if (equalBytes(header, zeros)) break;
    const size = Number.parseInt(tarText(header, 124, 12), 8);
    if (!Number.isSafeInteger(size) || size < 0) return null;
    const start = offset + TAR_BLOCK;
    if (start + size > tar.length) return null;
    const path = [tarText(header, 345, 155), tarText(header, 0, 100)].filter((part) => part !== "").join("/");
    const isPlain = header[156] === 0x30 || header[156] === 0;
    if (isPlain && /^[^/]+\/PKG-INFO$/.test(path)) found.push(tar.subarray(start, start + size));
    offset = start + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  const [metadata] = found;
  return metadata !== undefined && found.length === 1 ? metadata : null;
}

function tarText(header: Uint8Array, offset: number, length: number): string {
  const text = Buffer.from(header.subarray(offset, offset + length)).toString("latin1");
  return text.replace(/\0.*$/s, "").trim();
}

function isZlibError(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    /^(?:Z_|ERR_)/.test(error.code)
  );
}
