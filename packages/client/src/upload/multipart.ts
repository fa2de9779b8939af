// SPDX-License-Identifier: Apache-2.0
import { type Bytes, concat, utf8 } from "@countermark/formats";

export type FormField = readonly [name: string, value: string];
export type FormFile = { readonly name: string; readonly filename: string; readonly bytes: Uint8Array };

/**
 * A multipart/form-data body.
 *
 * @param boundary characters that are in none of the parts; random ones are.
 * @spec rfc7578#4
 */
export function encodeMultipart(boundary: string, fields: readonly FormField[], file: FormFile): Bytes {
  const texts = fields.map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`,
  );
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(file.name)}"; filename="${quoted(file.filename)}"\r\n` +
    "Content-Type: application/octet-stream\r\n\r\n";
  return concat(utf8(texts.join("") + head), file.bytes, utf8(`\r\n--${boundary}--\r\n`));
}

/** @spec rfc7578#2 and the form-data encoding of browsers, which servers read */
function quoted(text: string): string {
  return text.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
