// SPDX-License-Identifier: Apache-2.0
// The authority as a process: node --conditions=source main.ts --config <file.json>
import { systemClock } from "@countermark/log";
import { createAuthority } from "./authority.ts";
import { parseAuthorityConfig, readConfig } from "./config.ts";
import { serveOnLoopback } from "./serve.ts";

const config = readConfig(process.argv.slice(2), parseAuthorityConfig);

await serveOnLoopback(config.port, async (url) => {
  const authority = await createAuthority({
    store: { kind: "dir", dir: config.dir },
    hostname: config.hostname,
    publicUrl: config.publicUrl ?? url,
    issuers: config.issuers,
    audience: config.audience,
    clock: systemClock,
    fetch,
  });
  return { fetch: (request) => authority.app.fetch(request), close: () => authority.close() };
});
