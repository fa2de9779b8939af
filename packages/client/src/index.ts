// SPDX-License-Identifier: Apache-2.0
export { runCli } from "./cli.ts";
export { runSigstoreConformance } from "./conformance/sigstore.ts";
export { CLIENT_CODES, type ClientCode, ClientError, EXIT } from "./failure.ts";
export { createFetch } from "./fetch/http.ts";
export { requestCertificate } from "./sign/request-certificate.ts";
export { requestLogEntry } from "./sign/request-log-entry.ts";
export { requestTimestamp } from "./sign/request-timestamp.ts";
export type { Fetch, FetchOptions, World } from "./world.ts";
