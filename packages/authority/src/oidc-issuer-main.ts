// SPDX-License-Identifier: Apache-2.0
// The development OIDC issuer as a process: node --conditions=source oidc-issuer-main.ts --config <file.json>
import { join } from "node:path";
import { systemClock } from "@countermark/log";
import { parseOidcIssuerConfig, readConfig } from "./config.ts";
import { createOidcIssuer } from "./oidc/issuer.ts";
import { readOrCreateIssuerSigningKey } from "./oidc/rsa-key.ts";
import { serveOnLoopback } from "./serve.ts";

const config = readConfig(process.argv.slice(2), parseOidcIssuerConfig);
const key = readOrCreateIssuerSigningKey(join(config.dir, "issuer-key.pem"));

await serveOnLoopback(config.port, async (url) => {
  const app = createOidcIssuer({
    key,
    issuer: () => config.issuer ?? url,
    clock: systemClock,
    requestTokens: config.requestTokens,
  });
  return { fetch: (request) => app.fetch(request), close: async () => {} };
});
