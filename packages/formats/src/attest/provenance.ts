// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ATTESTATIONS_PER_FILE_MAX, JSON_DEPTH_MAX, PROVENANCE_BYTES_MAX } from "../limits.ts";
import type { Bytes } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { type JsonObject, type JsonValue, jsonInput, jsonObject, parseJsonObject } from "../text/json.ts";
import { type Attestation, attestationOfJson } from "./attestation.ts";

/** A PEP 740 provenance object: whose attestations an index has for one file. */
export type Provenance = { readonly bundles: readonly AttestationBundle[] };

export type AttestationBundle = {
  readonly publisher: ProvenancePublisher;
  readonly attestations: readonly Attestation[];
};

/** The index's word on who the publisher is; its members vary with `kind`. */
export type ProvenancePublisher = {
  readonly kind: string;
  /** The whole object, `kind` included. */
  readonly json: JsonInput;
};

const KIND_CHARS_MAX = 128;

/**
 * Reads a provenance object. A publisher's other members are kept, not read: they vary with its kind, and `claims`, an
 * object by the specification, is null where Warehouse wrote it.
 *
 * @throws ParseError of the JSON reader and of {@link attestationOfJson}; `missing-field` for an empty list
 * @spec packaging.python.org/en/latest/specifications/index-hosted-attestations (provenance objects)
 */
export function parseProvenance(bytes: Uint8Array): Provenance {
  const limits = { bytesMax: PROVENANCE_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
  const body = parseJsonObject(bytes, limits, "provenance");
  body.integer("version", { min: 1, max: 1 });
  const bundles = notEmpty(
    body.objects("attestation_bundles", { itemsMax: ATTESTATIONS_PER_FILE_MAX }),
    body.path,
  );
  body.end();
  return { bundles: bundles.map(parseAttestationBundle) };
}

/** The provenance object in canonical JSON. */
export function encodeProvenance(provenance: Provenance): Bytes {
  return encodeCanonicalJson({
    version: 1,
    attestation_bundles: provenance.bundles.map(({ publisher, attestations }) => ({
      publisher: publisher.json,
      attestations: attestations.map(({ json }) => json),
    })),
  });
}

function parseAttestationBundle(body: JsonObject): AttestationBundle {
  const publisher = parseProvenancePublisher(body.value("publisher"), `${body.path}.publisher`);
  const values = notEmpty(body.list("attestations", { itemsMax: ATTESTATIONS_PER_FILE_MAX }), body.path);
  body.end();
  const attestations = values.map((value, i) => attestationOfJson(value, `${body.path}.attestations[${i}]`));
  return { publisher, attestations };
}

function parseProvenancePublisher(value: JsonValue, path: string): ProvenancePublisher {
  const body = jsonObject(value, path);
  const kind = body.text("kind", { charsMax: KIND_CHARS_MAX });
  if (body.has("claims") && body.value("claims") !== null) body.object("claims");
  body.ignoreRest(); // index hosted attestations: members specific to the kind
  return { kind, json: jsonInput(value) };
}

function notEmpty<T>(items: readonly T[], path: string): readonly T[] {
  if (items.length === 0) throw new ParseError("missing-field", `Cannot read ${path}: a list is empty`);
  return items;
}
