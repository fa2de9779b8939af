// SPDX-License-Identifier: Apache-2.0
// Bundled and run in a page: fetches the vectors, runs them on WebCrypto, and sends the result back.
import { browserCrypto } from "../../packages/web/src/port.ts";
import { runSuite } from "./suite.ts";

const files = await (await fetch("vectors.json")).json();
const result = await runSuite(files, browserCrypto).catch((error: unknown) => ({
  passed: 0,
  failures: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
}));
await fetch("result", { method: "POST", body: JSON.stringify(result) });
