// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  AUDIT_TOKEN,
  attack,
  buildWheel,
  fileSha256,
  INDEX_URL,
  type Interceptor,
  requestIdToken,
  sampleWorld,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "cdn",
    tries: "keeps what one user was answered, and gives it to the next who asks for the same address",
    stoppedBy: "whatever depends on who asks says that it may not be kept; everything else is public",
    noticedBy: "whoever asks without a right to it",
    when: "when he asks",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { network } = world;
    const restore = network.intercept("index.test", keeping());
    t.after(restore);
    const withdrawn = `${INDEX_URL}/_/audit/blob/${fileSha256(world.wheel)}`;
    await world.manage("projects/sampleproject/withdraw", {
      files: [world.wheel.filename],
      reason: "malware",
    });
    await world.tick();

    await t.test("the bytes of a withdrawn file, which an auditor may see: not for the next", async () => {
      const headers = { authorization: `Bearer ${AUDIT_TOKEN}` };
      const auditor = await network.fetch(withdrawn, { headers });
      assert.equal(auditor.status, 200);
      const next = await network.fetch(withdrawn);
      assert.notEqual(next.status, 200);
      t.saw("the next one", `${next.status} ${await next.text()}`);
    });
    await t.test("the upload token of a job: not for the next", async () => {
      const job = await world.startJob({ ...world.claims, runId: "2" });
      const token = await requestIdToken(job, "index.test", network.fetch);
      const mint = (body: unknown) =>
        network.fetch(`${INDEX_URL}/_/oidc/mint-token`, { method: "POST", body: JSON.stringify(body) });
      assert.equal((await mint({ token })).status, 200);
      const next = await mint({ token: "none" });
      assert.equal(next.status, 422);
    });
    await t.test("the token of a new account: not for the next", async () => {
      await world.manage("accounts", { name: "somebody" });
      const next = await network.fetch(`${INDEX_URL}/_/manage/accounts`, { method: "POST", body: "{}" });
      assert.equal(next.status, 403);
      t.saw("the next one", `${next.status} ${await next.text()}`);
    });
    await t.test("that an upload was taken: not for the next", async () => {
      const wheel = buildWheel(toyProject("sampleproject", "1.1.0"));
      assert.equal((await world.publish({ ...world.claims, runId: "3" }, [wheel])).status, 0);
      const next = await network.fetch(`${INDEX_URL}/legacy/`, { method: "POST", body: "" });
      assert.equal(next.status, 403);
    });
  },
);

/** Keeps every answer that does not say it may not be kept, by its address alone: of any method, whoever asked. */
function keeping(): Interceptor {
  const kept = new Map<string, Response>();
  return async (request, answer) => {
    const key = `${request.method} ${request.url}`;
    const known = kept.get(key);
    if (known !== undefined) return known.clone();
    const response = await answer(request);
    const control = response.headers.get("cache-control") ?? "";
    if (!/no-store|private/.test(control) && response.ok) kept.set(key, response.clone());
    return response;
  };
}
