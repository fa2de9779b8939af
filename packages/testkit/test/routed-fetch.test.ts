// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createNetwork } from "../src/routed-fetch.ts";

const hello = { fetch: () => new Response("hello") };

test("createNetwork: a request goes to the app of its host", async () => {
  const network = createNetwork();
  network.attach("a.test", hello);
  assert.equal(await (await network.fetch("https://a.test/path")).text(), "hello");
});

test("createNetwork: a host that nobody answers for fails as a server that is down", async () => {
  const network = createNetwork();
  await assert.rejects(network.fetch("https://a.test/"), TypeError);
  network.attach("a.test", hello);
  network.detach("a.test");
  await assert.rejects(network.fetch("https://a.test/"), TypeError);
});

test("createNetwork: an interceptor sees the request and may change the answer, until it is taken away", async () => {
  const network = createNetwork();
  network.attach("a.test", hello);
  const restore = network.intercept("a.test", async (request, answer) => {
    const truth = await (await answer(request)).text();
    return new Response(`${truth} from ${new URL(request.url).pathname}`);
  });
  assert.equal(await (await network.fetch("https://a.test/x")).text(), "hello from /x");
  restore();
  assert.equal(await (await network.fetch("https://a.test/x")).text(), "hello");
});
