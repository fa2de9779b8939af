// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  fileSha256,
  INDEX_URL,
  type Interceptor,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "index",
    tries: "says to a publisher that a file was taken, and drops it or its attestation",
    stoppedBy:
      "publishing ends with a receipt: this very file and attestation in a tree that a quorum signed",
    noticedBy: "the publisher's job",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { filename } = world.wheel;
    const wheel = buildWheel(toyProject("sampleproject", "1.1.0"));
    const other = `${INDEX_URL}/receipt/${fileSha256(world.wheel)}/${filename}.tlog-proof`;
    const publish = (runId: string, liar: Interceptor) =>
      whileLying(world.network, "index.test", liar, () => world.publish({ ...world.claims, runId }, [wheel]));
    const taking =
      (receipt: Interceptor): Interceptor =>
      async (request, answer) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/legacy/") return new Response("", { status: 200 });
        return pathname.startsWith("/receipt/") ? await receipt(request, answer) : await answer(request);
      };
    await t.test("no receipt", async () => {
      const run = await publish(
        "2",
        taking(async () => new Response("", { status: 404 })),
      );
      assert.equal(run.status, 1, run.output);
      t.saw("the publisher", run.output, /\[not-recorded\]/);
    });
    await t.test("the receipt of another file", async () => {
      const run = await publish(
        "3",
        taking((_, answer) => answer(new Request(other))),
      );
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[digest-mismatch\]/);
      t.saw("the publisher", run.output, /\[digest-mismatch\]/);
    });
    await t.test("the file is taken, its attestation thrown away", async () => {
      const dropping: Interceptor = async (request, answer) => {
        if (new URL(request.url).pathname !== "/legacy/") return await answer(request);
        const form = await request.formData();
        form.delete("attestations");
        const headers = { authorization: request.headers.get("authorization") ?? "" };
        return await answer(new Request(request.url, { method: "POST", headers, body: form }));
      };
      const run = await publish("4", dropping);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[upload-refused\]/);
      t.saw("the publisher", run.output, /\[upload-refused\]/);
    });
  },
);
