// SPDX-License-Identifier: Apache-2.0
// A headless Chromium, driven over a pipe by the DevTools protocol: no port, no library.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-pipe",
];

const SECONDS_MAX = 120;

export interface Browser {
  /** As it calls itself: `Chrome/156.0.8078.79`. */
  readonly version: string;
  /** Opens a page and waits until it has loaded. */
  open(url: string): Promise<Page>;
  close(): Promise<void>;
}

export interface Page {
  /** One command of the DevTools protocol to this page. */
  send(method: string, params?: object): Promise<unknown>;
  /** The value of an expression, awaited when it is a promise. Runs as if a user had just acted. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true; asked again whenever the document changes. */
  until(expression: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts the Chromium at `program` with a fresh profile, which `close` removes. */
export async function openBrowser(program: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "countermark-browser-"));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), SECONDS_MAX * 1000);
  const gone = once(child, "exit");
  const close = async (): Promise<void> => {
    clearTimeout(limit);
    child.kill("SIGKILL");
    await gone;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  };
  const pipe = openPipe(child.stdio[3] as Writable, child.stdio[4] as Readable); // both are pipes: see stdio above
  child.once("exit", (status) => pipe.end(`Chromium ended with status ${status}`));
  const { product } = (await pipe.send("Browser.getVersion", {})) as { product: string };
  return { version: product, open: (url) => openPage(pipe, url), close };
}

/** Gives a page passkeys: an authenticator that answers at once, its user verified. Returns the id to change it by. */
export async function addAuthenticator(page: Page, options: object = {}): Promise<string> {
  await page.send("WebAuthn.enable");
  const added = await page.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  });
  return (added as { authenticatorId: string }).authenticatorId;
}

async function openPage(pipe: Pipe, url: string): Promise<Page> {
  const { targetId } = (await pipe.send("Target.createTarget", { url: "about:blank" })) as {
    targetId: string;
  };
  const attached = await pipe.send("Target.attachToTarget", { targetId, flatten: true });
  const { sessionId } = attached as { sessionId: string };
  const send = (method: string, params: object = {}): Promise<unknown> =>
    pipe.send(method, params, sessionId);
  const evaluate = async (expression: string): Promise<unknown> => {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = (await send("Runtime.evaluate", options)) as Evaluated;
    if (exceptionDetails === undefined) return result.value;
    const { exception, text } = exceptionDetails;
    throw new Error(`The page says: ${exception?.description ?? text}`);
  };
  await send("Page.enable");
  const loaded = pipe.event("Page.loadEventFired", sessionId);
  await send("Page.navigate", { url });
  await loaded;
  return {
    send,
    evaluate,
    until: async (expression) => {
      await evaluate(`new Promise((resolve) => {
        const observer = new MutationObserver(() => ask());
        const ask = () => { if (${expression}) { observer.disconnect(); resolve(); } };
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        ask();
      })`);
    },
    close: async () => {
      await pipe.send("Target.closeTarget", { targetId });
    },
  };
}

interface Evaluated {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: {
    readonly text: string;
    readonly exception?: { readonly description?: string };
  };
}

interface Pipe {
  send(method: string, params: object, sessionId?: string): Promise<unknown>;
  event(method: string, sessionId: string): Promise<void>;
  end(why: string): void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Messages are JSON, each ended by a zero byte. */
function openPipe(input: Writable, output: Readable): Pipe {
  const answers = new Map<number, PromiseWithResolvers<unknown>>();
  const events = new Map<string, () => void>();
  let ended: string | null = null;
  let count = 0;
  let rest = "";
  // Writing to a browser that is gone says so by its exit, which `end` reports.
  input.on("error", () => {});
  output.setEncoding("utf8").on("data", (chunk: string) => {
    const messages = (rest + chunk).split("\0");
    rest = messages.pop() ?? "";
    for (const text of messages) receive(JSON.parse(text) as Message);
  });
  const receive = (message: Message): void => {
    if (message.id === undefined) {
      events.get(`${message.sessionId} ${message.method}`)?.();
      return;
    }
    const waiting = answers.get(message.id);
    answers.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(new Error(`Chromium refused: ${message.error.message}`));
  };
  return {
    send: async (method, params, sessionId) => {
      if (ended !== null) throw new Error(ended);
      const id = ++count;
      const answer = Promise.withResolvers<unknown>();
      answers.set(id, answer);
      const session = sessionId === undefined ? {} : { sessionId };
      input.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
      return await answer.promise;
    },
    event: (method, sessionId) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      events.set(`${sessionId} ${method}`, resolve);
      return promise;
    },
    end: (why) => {
      ended = why;
      for (const { reject } of answers.values()) reject(new Error(why));
      answers.clear();
    },
  };
}
