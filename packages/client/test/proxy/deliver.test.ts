// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type Delivery, deliverFile } from "../../src/proxy/deliver.ts";
import { NOTHING_ASIDE } from "../../src/proxy/keep-record.ts";
import type { Fetch } from "../../src/world.ts";

const WITHHELD_BYTES = 65_536;

type Received = { readonly status: number | null; readonly bytes: Buffer; readonly isWhole: boolean };

/** Delivers what `upstream` gives over a real socket. Returns what the installer received, and the error of the delivery. */
async function deliver(
  upstream: Response | Error,
  wanted: Partial<Delivery> = {},
  abortAfter = Number.POSITIVE_INFINITY,
) {
  const fetch: Fetch = async () => {
    if (upstream instanceof Error) throw upstream;
    return upstream;
  };
  const delivery = {
    filename: "a.whl",
    url: "https://index.test/files/a.whl",
    sha256: "",
    size: 0,
    timeoutSeconds: 60,
    ...wanted,
  };
  let error: (Error & { code?: string }) | null = null;
  const server = createServer((_request, response) => {
    deliverFile(delivery, fetch, response, NOTHING_ASIDE).catch((caught: Error) => {
      error = caught;
      if (!response.headersSent) response.writeHead(403).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const received = await receive((server.address() as AddressInfo).port, abortAfter);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { ...received, error: error as (Error & { code?: string }) | null };
}

async function receive(port: number, abortAfter: number): Promise<Received> {
  return await new Promise((resolve) => {
    const parts: Buffer[] = [];
    let status: number | null = null;
    const end = (isWhole: boolean) => resolve({ status, bytes: Buffer.concat(parts), isWhole });
    const sent = request({ port, host: "127.0.0.1", agent: false }, (message) => {
      status = message.statusCode ?? null;
      message.on("data", (part: Buffer) => {
        parts.push(part);
        if (Buffer.concat(parts).length > abortAfter) sent.destroy();
      });
      message.on("end", () => end(message.complete));
      message.on("error", () => end(false));
    });
    sent.on("error", () => end(false));
    sent.end();
  });
}

/** A body that comes in parts of this size. */
function inParts(bytes: Uint8Array, size = 10_000): Response {
  let offset = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(offset, offset + size));
      offset += size;
    },
  });
  return new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>);
}

const large = Buffer.alloc(300_000, "countermark");
const small = Buffer.from("a small file");
const of = (bytes: Uint8Array) => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  size: bytes.length,
});
const swapped = (bytes: Uint8Array) => {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
};

for (const [name, bytes] of [
  ["a large file", large],
  ["a small file", small],
  ["an empty file", Buffer.alloc(0)],
] as const) {
  test(`deliverFile: ${name} arrives whole`, async () => {
    const received = await deliver(inParts(bytes), of(bytes));
    assert.deepEqual([received.status, received.isWhole, received.error], [200, true, null]);
    assert.ok(received.bytes.equals(bytes));
  });
}

test("deliverFile: of swapped bytes of the same size the last block never arrives, and the connection breaks", async () => {
  const received = await deliver(inParts(swapped(large)), of(large));
  assert.equal(received.error?.code, "file-mismatch");
  assert.equal(received.status, 200);
  assert.equal(received.isWhole, false);
  assert.ok(received.bytes.length <= large.length - WITHHELD_BYTES, `${received.bytes.length} bytes arrived`);
  assert.ok(received.bytes.length > 0);
});

test("deliverFile: the block is withheld also when it comes in one part, or byte by byte", async () => {
  for (const size of [large.length, 70_000, 1_000]) {
    const received = await deliver(inParts(swapped(large), size), of(large));
    assert.equal(received.error?.code, "file-mismatch");
    assert.equal(received.isWhole && received.status === 200, false);
    assert.ok(received.bytes.length <= large.length - WITHHELD_BYTES);
  }
});

test("deliverFile: of a small swapped file nothing arrives but a refusal", async () => {
  const received = await deliver(inParts(swapped(small)), of(small));
  assert.equal(received.error?.code, "file-mismatch");
  assert.deepEqual([received.status, received.bytes.length], [403, 0]);
});

for (const [claim, served] of [
  ["longer", Buffer.concat([large, small])],
  ["shorter", large.subarray(0, large.length - 1)],
  ["empty", Buffer.alloc(0)],
] as const) {
  test(`deliverFile: a ${claim} file than recorded is refused`, async () => {
    const received = await deliver(inParts(served), of(large));
    assert.equal(received.error?.code, "file-mismatch");
    assert.equal(received.isWhole && received.status === 200, false);
  });
}

test("deliverFile: of a shorter file the message says how short", async () => {
  const received = await deliver(inParts(small.subarray(1)), of(small));
  assert.match(received.error?.message ?? "", new RegExp(`seen ${small.length - 1} bytes`));
});

test("deliverFile: the message says what was expected and what was seen", async () => {
  const received = await deliver(inParts(swapped(small)), of(small));
  assert.match(
    received.error?.message ?? "",
    new RegExp(
      `expected ${small.length} bytes.*${of(small).sha256}.*seen SHA-256 ${of(swapped(small)).sha256}`,
    ),
  );
});

test("deliverFile: an index that cannot be reached, breaks off or redirects is the server's failure", async () => {
  assert.equal((await deliver(new Error("refused"), of(small))).error?.code, "unreachable");
  assert.equal((await deliver(new Response("", { status: 302 }), of(small))).error?.code, "http-status");
  const broken = new Response(
    new ReadableStream({
      pull(controller) {
        controller.error(new Error("reset"));
      },
    }),
  );
  assert.equal((await deliver(broken, of(small))).error?.code, "unreachable");
});

test("deliverFile: an installer that hangs up ends the delivery", async () => {
  const huge = Buffer.alloc(40_000_000, "x");
  const received = await deliver(inParts(huge, 65_536), of(huge), 1_000_000);
  assert.equal(received.isWhole, false);
});
