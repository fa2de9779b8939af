// SPDX-License-Identifier: Apache-2.0

/** What answers for one host: a hono app has this shape. */
export interface Host {
  fetch(request: Request): Response | Promise<Response>;
}

/** `fetch`, of a process in which every host is an app. */
export type RoutedFetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Something between a client and a host: sees the request, may answer itself, may change the answer. */
export type Interceptor = (
  request: Request,
  answer: (request: Request) => Promise<Response>,
) => Promise<Response>;

export interface Network {
  readonly fetch: RoutedFetch;
  /** Answers for `https://<name>` and `http://<name>` from now on. */
  attach(name: string, host: Host): void;
  /** Nobody answers for `name` any more: connections fail as they do when a server is down. */
  detach(name: string): void;
  /** Puts `interceptor` before `name`; the returned function takes it away. */
  intercept(name: string, interceptor: Interceptor): () => void;
}

/** A network without sockets. A redirect is an answer like any other. */
export function createNetwork(): Network {
  const hosts = new Map<string, Host>();
  const interceptors = new Map<string, Interceptor>();
  const answer = async (request: Request): Promise<Response> => {
    const { host } = new URL(request.url);
    const found = hosts.get(host);
    if (found === undefined)
      throw new TypeError("fetch failed", { cause: new Error(`connect ECONNREFUSED ${host}`) });
    return await found.fetch(request);
  };
  return {
    async fetch(url, init) {
      const request = new Request(url, init);
      const interceptor = interceptors.get(new URL(url).host);
      return interceptor === undefined ? await answer(request) : await interceptor(request, answer);
    },
    attach: (name, host) => void hosts.set(name, host),
    detach: (name) => void hosts.delete(name),
    intercept(name, interceptor) {
      interceptors.set(name, interceptor);
      return () => void interceptors.delete(name);
    },
  };
}
