// SPDX-License-Identifier: Apache-2.0
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import type { Fetch, FetchOptions } from "../world.ts";
import { proxyVariables } from "./proxy-variables.ts";

/** Statuses whose `Response` may have no body. */
const BODILESS = [204, 205, 304];

/**
 * A `fetch` over node:http and node:https: redirects are handed back, not followed; certificates are checked against Node's and the
 * system's authorities and `ca`; `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are honoured.
 *
 * @throws ClientError `usage`
 */
export function createFetch(options: FetchOptions): Fetch {
  const { idleSeconds } = options;
  const proxyEnv = proxyVariables(options.env);
  const http = new HttpAgent({ keepAlive: true, proxyEnv });
  let https: HttpsAgent | null = null;
  const agentFor = (protocol: "http:" | "https:") => {
    if (protocol === "http:") return http;
    // Made when it is needed: reading the system's authorities takes a moment.
    https ??= new HttpsAgent({ keepAlive: true, proxyEnv, secureContext: authorities(options.ca) });
    return https;
  };
  return async (url, init = {}) => {
    const { protocol } = new URL(url);
    if (protocol !== "http:" && protocol !== "https:") throw new TypeError(`Cannot fetch ${protocol} URLs`);
    const send = protocol === "https:" ? httpsRequest : httpRequest;
    return await new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          method: init.method ?? "GET",
          headers: Object.fromEntries(new Headers(init.headers)),
          agent: agentFor(protocol),
          timeout: idleSeconds * 1000,
          ...(init.signal ? { signal: init.signal } : {}),
        },
        (message) => {
          try {
            resolve(response(message));
          } catch (error) {
            // A status or a header that no answer may have: the server's failure, not this program's.
            message.destroy();
            reject(error);
          }
        },
      );
      request.on("timeout", () => request.destroy(new Error(`no answer for ${idleSeconds} seconds`)));
      request.on("error", reject);
      request.end(requestBody(init.body));
    });
  };
}

function authorities(ca: string | null): SecureContext {
  const own = ca === null ? [] : [ca];
  return createSecureContext({
    ca: [...getCACertificates("default"), ...getCACertificates("system"), ...own],
  });
}

function requestBody(body: RequestInit["body"]): Uint8Array | string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  throw new TypeError("Cannot send this kind of body: only text and bytes are");
}

function response(message: IncomingMessage): Response {
  const headers = new Headers();
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    headers.append(message.rawHeaders[i] ?? "", message.rawHeaders[i + 1] ?? "");
  }
  const status = message.statusCode ?? 0;
  const bodiless = BODILESS.includes(status);
  if (bodiless) message.resume();
  // node:stream/web's ReadableStream is the global one under another type name.
  const body = bodiless ? null : (Readable.toWeb(message) as ReadableStream);
  return new Response(body, { status, statusText: message.statusMessage ?? "", headers });
}
