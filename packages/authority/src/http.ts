// SPDX-License-Identifier: Apache-2.0
import { concatAll, encodeCanonicalJson, type JsonInput } from "@countermark/formats";
import { AuthorityError, describeFailure } from "./failure.ts";

/** A JSON answer. */
export function answerJson(body: JsonInput, status = 200): Response {
  return answerBytes(encodeCanonicalJson(body), "application/json", status);
}

export function answerBytes(bytes: Uint8Array<ArrayBuffer>, type: string, status = 200): Response {
  return new Response(bytes, { status, headers: { "content-type": type } });
}

/** A refusal as `{"code": "...", "message": "..."}`: the member every Sigstore client shows is `message`. */
export function answerFailure(error: unknown): Response {
  const { status, code, message } = describeFailure(error);
  return answerJson({ code, message }, status);
}

/** The body of `request`, read no further than the limit. @throws AuthorityError `body-too-large` */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) {
      throw new AuthorityError(
        "body-too-large",
        `Cannot read request: the body is larger than ${bytesMax} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return concatAll(chunks);
}

/** The media type without its parameters, in lower case; empty when there is none. */
export function mediaType(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase();
}

/** The secret of a Bearer header, null when there is none. */
export function bearerToken(request: Request): string | null {
  const found = /^bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(request.headers.get("authorization") ?? "");
  return found?.[1] ?? null;
}
