// SPDX-License-Identifier: Apache-2.0
import { systemClock } from "@countermark/log";
import { createFetch } from "../fetch/http.ts";
import { runSigstoreConformance } from "./sigstore.ts";

process.exitCode = await runSigstoreConformance(process.argv.slice(2), {
  env: process.env,
  now: systemClock,
  stderr: (text) => process.stderr.write(text),
  createFetch,
});
