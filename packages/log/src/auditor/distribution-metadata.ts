// SPDX-License-Identifier: Apache-2.0
import { promisify } from "node:util";
import { createGunzip, inflateRaw } from "node:zlib";
import { equalBytes, METADATA_BYTES_MAX, parseDistributionFilename } from "@countermark/formats";

/**
 * What a source distribution may expand to, in the index and here alike: an auditor with less would not admit what any
 * publisher may upload. All of it is read, none of it kept but PKG-INFO.
 */
const EXPANDED_BYTES_MAX = 4_294_967_296;
/** Above this much expanded data, an archive may expand at most `RATIO_MAX` times. */
const RATIO_FREE_BYTES = 67_108_864;
const RATIO_MAX = 50;
const MEMBERS_MAX = 100_000;
/** Deflate makes what it cannot compress longer, by 5 bytes for each 65,535. */
const COMPRESSED_METADATA_BYTES_MAX = METADATA_BYTES_MAX + 65_536;
const TAR_BLOCK = 512;

/**
 * The METADATA of a wheel or the PKG-INFO of a source distribution; null where there is not exactly one in its place, or the
 * archive cannot be read within the limits above.
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
    return kind === "wheel" ? await readWheelMetadata(distribution) : await readSdistMetadata(distribution);
  } catch (error) {
    // Whatever a damaged archive makes of its own lengths and offsets: it has no METADATA that can be read.
    if (error instanceof RangeError || isZlibError(error)) return null;
    throw error;
  }
}

/** @spec APPNOTE.TXT 4.3.6-4.3.16, without ZIP64: METADATA sits near the front of what has it */
async function readWheelMetadata(wheel: Uint8Array): Promise<Uint8Array | null> {
  const view = new DataView(wheel.buffer, wheel.byteOffset, wheel.byteLength);
  const end = endOfCentralDirectory(view);
  if (end === null) return null;
  const count = view.getUint16(end + 10, true);
  let offset = view.getUint32(end + 16, true);
  let found: number | null = null;
  for (let i = 0; i < count; i++) {
    if (view.getUint32(offset, true) !== 0x02014b50) return null;
    const nameLength = view.getUint16(offset + 28, true);
    const name = Buffer.from(wheel.subarray(offset + 46, offset + 46 + nameLength)).toString("latin1");
    if (/^[^/]+\.dist-info\/METADATA$/.test(name)) {
      // Known before anything is inflated: a directory may name one member tens of thousands of times.
      if (found !== null) return null;
      found = offset;
    }
    offset += 46 + nameLength + view.getUint16(offset + 30, true) + view.getUint16(offset + 32, true);
  }
  return found === null ? null : await readMember(wheel, view, found);
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
async function readMember(wheel: Uint8Array, view: DataView, entry: number): Promise<Uint8Array> {
  const method = view.getUint16(entry + 10, true);
  const length = view.getUint32(entry + 20, true);
  const local = view.getUint32(entry + 42, true);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + length > wheel.length) throw new RangeError("Cannot read wheel: a member ends after the file");
  if (length > (method === 0 ? METADATA_BYTES_MAX : COMPRESSED_METADATA_BYTES_MAX)) {
    throw new RangeError(`Cannot read wheel: METADATA of ${length} bytes`);
  }
  // A copy, so that the wheel is not kept with it.
  const bytes = wheel.slice(start, start + length);
  if (method === 0) return bytes;
  if (method !== 8) throw new RangeError(`Cannot read wheel: compression ${method}`);
  return new Uint8Array(await promisify(inflateRaw)(bytes, { maxOutputLength: METADATA_BYTES_MAX }));
}

/** The one `<folder>/PKG-INFO` at the top, among plain members, read as it expands. */
async function readSdistMetadata(sdist: Uint8Array): Promise<Uint8Array | null> {
  const expandedMax = Math.min(EXPANDED_BYTES_MAX, Math.max(RATIO_FREE_BYTES, RATIO_MAX * sdist.length));
  const tar = createTarScan();
  // Given whole, and not copied: zlib takes from it as the loop below asks for more, off the main thread.
  const expanded = createGunzip({ chunkSize: 65_536 });
  expanded.end(sdist);
  let length = 0;
  // To the end, also after the archive's: only there is the gzip checksum.
  for await (const chunk of expanded as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > expandedMax) throw new RangeError(`Cannot read sdist: more than ${expandedMax} bytes`);
    tar.take(chunk);
  }
  return tar.end();
}

/** Reads a tar in pieces of any length, and keeps the bodies of `<folder>/PKG-INFO` only. @spec POSIX.1-1988 ustar */
function createTarScan(): { take(chunk: Uint8Array): void; end(): Uint8Array | null } {
  const zeros = new Uint8Array(TAR_BLOCK);
  const header = new Uint8Array(TAR_BLOCK);
  let headerLength = 0;
  /** Of the present member, with the padding after it: what is still to come. */
  let left = 0;
  let metadata: Uint8Array | null = null;
  /** Of PKG-INFO, when the present member is it: what is still to come. */
  let wanted = 0;
  let members = 0;
  let isAtEnd = false;

  function open(): void {
    if (equalBytes(header, zeros)) {
      isAtEnd = true;
      return;
    }
    members += 1;
    const size = tarSize(header);
    if (members > MEMBERS_MAX) throw new RangeError(`Cannot read sdist: more than ${MEMBERS_MAX} members`);
    left = Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
    if (!isPkgInfo(header)) return;
    if (metadata !== null) throw new RangeError("Cannot read sdist: two PKG-INFO");
    if (size > METADATA_BYTES_MAX) throw new RangeError(`Cannot read sdist: PKG-INFO of ${size} bytes`);
    metadata = new Uint8Array(size);
    wanted = size;
  }

  return {
    take(chunk) {
      for (let offset = 0; offset < chunk.length && !isAtEnd; ) {
        const isHeader = left === 0;
        const length = Math.min(chunk.length - offset, isHeader ? TAR_BLOCK - headerLength : left);
        const piece = chunk.subarray(offset, offset + length);
        offset += length;
        if (isHeader) {
          header.set(piece, headerLength);
          headerLength = (headerLength + length) % TAR_BLOCK;
          if (headerLength === 0) open();
          continue;
        }
        left -= length;
        if (metadata === null || wanted === 0) continue;
        metadata.set(piece.subarray(0, wanted), metadata.length - wanted);
        wanted -= Math.min(wanted, length);
      }
    },
    end: () => (left === 0 && headerLength === 0 ? metadata : null),
  };
}

function isPkgInfo(header: Uint8Array): boolean {
  const path = [tarText(header, 345, 155), tarText(header, 0, 100)].filter((part) => part !== "").join("/");
  const isPlain = header[156] === 0x30 || header[156] === 0;
  return isPlain && /^[^/]+\/PKG-INFO$/.test(path);
}

/** Octal digits only: what other readers make of anything else, they make differently. */
function tarSize(header: Uint8Array): number {
  const text = tarText(header, 124, 12);
  if (!/^[0-7]+$/.test(text)) throw new RangeError("Cannot read sdist: a member has no size");
  return Number.parseInt(text, 8);
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
