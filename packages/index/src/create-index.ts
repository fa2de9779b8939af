// SPDX-License-Identifier: Apache-2.0
import { serveLog } from "@countermark/log";
import { type Context, Hono } from "hono";
import { IndexRefusal, LedgerRefusal } from "./failure.ts";
import { type RefusalShape, reasonPhrase, refusalOf, respondRefusal } from "./refusals.ts";
import { drainBody } from "./request-body.ts";
import { ROUTES } from "./routes.ts";
import { type IndexOptions, openServices, type Services, tickServices } from "./services.ts";

/** A package index: an application for any HTTP server, and what its owner calls. */
export interface PackageIndex {
  readonly app: Hono<IndexEnvironment>;
  /** Does what is due: releases, refreshed cosignatures, the ledger's time. Nothing here has a timer of its own. */
  tick(): Promise<void>;
  /** Waits for what is under way, then closes ledger and stores. */
  close(): Promise<void>;
}

/** Node's response beside the platform's, where there is one: only it can carry a reason phrase. */
export interface IndexEnvironment {
  readonly Bindings: { readonly outgoing?: { statusMessage: string } };
}

/**
 * Opens the index in its folder. Nothing is shown until cosigners have seen its head: call `tick` when their way in
 * (the app) is open.
 */
export async function createIndex(options: IndexOptions): Promise<PackageIndex> {
  const services = await openServices(options);
  return {
    app: createApp(services),
    tick: () => tickServices(services),
    close: () => services.close(),
  };
}

function createApp(services: Services): Hono<IndexEnvironment> {
  const app = new Hono<IndexEnvironment>();
  for (const route of ROUTES) {
    app.on(route.method, route.path, async (context) => {
      const param = (name: string): string => context.req.param(name) ?? "";
      try {
        return await route.serve(context.req.raw, param, services);
      } catch (error) {
        return await answerRefusal(context, route.refusals, error, services);
      }
    });
  }
  app.route("/", serveLog(services.options.storage));
  app.notFound(() =>
    respondRefusal("json", { code: "not-found", status: 404, message: "There is no such page." }, null),
  );
  return app;
}

async function answerRefusal(
  context: Context<IndexEnvironment>,
  shape: RefusalShape,
  error: unknown,
  services: Services,
): Promise<Response> {
  const refusal = refusalOf(error);
  // A refusal is the client's; anything else is ours.
  if (!(error instanceof IndexRefusal || error instanceof LedgerRefusal)) services.options.report(error);
  await drainBody(context.req.raw.body);
  if (shape === "legacy" && context.env?.outgoing !== undefined) {
    context.env.outgoing.statusMessage = reasonPhrase(refusal.message);
  }
  return respondRefusal(shape, refusal, context.req.header("accept") ?? null);
}
