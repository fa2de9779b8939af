// SPDX-License-Identifier: Apache-2.0
import {
  encodePublisher,
  type JsonInput,
  jsonInput,
  type PublisherRecord,
  parseJson,
} from "@countermark/formats";

/** A publisher record as JSON output has it: the record's own members. */
export function encodePublisherJson(record: PublisherRecord): JsonInput {
  const bytes = encodePublisher(record);
  return jsonInput(parseJson(bytes, { bytesMax: bytes.length, depthMax: 1 }, "publisher record"));
}
