// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { BuiltFile, ToyProject } from "./build-wheel.ts";

/** One upload as twine would send it, every part of it open to change. */
export interface UploadForm {
  readonly file: BuiltFile;
  readonly name: string;
  readonly version: string;
  /** PEP 740 attestations, as parsed JSON; null leaves the field out. */
  readonly attestations: readonly unknown[] | null;
  /** Added to the fields, or put in their place. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The form that a tool makes for a file of a toy project, without attestations. */
export function uploadForm(project: ToyProject, file: BuiltFile): UploadForm {
  const { name, version, requiresPython } = project;
  const fields: Record<string, string> = requiresPython === null ? {} : { requires_python: requiresPython };
  return { file, name, version, attestations: null, fields };
}

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Posts `form` to `<indexUrl>/legacy/` with an upload or API token. The answer is for the caller to judge. */
export function postUpload(
  fetch: Fetch,
  indexUrl: string,
  token: string,
  form: UploadForm,
): Promise<Response> {
  const { file } = form;
  const isWheel = file.filename.endsWith(".whl");
  const fields: Record<string, string> = {
    ":action": "file_upload",
    protocol_version: "1",
    metadata_version: "2.4",
    name: form.name,
    version: form.version,
    filetype: isWheel ? "bdist_wheel" : "sdist",
    pyversion: isWheel ? "py3" : "source",
    sha256_digest: createHash("sha256").update(file.bytes).digest("hex"),
    ...(form.attestations === null ? {} : { attestations: JSON.stringify(form.attestations) }),
    ...form.fields,
  };
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append(
    "content",
    new Blob([new Uint8Array(file.bytes)], { type: "application/octet-stream" }),
    file.filename,
  );
  const credentials = Buffer.from(`__token__:${token}`).toString("base64");
  return fetch(`${indexUrl}/legacy/`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body,
  });
}
