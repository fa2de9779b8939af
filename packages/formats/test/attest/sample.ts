// SPDX-License-Identifier: Apache-2.0
import {
  encodeInTotoStatement,
  makeAttestation,
  PUBLISH_PREDICATE_TYPE,
  parseCertificate,
  parseTimestamp,
  type TlogEntry,
  utf8,
} from "../../src/index.ts";
import { encodeSample, encodeSampleTimestamp, SIGNATURE } from "../x509/sample.ts";

export const sampleEntry: TlogEntry = {
  logIndex: 5,
  logId: new Uint8Array(32).fill(1),
  kind: "hashedrekord",
  version: "0.0.2",
  integratedTime: 0,
  inclusionPromise: null,
  inclusionProof: {
    logIndex: 5,
    rootHash: new Uint8Array(32).fill(2),
    treeSize: 6,
    hashes: [new Uint8Array(32).fill(3), new Uint8Array(32).fill(4)],
    checkpoint: utf8("toy\n6\nAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n\n— toy AAAAAAAA\n"),
  },
  canonicalizedBody: utf8("{}"),
};

export const sampleFile = { filename: "pkg-1.0.tar.gz", sha256: new Uint8Array(32).fill(7) };

export const sampleAttestation = makeAttestation({
  certificate: parseCertificate(encodeSample(), "attestation.verification_material.certificate"),
  transparencyEntries: [sampleEntry],
  timestamps: [parseTimestamp(encodeSampleTimestamp())],
  statement: encodeInTotoStatement(sampleFile, PUBLISH_PREDICATE_TYPE, null),
  signature: SIGNATURE,
});

/** The same as JSON, to be changed by tests. */
export const sampleJson = sampleAttestation.json as unknown as {
  readonly version: number;
  readonly verification_material: {
    readonly certificate: string;
    readonly transparency_entries: readonly object[];
    readonly timestamps: readonly string[];
  };
  readonly envelope: { readonly statement: string; readonly signature: string };
};
