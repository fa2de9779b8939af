// SPDX-License-Identifier: Apache-2.0
import { LogError, serveLog } from "@countermark/log";
import { type Context, Hono } from "hono";
import { IndexRefusal, LedgerRefusal } from "./failure.ts";
import { type RefusalShape, reasonPhrase, refusalOf, respondRefusal } from "./refusals.ts";
import { drainBody } from "./request-body.ts";
import { ROUTES } from "./routes.ts";
import {
  type IndexOptions,
  openReadOnlyServices,
  openServices,
  type Services,
  tickServices,
} from "./services.ts";
import { createInTurn } from "./store/in-turn.ts";

/** A package index: an application for any HTTP server, and what its owner calls. */
export interface PackageIndex {
  readonly app: Hono<IndexEnvironment>;
  /** Why the index only serves what it released; null when it takes changes too. */
  readOnly(): LogError | null;
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
 *
 * An index whose ledger may not be written, because its storage is behind its own head or nobody can say whether it is, serves
 * what it released and refuses every change; each `tick` tries again to open it whole.
 */
export async function createIndex(options: IndexOptions): Promise<PackageIndex> {
  const standing = { services: await open(options), isClosed: false };
  // Opening anew, the ticks and the end never overlap: the log has one writer.
  const inTurn = createInTurn();
  return {
    app: createApp(options, () => standing.services),
    readOnly: () => standing.services.readOnly,
    tick: () =>
      inTurn(async () => {
        if (standing.isClosed) return;
        if (standing.services.readOnly !== null) await reopen(options, standing);
        if (standing.services.readOnly === null) await tickServices(standing.services);
      }),
    close: () =>
      inTurn(async () => {
        standing.isClosed = true;
        await standing.services.close();
      }),
  };
}

async function open(options: IndexOptions): Promise<Services> {
  try {
    return await openServices(options);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    options.report(error);
    return await openReadOnlyServices(options, error);
  }
}

/** Opens the index whole, if that is possible now, and puts it in place of what only reads. */
async function reopen(options: IndexOptions, standing: { services: Services }): Promise<void> {
  const readOnly = standing.services;
  try {
    standing.services = await openServices(options);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    if (error.code !== readOnly.readOnly?.code) options.report(error);
    return;
  }
  await readOnly.close();
}

function createApp(options: IndexOptions, current: () => Services): Hono<IndexEnvironment> {
  const app = new Hono<IndexEnvironment>();
  for (const route of ROUTES) {
    app.on(route.method, route.path, async (context) => {
      const param = (name: string): string => context.req.param(name) ?? "";
      const services = current();
      try {
        if (route.method === "POST" && services.readOnly !== null) throw services.readOnly;
        return await route.serve(context.req.raw, param, services);
      } catch (error) {
        return await answerRefusal(context, route.refusals, error, services);
      }
    });
  }
  app.route("/", serveLog(options.storage));
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
