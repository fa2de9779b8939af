// SPDX-License-Identifier: Apache-2.0
// The authority as a process: node --conditions=source main.ts --config <file.json>
import { listen, runMain, type Served, systemClock } from "@countermark/log";
import { createAuthority } from "./authority.ts";
import { parseAuthorityConfig } from "./config.ts";

await runMain("countermark-authority", async (body) => {
  const config = parseAuthorityConfig(body);
  // It listens first: with any port, only the listening server knows where clients reach it.
  let app: Served = { fetch: () => new Response("starting\n", { status: 503 }) };
  const server = await listen({ fetch: (request) => app.fetch(request) }, { port: config.port });
  const authority = await createAuthority({
    store: { kind: "dir", dir: config.dir },
    hostname: config.hostname,
    publicUrl: config.publicUrl ?? server.url,
    issuers: config.issuers,
    audience: config.audience,
    clock: systemClock,
    fetch,
    onStop(error) {
      console.error(error);
      process.exit(1);
    },
  });
  app = authority.app;
  return {
    url: server.url,
    async close() {
      await server.close();
      await authority.close();
    },
  };
});
