// SPDX-License-Identifier: Apache-2.0
import { listen, runMain } from "@countermark/log";
import { readIndexConfig } from "./config.ts";
import { createIndex } from "./create-index.ts";

await runMain("countermark-index", async (body) => {
  const { options, port, hostname, tls, tickSeconds } = await readIndexConfig(body);
  const index = await createIndex({
    ...options,
    // A write of unknown result: what is true now, only a new start can find out.
    onStop: (error) => {
      options.report(error);
      process.exit(1);
    },
  });
  const listening = await listen(index.app, { port, host: hostname, ...(tls === null ? {} : { tls }) });
  let ticking: Promise<void> | null = null;
  const tick = (): void => {
    ticking ??= index
      .tick()
      .catch(options.report)
      .finally(() => {
        ticking = null;
      });
  };
  tick();
  const timer = setInterval(tick, tickSeconds * 1_000);
  return {
    url: listening.url,
    async close() {
      clearInterval(timer);
      await listening.close();
      await ticking;
      await index.close();
    },
  };
});
