// SPDX-License-Identifier: Apache-2.0
import { attestationFile, provenanceFile } from "./attestation-cases.ts";
import { BUNDLE_CASES } from "./bundle-cases.ts";
import { bundleFile } from "./cases.ts";
import { CERTIFICATE_CASES } from "./certificate-cases.ts";
import { CERTIFICATE_ENCODING_CASES } from "./certificate-encoding-cases.ts";
import { CONTENT_CASES } from "./content-cases.ts";
import { DEMAND_CASES } from "./demand-cases.ts";
import { IDENTITY_CASES } from "./identity-cases.ts";
import { INCLUSION_CASES } from "./inclusion-cases.ts";
import { KEY_CASES } from "./key-cases.ts";
import { LOG_CASES } from "./log-cases.ts";
import { manyFile } from "./many-cases.ts";
import { PROMISE_CASES } from "./promise-cases.ts";
import { REKOR_V1_CASES } from "./rekor-v1-cases.ts";
import { SCT_CASES } from "./sct-cases.ts";
import { TIMESTAMP_CASES } from "./timestamp-cases.ts";
import { TIMESTAMP_ENCODING_CASES } from "./timestamp-encoding-cases.ts";
import { trustedRootFile } from "./trusted-root-cases.ts";

let files: Readonly<Record<string, unknown>> | null = null;

/** The files of vectors/sigstore/, by name. */
export async function sigstoreVectors(): Promise<Readonly<Record<string, unknown>>> {
  files ??= {
    "attestations.json": attestationFile(),
    "bundles.json": bundleFile([...BUNDLE_CASES, ...CONTENT_CASES]),
    "certificates.json": bundleFile([
      ...CERTIFICATE_CASES,
      ...IDENTITY_CASES,
      ...SCT_CASES,
      ...CERTIFICATE_ENCODING_CASES,
    ]),
    "demands.json": bundleFile(DEMAND_CASES),
    "keys.json": bundleFile(KEY_CASES),
    "logs.json": bundleFile([...LOG_CASES, ...INCLUSION_CASES]),
    "many.json": manyFile(),
    "provenance.json": provenanceFile(),
    "rekor-v1.json": bundleFile([...REKOR_V1_CASES, ...PROMISE_CASES]),
    "timestamps.json": bundleFile([...TIMESTAMP_CASES, ...TIMESTAMP_ENCODING_CASES]),
    "trusted-roots.json": trustedRootFile(),
  };
  return files;
}
