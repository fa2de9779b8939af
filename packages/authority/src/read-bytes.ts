// SPDX-License-Identifier: Apache-2.0

/** Reads a body to its end, giving up at the first byte above `bytesMax`. */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  bytesMax: number,
  refuse: () => never,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bytesMax) refuse();
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
