// SPDX-License-Identifier: Apache-2.0
import { listen, runMain } from "@countermark/log";
import { readIndexConfig } from "./config.ts";
import { createIndex } from "./create-index.ts";

/** How long answers to requests that wait for a stopped ledger get on their way. */
const ANSWER_MS = 200;

await runMain("countermark-index", async (body) => {
  const { options, port, hostname, tls, tickSeconds } = await readIndexConfig(body);
  const index = await createIndex({
    ...options,
    // A write of unknown result: what is true now, only a new start can find out. Those who wait are told to come again first.
    onStop: (error) => {
      options.report(error);
      setTimeout(() => process.exit(1), ANSWER_MS);
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
