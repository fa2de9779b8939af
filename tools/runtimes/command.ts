// SPDX-License-Identifier: Apache-2.0
// Bundled and run under Node, Bun and Deno: command.mjs <web|node> <file with all vectors>. Prints the result as JSON.
import { readFileSync } from "node:fs";
import { nodeCrypto } from "../../packages/log/src/node-crypto.ts";
import { browserCrypto } from "../../packages/web/src/port.ts";
import { runSuite } from "./suite.ts";

const [port, path] = process.argv.slice(2);
const result = await runSuite(
  JSON.parse(readFileSync(path ?? "", "utf8")),
  port === "node" ? nodeCrypto : browserCrypto,
);
process.stdout.write(`${JSON.stringify(result)}\n`);
