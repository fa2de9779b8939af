// SPDX-License-Identifier: Apache-2.0
// The values that statements of several kinds are made of.
import { ParseError } from "../failure.ts";
import type { JsonInput } from "../text/canonical-json.ts";
import { encodeHex } from "../text/hex.ts";
import type { JsonObject } from "../text/json.ts";
import {
  ATTESTATIONS,
  CLOSE_DAYS_MAX,
  CLOSE_NEVER,
  CONFIG_KEYS_MAX,
  type ConfigRecord,
  isAscending,
  RELEASES,
  UPLOADS,
} from "./config-record.ts";
import type { Digest } from "./ids.ts";
import { PREDICATES } from "./project-records.ts";
import type { StatedAttestation } from "./statement.ts";

/** Files of one statement. */
export const STATEMENT_FILES_MAX = 512;

/** Attestations of one statement. */
export const STATEMENT_ATTESTATIONS_MAX = 4;
/** Bytes of one file: 1 TiB. */
export const FILE_BYTES_MAX = 2 ** 40;

export const SAFE_TEXT = { charsMax: 128, pattern: /^[\x21-\x7e]{1,128}$/ } as const;
export const SAFE_INTEGER = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
export const U32 = { min: 0, max: 0xffff_ffff } as const;

/** Reads a configuration as statements hold it. @throws ParseError */
export function readConfig(body: JsonObject): ConfigRecord {
  const policy = body.object("policy");
  const closeDays = policy.integer("closeDays", { min: 1, max: CLOSE_NEVER });
  if (closeDays > CLOSE_DAYS_MAX && closeDays !== CLOSE_NEVER) {
    throw new ParseError("out-of-range", `Cannot read ${policy.path}.closeDays: ${closeDays}`);
  }
  const config: ConfigRecord = {
    policy: {
      attestations: at(ATTESTATIONS, policy.integer("attestations", { min: 0, max: 1 })),
      closeDays: closeDays === CLOSE_NEVER ? null : closeDays,
      release: at(RELEASES, policy.integer("release", { min: 0, max: 2 })),
      uploads: at(UPLOADS, policy.integer("uploads", { min: 0, max: 1 })),
    },
    principals: readDigestList(body, "principals", CONFIG_KEYS_MAX),
    publishers: readDigestList(body, "publishers", CONFIG_KEYS_MAX),
  };
  policy.end();
  body.end();
  return config;
}

export function writeConfig(config: ConfigRecord): JsonInput {
  const { attestations, closeDays, release, uploads } = config.policy;
  return {
    policy: {
      attestations: ATTESTATIONS.indexOf(attestations),
      closeDays: closeDays ?? CLOSE_NEVER,
      release: RELEASES.indexOf(release),
      uploads: UPLOADS.indexOf(uploads),
    },
    principals: config.principals,
    publishers: config.publishers,
  };
}

/** Reads 1..512 file ids. @throws ParseError */
export function readFiles(body: JsonObject): readonly Digest[] {
  const files = readDigestList(body, "files", STATEMENT_FILES_MAX);
  if (files.length === 0) throw new ParseError("out-of-range", "Cannot read files: none");
  return files;
}

/** Reads 0..4 attestations, ascending by predicate, then digest. @throws ParseError */
export function readAttestations(body: JsonObject): readonly StatedAttestation[] {
  const attestations = body
    .objects("attestations", { itemsMax: STATEMENT_ATTESTATIONS_MAX })
    .map(readAttestation);
  if (!isAscending(attestations.map((item) => `${PREDICATES.indexOf(item.predicate)}${item.digest}`))) {
    throw new ParseError(
      "not-canonical",
      "Cannot read attestations: not ascending by predicate, then digest",
    );
  }
  return attestations;
}

function readAttestation(body: JsonObject): StatedAttestation {
  const attestation = {
    digest: readDigest(body, "digest"),
    predicate: at(PREDICATES, body.integer("predicate", { min: 1, max: 3 })),
    publisher: readDigest(body, "publisher"),
    time: body.integer("time", SAFE_INTEGER),
  };
  body.end();
  return attestation;
}

export function writeAttestation(item: StatedAttestation): JsonInput {
  const { digest, publisher, time } = item;
  return { digest, predicate: PREDICATES.indexOf(item.predicate), publisher, time };
}

export function readDigest(body: JsonObject, name: string): Digest {
  return encodeHex(body.hex(name, 32));
}

/** Reads a digest; null for `"none"`. */
export function readDigestOrNone(body: JsonObject, name: string): Digest | null {
  return body.value(name) === "none" ? null : readDigest(body, name);
}

/** Reads ascending unique digests. @throws ParseError `not-canonical` */
export function readDigestList(body: JsonObject, name: string, itemsMax: number): readonly Digest[] {
  const digests = body.texts(name, { itemsMax, charsMax: 64 });
  if (!digests.every((digest) => /^[0-9a-f]{64}$/.test(digest)) || !isAscending(digests)) {
    throw new ParseError("not-canonical", `Cannot read ${body.path}.${name}: not ascending unique digests`);
  }
  return digests;
}

/** The value that a number stands for, by its place in `values`. @throws ParseError `out-of-range` */
export function at<T>(values: readonly (T | undefined)[], index: number): T {
  const value = values[index];
  if (value === undefined)
    throw new ParseError("out-of-range", `Cannot read a number: ${index} has no meaning`);
  return value;
}
