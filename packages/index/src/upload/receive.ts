// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { once } from "node:events";
import { encodeHex } from "@countermark/formats";
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { IndexRefusal } from "../failure.ts";
import {
  DRAIN_BYTES_MAX,
  FIELD_BYTES_MAX,
  FIELD_NAME_BYTES_MAX,
  FIELDS_MAX,
  FILE_BYTES_MAX,
  FORM_BYTES_MAX,
  PART_HEADERS_MAX,
  UPLOAD_BYTES_MAX,
} from "../limits.ts";
import type { Blobs, IncomingBlob } from "../store/blobs.ts";
import { createBlake2b256 } from "./blake2b.ts";

declare const received: unique symbol;

/** The file part of an upload: on disk, flushed, with no name yet. Digests in lower-case hexadecimal. */
export interface ReceivedContent {
  readonly filename: string;
  readonly blob: IncomingBlob;
  readonly size: number;
  readonly sha256: string;
  readonly blake2b256: string;
  readonly md5: string;
}

/** A whole multipart body within the limits. Nothing in it is believed yet. */
export type ReceivedUpload = UploadBody & { readonly [received]: true };

interface UploadBody {
  /** Field name -> its values in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly content: ReceivedContent | null;
  /** Removes the file, unless a later step kept it. */
  discard(): Promise<void>;
}

export interface UploadRequest {
  readonly headers: { readonly contentType: string | null };
  readonly body: ReadableStream<Uint8Array> | null;
}

/**
 * Reads a multipart upload; the file goes to disk while its digests are computed. Whatever is refused is gone from disk
 * before this throws.
 *
 * @throws IndexRefusal `not-multipart`, `form-too-large`, `file-too-large`, `field-malformed`, `content-missing`
 * @spec rfc7578
 */
export async function receiveUpload(request: UploadRequest, blobs: Blobs): Promise<ReceivedUpload> {
  const contentType = request.headers.contentType;
  if (contentType === null || !/^multipart\/form-data *;/i.test(contentType) || request.body === null) {
    throw new IndexRefusal(
      "not-multipart",
      `Cannot read upload: wanted multipart/form-data, found ${contentType ?? "no content type"}`,
    );
  }
  const form = new FormReader(blobs);
  try {
    const parser = createParser({ "content-type": contentType });
    form.listen(parser);
    await pump(request.body, parser, form);
    const content = await form.finish();
    // The one place that makes a ReceivedUpload: every limit above held.
    const whole: UploadBody = { fields: form.fields, content, discard: () => form.discard() };
    return whole as ReceivedUpload;
  } catch (error) {
    await form.discard();
    throw error;
  }
}

function createParser(headers: BusboyHeaders): BusboyInstance {
  try {
    return new Busboy({
      headers,
      // A path in a file name is refused later by the name's own grammar, not silently cut off here.
      preservePath: true,
      limits: {
        fieldNameSize: FIELD_NAME_BYTES_MAX,
        fieldSize: FIELD_BYTES_MAX,
        fields: FIELDS_MAX,
        fileSize: FILE_BYTES_MAX,
        files: 8,
        headerPairs: PART_HEADERS_MAX,
      },
    });
  } catch (cause) {
    throw new IndexRefusal("not-multipart", "Cannot read upload: the multipart boundary is missing", {
      cause,
    });
  }
}

async function pump(
  body: ReadableStream<Uint8Array>,
  parser: BusboyInstance,
  form: FormReader,
): Promise<void> {
  const finished = once(parser, "finish").catch((cause) => {
    throw new IndexRefusal("not-multipart", "Cannot read upload: the multipart body is broken", { cause });
  });
  // Failures are awaited below; this keeps them from being "unhandled" while the body is still arriving.
  finished.catch(() => {});
  let arrived = 0;
  let drained = 0;
  // Not cancelled on refusal: the client has to get its body out before it reads our answer.
  for await (const chunk of body.values({ preventCancel: true })) {
    if (form.isRefused()) {
      drained += chunk.length;
      if (drained > DRAIN_BYTES_MAX) break;
      continue;
    }
    arrived += chunk.length;
    // The parser's limits are on parts: it reads past whatever stands outside of them, without end.
    if (arrived > UPLOAD_BYTES_MAX) form.refuse(tooLarge(`more than ${UPLOAD_BYTES_MAX} bytes`));
    else if (!parser.write(chunk)) {
      await Promise.race([once(parser, "drain"), finished, form.refused]).catch(() => {});
    }
  }
  form.throwIfRefused();
  parser.end();
  await Promise.race([finished, form.refused]);
}

