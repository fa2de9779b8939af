// SPDX-License-Identifier: Apache-2.0
import type { UploadForm } from "./form.ts";
import { readSdist } from "./sdist.ts";
import { readWheel } from "./wheel.ts";

/** Reads the whole archive of an upload and returns the bytes of its METADATA or PKG-INFO; see `readWheel`, `readSdist`. */
export async function readArchive(form: UploadForm): Promise<Uint8Array> {
  const { blob, size } = form.content;
  switch (form.kind) {
    case "wheel":
      return await readWheel(blob.path, size, form);
    case "sdist":
      return await readSdist(blob.path, size, form);
  }
}
