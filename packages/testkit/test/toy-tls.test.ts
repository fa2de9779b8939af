// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { createServer, request } from "node:https";
import { test } from "node:test";
import { systemClock } from "@countermark/log";
import { createToyTls } from "../src/toy-tls.ts";

const toy = createToyTls(systemClock());

for (const host of ["localhost", "127.0.0.1"]) {
  test(`createToyTls: who trusts the CA reaches https://${host}`, async () => {
    assert.equal(await get(host, toy.caCertificate), 204);
  });
}

test("createToyTls: who does not trust the CA is refused", async () => {
  await assert.rejects(get("localhost", createToyTls(systemClock()).caCertificate));
});

test("createToyTls: the CA may sign certificates, the server's certificate may not", () => {
  assert.equal(new X509Certificate(toy.caCertificate).ca, true);
  assert.equal(new X509Certificate(toy.cert).ca, false);
});

async function get(host: string, ca: string): Promise<number | undefined> {
  const server = createServer({ key: toy.key, cert: toy.cert }, (_, response) =>
    response.writeHead(204).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  try {
    return await new Promise((resolve, reject) => {
      const options = { host, port: address.port, ca, family: 4 };
      request(options, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
