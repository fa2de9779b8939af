// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { after, test } from "node:test";
import { EMPTY_LOCK, parseSimplePage, parseTrustedRoot, SIMPLE_JSON_TYPE, utf8 } from "@countermark/formats";
import { memoryStorage, nodeCrypto } from "@countermark/log";
import { buildWheel, createSigningWorld, toyProject } from "@countermark/testkit";
import { prepareTrustedRoot } from "@countermark/verify";
import type { ClientError } from "../../src/failure.ts";
import { createGatekeeper } from "../../src/proxy/gatekeeper.ts";
import { createHeadMemory } from "../../src/proxy/head-memory.ts";
import { openIndexSource } from "../../src/proxy/index-source.ts";
import { createJournal } from "../../src/proxy/journal.ts";
import { type RunningProxy, startProxy } from "../../src/proxy/serve.ts";
import { createToyIndex, TOY_PROJECT, TOY_URL, type ToyFile } from "../toy-index.ts";

const world = await createSigningWorld();
after(() => world.close());
const sigstore = await prepareTrustedRoot(parseTrustedRoot(world.authority.trustedRoot()), nodeCrypto);
const wheel: ToyFile = {
  ...buildWheel(toyProject(TOY_PROJECT, "1.0")),
  metadata: utf8("Name: sampleproject\n"),
  requiresPython: ">=3.9",
};

type Answer = {
  readonly status: number;
  readonly reason: string;
  readonly type: string;
  readonly location: string;
  readonly body: Buffer;
};