/** Collects the parts of one body. The first refusal wins and ends the reading. */
class FormReader {
  readonly fields = new Map<string, string[]>();
  readonly refused: Promise<never>;
  readonly #blobs: Blobs;
  #refuse: (error: unknown) => void = () => {};
  #refusal: unknown = null;
  #formBytes = 0;
  #content: Promise<ReceivedContent> | null = null;
  #blob: IncomingBlob | null = null;
  #stream: BusboyFileStream | null = null;

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
    this.refused = new Promise((_, reject) => {
      this.#refuse = (error) => {
        this.#refusal ??= error;
        reject(error);
      };
    });
    this.refused.catch(() => {});
  }

  listen(parser: BusboyInstance): void {
    parser.on("field", (name, value, nameCut, valueCut) => {
      if (nameCut || valueCut) this.#refuse(tooLarge(`the field ${JSON.stringify(name)} is too long`));
      else this.#addField(name, value);
    });
    parser.on("file", (name, stream, filename) => this.#addFile(name, stream, filename));
    parser.on("fieldsLimit", () => this.#refuse(tooLarge(`more than ${FIELDS_MAX} fields`)));
    parser.on("filesLimit", () => this.#refuse(tooLarge("more than 8 file parts")));
    parser.on("error", (cause) => {
      this.#refuse(
        new IndexRefusal("not-multipart", "Cannot read upload: the multipart body is broken", { cause }),
      );
    });
  }

  /** The first refusal wins. */
  refuse(error: unknown): void {
    this.#refuse(error);
  }

  isRefused(): boolean {
    return this.#refusal !== null;
  }

  throwIfRefused(): void {
    if (this.#refusal !== null) throw this.#refusal;
  }

  async finish(): Promise<ReceivedContent | null> {
    this.throwIfRefused();
    return this.#content === null ? null : await this.#content;
  }

  async discard(): Promise<void> {
    // When the client is gone nobody ends the file: whoever reads it would wait for ever.
    if (this.#stream?.readableEnded === false) this.#stream.destroy(new Error("the upload was abandoned"));
    await this.#content?.catch(() => {});
    await this.#blob?.discard();
  }

  #addField(name: string, value: string): void {
    this.#formBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (this.#formBytes > FORM_BYTES_MAX) {
      this.#refuse(tooLarge(`the fields have more than ${FORM_BYTES_MAX} bytes`));
      return;
    }
    const values = this.fields.get(name);
    if (values === undefined) this.fields.set(name, [value]);
    else values.push(value);
  }

  #addFile(name: string, stream: BusboyFileStream, filename: string | undefined): void {
    // Old clients send a detached signature as a second file: read past, never kept.
    if (name === "gpg_signature") {
      stream.resume();
      return;
    }
    if (name !== "content") {
      this.#refuse(new IndexRefusal("field-malformed", `${name}: Should not be a tuple.`));
      stream.resume();
      return;
    }
    if (this.#content !== null) {
      this.#refuse(new IndexRefusal("content-missing", "Cannot read upload: two parts named content"));
      stream.resume();
      return;
    }
    // The stream may break before the loop that reads it begins: the loop sees it, this keeps the process alive.
    stream.on("error", () => {});
    // Known before the part ends, which may be never.
    stream.on("limit", () => this.#refuse(fileTooLarge()));
    this.#stream = stream;
    this.#content = this.#store(stream, filename ?? "");
    this.#content.catch((error: unknown) => {
      stream.resume();
      this.#refuse(error);
    });
  }

  async #store(stream: BusboyFileStream, filename: string): Promise<ReceivedContent> {
    const sha256 = createHash("sha256");
    const md5 = createHash("md5");
    const blake2b256 = createBlake2b256();
    const blob = await this.#blobs.receive();
    this.#blob = blob;
    let size = 0;
    for await (const chunk of stream) {
      const bytes: Uint8Array = chunk;
      size += bytes.length;
      sha256.update(bytes);
      md5.update(bytes);
      blake2b256.update(bytes);
      await blob.write(bytes);
    }
    if (stream.truncated || size > FILE_BYTES_MAX) {
      throw fileTooLarge();
    }
    await blob.finish();
    return {
      filename,
      blob,
      size,
      sha256: sha256.digest("hex"),
      blake2b256: encodeHex(blake2b256.digest()),
      md5: md5.digest("hex"),
    };
  }
}

function fileTooLarge(): IndexRefusal {
  return new IndexRefusal(
    "file-too-large",
    `File too large. Limit for this index is ${FILE_BYTES_MAX / 1_048_576} MiB.`,
  );
}

function tooLarge(found: string): IndexRefusal {
  return new IndexRefusal("form-too-large", `Cannot read upload: ${found}`);
}
