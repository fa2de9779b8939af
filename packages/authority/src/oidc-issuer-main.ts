// SPDX-License-Identifier: Apache-2.0
// The development OIDC issuer as a process: node --conditions=source oidc-issuer-main.ts --config <file.json>
import { join } from "node:path";
import { listen, runMain, systemClock } from "@countermark/log";
import { parseOidcIssuerConfig } from "./config.ts";
import { createOidcIssuer } from "./oidc/issuer.ts";
import { readOrCreateIssuerSigningKey } from "./oidc/rsa-key.ts";

await runMain("countermark-oidc-issuer", async (body) => {
  const config = parseOidcIssuerConfig(body);
  let listening = "";
  const app = createOidcIssuer({
    key: readOrCreateIssuerSigningKey(join(config.dir, "issuer-key.pem")),
    issuer: () => config.issuer ?? listening,
    clock: systemClock,
    requestTokens: config.requestTokens,
  });
  const server = await listen(app, { port: config.port });
  listening = server.url;
  return server;
});