/** A request by hand: `fetch` would not let the Host header be chosen. */
async function get(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (message) => {
      const parts: Buffer[] = [];
      message.on("data", (part: Buffer) => parts.push(part));
      message.on("error", reject);
      message.on("end", () =>
        resolve({
          status: message.statusCode ?? 0,
          reason: message.statusMessage ?? "",
          type: message.headers["content-type"] ?? "",
          location: message.headers.location ?? "",
          body: Buffer.concat(parts),
        }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function withProxy(use: (open: Awaited<ReturnType<typeof openProxy>>) => Promise<void>): Promise<void> {
  const open = await openProxy();
  try {
    await use(open);
  } finally {
    await open.proxy.close();
  }
}

async function openProxy() {
  const index = createToyIndex(world.clock.now, sigstore);
  index.seal([wheel]);
  const source = openIndexSource({
    index: TOY_URL,
    trust: index.trust,
    fetch: index.fetch,
    now: world.clock.now,
    memory: createHeadMemory(memoryStorage()),
    timeoutSeconds: 60,
  });
  const journal = createJournal();
  const gatekeeper = createGatekeeper(source, EMPTY_LOCK, new Set());
  const proxy: RunningProxy = await startProxy({
    source,
    gatekeeper,
    journal,
    fetch: index.fetch,
    keepIn: null,
    timeoutSeconds: 60,
  });
  const fileUrl = `${proxy.secretUrl}files/${TOY_PROJECT}/${wheel.filename}`;
  return { index, journal, gatekeeper, proxy, fileUrl, pageUrl: `${proxy.simpleUrl}${TOY_PROJECT}/` };
}

test("startProxy: a page is made of the ledger's words, and its files lead through the proxy", async () => {
  await withProxy(async ({ pageUrl, fileUrl }) => {
    const answer = await get(pageUrl, { accept: `${SIMPLE_JSON_TYPE}, text/html;q=0.1` });
    assert.deepEqual([answer.status, answer.type], [200, SIMPLE_JSON_TYPE]);
    const [file] = parseSimplePage(answer.body).files;
    assert.equal(file?.sha256, Buffer.from(nodeCrypto.sha256(wheel.bytes)).toString("hex"));
    assert.deepEqual([file?.requiresPython, file?.size, file?.yanked], [">=3.9", wheel.bytes.length, null]);
    assert.equal(new URL(file?.url ?? "", pageUrl).href, fileUrl);
    const html = await get(pageUrl, { accept: "text/html" });
    assert.equal(html.type, "text/html");
    assert.match(html.body.toString(), /data-requires-python="&gt;=3\.9"/);
    assert.equal((await get(pageUrl, { accept: `${SIMPLE_JSON_TYPE};q=0, text/html` })).type, "text/html");
  });
});

test("startProxy: a file and its metadata are delivered, and the file is in the journal and the lock", async () => {
  await withProxy(async ({ fileUrl, journal, gatekeeper }) => {
    const head = await get(fileUrl, {}, "HEAD");
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    assert.equal(journal.delivered.size, 0);
    assert.ok((await get(fileUrl)).body.equals(Buffer.from(wheel.bytes)));
    assert.ok((await get(`${fileUrl}.metadata`)).body.equals(Buffer.from(wheel.metadata ?? [])));
    const delivered = journal.delivered.get(wheel.filename);
    assert.equal(delivered?.verdict.locked, "first-use");
    assert.deepEqual(
      [...(gatekeeper.lock().projects.get(TOY_PROJECT)?.files.keys() ?? [])],
      [wheel.filename],
    );
  });
});

test("startProxy: swapped bytes are refused with 403, and stay refused", async () => {
  await withProxy(async ({ index, fileUrl, journal }) => {
    const swapped = Buffer.from(wheel.bytes);
    swapped[0] = (swapped[0] ?? 0) ^ 1;
    index.lies.bytes = swapped;
    const answer = await get(fileUrl);
    assert.equal(answer.status, 403);
    assert.match(answer.reason, /expected .* seen/);
    assert.equal(journal.refused.get(wheel.filename)?.code, "file-mismatch");
    delete index.lies.bytes;
    assert.equal((await get(fileUrl)).status, 403);
    assert.equal(journal.delivered.size, 0);
  });
});

test("startProxy: other metadata than recorded is refused", async () => {
  await withProxy(async ({ index, fileUrl, journal }) => {
    index.lies.metadata = utf8("Name: evil\n");
    assert.equal((await get(`${fileUrl}.metadata`)).status, 403);
    assert.equal(journal.refused.size, 1);
  });
});

test("startProxy: a file that the index does not list any more cannot be had, and is a refusal", async () => {
  await withProxy(async ({ index, fileUrl, journal }) => {
    index.lies.omit = wheel.filename;
    assert.equal((await get(fileUrl)).status, 403);
    assert.equal(journal.refused.get(wheel.filename)?.code, "list-differs");
  });
});

test("startProxy: a project that is proven absent is 404, and no failure", async () => {
  await withProxy(async ({ proxy, journal }) => {
    assert.equal((await get(`${proxy.simpleUrl}other-project/`)).status, 404);
    assert.equal(journal.fatal(), null);
  });
});

test("startProxy: a page that cannot be verified is 502, never 404, and ends the run", async () => {
  await withProxy(async ({ index, proxy, pageUrl, journal }) => {
    index.lies.cosigners = [];
    const answer = await get(pageUrl);
    assert.equal(answer.status, 502);
    assert.match(answer.body.toString(), /cosigned by \[\]/);
    assert.ok(journal.fatal() instanceof Error);
    delete index.lies.cosigners;
    assert.equal((await get(`${proxy.simpleUrl}other-project/`)).status, 502);
  });
});

test("startProxy: an index that does not answer is 502, and may answer later", async () => {
  await withProxy(async ({ index, pageUrl, journal }) => {
    const { size } = index.lies;
    index.lies.size = -1;
    assert.equal((await get(pageUrl)).status, 502);
    assert.equal((journal.fatal() as ClientError).code, "unreachable");
    if (size === undefined) delete index.lies.size;
    assert.equal((await get(pageUrl)).status, 200);
  });
});

test("startProxy: names are normalised by a redirect, and what is no name is 404", async () => {
  await withProxy(async ({ proxy, pageUrl }) => {
    const path = new URL(pageUrl).pathname;
    for (const name of ["SampleProject/", "SampleProject", TOY_PROJECT]) {
      const answer = await get(`${proxy.simpleUrl}${name}`);
      assert.deepEqual([answer.status, answer.location], [301, path]);
    }
    assert.equal((await get(`${proxy.simpleUrl}-a-/`)).status, 404);
  });
});

test("startProxy: without the secret, or under another host name, nothing is served", async () => {
  await withProxy(async ({ proxy, pageUrl }) => {
    assert.equal((await get(`${proxy.refusingUrl}/simple/${TOY_PROJECT}/`)).status, 404);
    assert.equal((await get(`${proxy.refusingUrl}/${"A".repeat(32)}/simple/${TOY_PROJECT}/`)).status, 404);
    assert.equal((await get(pageUrl, { host: "localhost" })).status, 421);
    assert.equal((await get(pageUrl, { host: "evil.example" })).status, 421);
    assert.equal((await get(pageUrl, {}, "POST")).status, 405);
  });
});

test("startProxy: paths that are none are 404", async () => {
  await withProxy(async ({ proxy }) => {
    for (const path of [
      "",
      "simple/",
      "files/",
      "files/a",
      "files/sampleproject/x.whl",
      "files/sampleproject/%ff",
      "simple/a/b/",
      "other/a/",
    ]) {
      assert.equal((await get(`${proxy.secretUrl}${path}`)).status, 404, path);
    }
  });
});

test("startProxy: other traffic that is sent through the port is refused and named", async () => {
  await withProxy(async ({ proxy, journal }) => {
    const { port } = new URL(proxy.refusingUrl);
    const send = (text: string) =>
      new Promise<string>((resolve) => {
        let answer = "";
        const socket = connect(Number(port), "127.0.0.1", () => socket.write(text));
        socket.on("data", (part) => {
          answer += part.toString();
          socket.end();
        });
        socket.on("close", () => resolve(answer));
      });
    assert.match(
      await send("CONNECT registry.example:443 HTTP/1.1\r\nHost: registry.example:443\r\n\r\n"),
      /^HTTP\/1\.1 403/,
    );
    assert.match(
      await send("GET http://files.example/a HTTP/1.1\r\nHost: files.example\r\n\r\n"),
      /^HTTP\/1\.1 403/,
    );
    assert.match(
      await send(`GET http://127.0.0.1:1/simple/a/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n`),
      /^HTTP\/1\.1 403/,
    );
    assert.deepEqual([...journal.bypasses], ["registry.example:443", "files.example", "127.0.0.1:1"]);
    // The proxy's own pages may be asked for through it: no host is exempt from the proxy.
    assert.match(
      await send(`GET ${proxy.simpleUrl}${TOY_PROJECT}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`),
      /^HTTP\/1\.1 200/,
    );
    assert.match(
      await send(`GET ${proxy.refusingUrl}/simple/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`),
      /^HTTP\/1\.1 404/,
    );
  });
});
