// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { test } from "node:test";
import {
  describeAnswer,
  exchange,
  fetchBytes,
  fetchBytesOrNull,
  withoutSecrets,
} from "../../src/fetch/exchange.ts";
import { createFetch } from "../../src/fetch/http.ts";

const fetch = createFetch({ ca: null, env: {}, idleSeconds: 60 });

async function withServer(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("createFetch: sends method, headers and body, and hands back status, reason, headers and body", async () => {
  await withServer(
    (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      request.on("end", () => {
        response.writeHead(400, "It is so", { "x-seen": `${request.method} ${request.headers["x-sent"]}` });
        response.end(body);
      });
    },
    async (url) => {
      const answer = await exchange(fetch, {
        method: "POST",
        url,
        headers: { "x-sent": "yes" },
        body: "text",
        bytesMax: 10,
      });
      assert.deepEqual(
        [answer.status, answer.reason, answer.headers.get("x-seen")],
        [400, "It is so", "POST yes"],
      );
      assert.equal(Buffer.from(answer.body).toString(), "text");
    },
  );
});

test("createFetch: a redirect is handed back, not followed", async () => {
  await withServer(
    (_request, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    async (url) => {
      assert.equal((await exchange(fetch, { url, bytesMax: 10 })).status, 302);
      await assert.rejects(fetchBytes(fetch, { url, bytesMax: 10 }), { code: "http-status" });
    },
  );
});

test("createFetch: a corporate proxy from the environment is used", async () => {
  await withServer(
    (request, response) => response.end(request.url),
    async (url) => {
      const proxied = createFetch({ ca: null, env: { HTTP_PROXY: url }, idleSeconds: 60 });
      const body = await fetchBytes(proxied, { url: "http://index.invalid/simple/", bytesMax: 100 });
      assert.equal(Buffer.from(body).toString(), "http://index.invalid/simple/");
    },
  );
});

test("exchange: an answer longer than the limit is refused", async () => {
  await withServer(
    (_request, response) => response.end("x".repeat(11)),
    async (url) => {
      await assert.rejects(exchange(fetch, { url, bytesMax: 10 }), { code: "response-too-large" });
    },
  );
});

test("exchange: a GET that is cut off is tried again, a POST is not", async () => {
  let requests = 0;
  await withServer(
    (request, response) => {
      requests++;
      if (request.method === "POST" || requests === 1) request.socket.destroy();
      else response.end("ok");
    },
    async (url) => {
      assert.equal((await exchange(fetch, { url, bytesMax: 10 })).status, 200);
      assert.equal(requests, 2);
      await assert.rejects(exchange(fetch, { method: "POST", url, bytesMax: 10 }), { code: "unreachable" });
      assert.equal(requests, 3);
    },
  );
});

test("exchange: a server that does not answer in time is unreachable", async () => {
  await withServer(
    () => undefined,
    async (url) => {
      const request = { method: "POST", url, bytesMax: 10, timeoutSeconds: 0.05 } as const;
      await assert.rejects(exchange(fetch, request), { code: "unreachable" });
    },
  );
});

test("fetchBytesOrNull: 404 is null, any other status but 200 an error", async () => {
  await withServer(
    (request, response) => response.writeHead(request.url === "/none" ? 404 : 500).end(),
    async (url) => {
      assert.equal(await fetchBytesOrNull(fetch, { url: `${url}/none`, bytesMax: 10 }), null);
      await assert.rejects(fetchBytesOrNull(fetch, { url: `${url}/some`, bytesMax: 10 }), {
        code: "http-status",
      });
    },
  );
});

test("withoutSecrets: user information and query are not shown", () => {
  assert.equal(withoutSecrets("https://user:pw@x.example/a?token=b#c"), "https://x.example/a");
});

test("describeAnswer: the server's own sentence where it gives one, else what came", () => {
  const answer = (body: string) => ({
    status: 403,
    reason: "Forbidden",
    body: new Uint8Array(Buffer.from(body)),
  });
  assert.equal(describeAnswer(answer('{"code":"403 Not yours","title":"x"}')), "status 403: Not yours");
  assert.equal(describeAnswer(answer('{"detail":"Not yours","code":"not-yours"}')), "status 403: Not yours");
  assert.equal(describeAnswer(answer("<html>")), 'status 403 Forbidden, "<html>"');
  assert.equal(describeAnswer(answer('{"detail":1}')), 'status 403 Forbidden, "{\\"detail\\":1}"');
  assert.equal(describeAnswer(answer("")), "status 403 Forbidden");
});

test("exchange: an answer that none may be is the server's failure", async () => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.1 700 Odd\r\ncontent-length: 0\r\n\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await assert.rejects(exchange(fetch, { url, bytesMax: 10 }), { code: "unreachable" });
  } finally {
    server.close();
  }
});
