// SPDX-License-Identifier: Apache-2.0
import { proxyOptions, withProxy } from "../drive/with-proxy.ts";
import { EXIT } from "../failure.ts";
import { describeError } from "../show/describe-error.ts";
import { journalJson, sayJournal } from "../show/journal.ts";
import type { CommandContext } from "../world.ts";

/** Serves the proxy until the user stops it, and prints the URL of its simple API. The URL is a secret of this machine's user. */
export async function proxyCommand(
  context: CommandContext,
  _args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { world, out } = context;
  return await withProxy(context, proxyOptions(options), async (open) => {
    out.say(open.proxy.simpleUrl);
    out.progress("the verifying proxy runs until it is stopped (Ctrl-C)");
    if (!world.stop.aborted) {
      await new Promise<void>((resolve) =>
        world.stop.addEventListener("abort", () => resolve(), { once: true }),
      );
    }
    sayJournal(open.journal, out);
    await open.saveReport(null);
    const fatal = open.journal.fatal();
    const failed = fatal !== null || open.journal.refused.size > 0;
    if (!failed) await open.saveLock();
    out.result({ url: open.proxy.simpleUrl, ...journalJson(open.journal, null) });
    if (fatal !== null) return describeError(fatal).exit;
    return failed ? EXIT.refused : EXIT.ok;
  });
}
