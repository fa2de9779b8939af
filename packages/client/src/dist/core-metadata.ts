// SPDX-License-Identifier: Apache-2.0
import { METADATA_BYTES_MAX, parseUtf8 } from "@countermark/formats";
import { ClientError } from "../failure.ts";

/** The fields of a distribution's METADATA or PKG-INFO, by lower-case name, in order. */
export type CoreMetadata = ReadonlyMap<string, readonly string[]>;

/**
 * Reads core metadata: header fields, continued lines, and a body that is the description.
 *
 * @throws ClientError `bad-distribution`
 * @spec packaging.python.org/specifications/core-metadata
 */
export function parseCoreMetadata(bytes: Uint8Array, what: string): CoreMetadata {
  if (bytes.length > METADATA_BYTES_MAX) {
    throw new ClientError("bad-distribution", `Cannot read ${what}: metadata of ${bytes.length} bytes`);
  }
  const text = parseUtf8(bytes, what).replaceAll("\r\n", "\n");
  const end = text.indexOf("\n\n");
  const head = end < 0 ? text : text.slice(0, end);
  if (head.includes("\r")) {
    // It ends a line for Python, and for few others.
    throw new ClientError(
      "bad-distribution",
      `Cannot read ${what}: a carriage return within a metadata line`,
    );
  }
  const fields = new Map<string, string[]>();
  for (const line of unfold(head)) {
    const colon = line.indexOf(":");
    if (colon <= 0)
      throw new ClientError("bad-distribution", `Cannot read ${what}: a metadata line has no name`);
    addField(fields, line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const body = end < 0 ? "" : text.slice(end + 2);
  if (body.trim() !== "" && !fields.has("description")) addField(fields, "description", body);
  return fields;
}

/** The lines of `head`, each joined with the ones that continue it. */
function unfold(head: string): readonly string[] {
  const lines: string[] = [];
  for (const line of head.split("\n")) {
    if (line === "") continue;
    const last = lines.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      // A description may be continued with a bar in place of the white space that starts a line.
      lines[lines.length - 1] = `${last}\n${line.replace(/^(?: {7}\||[ \t]+)/, "")}`;
    } else {
      lines.push(line);
    }
  }
  return lines;
}

function addField(fields: Map<string, string[]>, name: string, value: string): void {
  const values = fields.get(name);
  if (values === undefined) fields.set(name, [value]);
  else values.push(value);
}

/** Metadata field -> field of the upload form. */
const FORM_FIELDS: readonly (readonly [metadata: string, form: string])[] = [
  ["metadata-version", "metadata_version"],
  ["name", "name"],
  ["version", "version"],
  ["summary", "summary"],
  ["description", "description"],
  ["description-content-type", "description_content_type"],
  ["keywords", "keywords"],
  ["home-page", "home_page"],
  ["download-url", "download_url"],
  ["author", "author"],
  ["author-email", "author_email"],
  ["maintainer", "maintainer"],
  ["maintainer-email", "maintainer_email"],
  ["license", "license"],
  ["license-expression", "license_expression"],
  ["requires-python", "requires_python"],
  ["platform", "platform"],
  ["supported-platform", "supported_platform"],
  ["license-file", "license_file"],
  ["classifier", "classifiers"],
  ["requires-dist", "requires_dist"],
  ["provides-dist", "provides_dist"],
  ["obsoletes-dist", "obsoletes_dist"],
  ["requires-external", "requires_external"],
  ["project-url", "project_urls"],
  ["provides-extra", "provides_extra"],
  ["dynamic", "dynamic"],
  ["import-name", "import_names"],
  ["import-namespace", "import_namespaces"],
];

/** The metadata as fields of the upload form, in the form's order. */
export function formFields(metadata: CoreMetadata): readonly (readonly [name: string, value: string])[] {
  return FORM_FIELDS.flatMap(([field, form]) =>
    (metadata.get(field) ?? []).map((value) => [form, value] as const),
  );
}
