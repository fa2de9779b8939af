// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  createWorld,
  INDEX_URL,
  ISSUER_URL,
  jobEnvironment,
  postUpload,
  publisherOf,
  releaseJob,
  toyProject,
  uploadForm,
} from "@countermark/testkit";

attack(
  {
    by: "accident",
    tries:
      "fails a write of the log after the entry is sealed: the upload is refused, and its bytes would be tidied away",
    stoppedBy:
      "what nobody knows the result of is tidied away by nobody: the next start finishes the batch, or removes the bytes",
    noticedBy: "the uploader, whose identical retry completes",
    when: "at once, and after the index has started again",
  },
  async (t) => {
    const world = await createWorld();
    t.after(() => world.close());
    const claims = releaseJob("example/sampleproject");
    await world.manage("projects", {
      project: "sampleproject",
      publishers: [publisherOf(ISSUER_URL, claims)],
    });
    const job = await world.startJob(claims);
    const token = (await world.countermark(["exchange-token"], jobEnvironment(job))).stdout.trim();
    const project = toyProject("sampleproject", "1.0.0");
    const wheel = buildWheel(project);
    const upload = async (): Promise<string> => {
      const answer = await postUpload(world.network.fetch, INDEX_URL, token, uploadForm(project, wheel));
      return `${answer.status} ${await answer.text()}`.trim();
    };

    await t.test(
      "the tiles of the sealed batch cannot be written: the uploader is told to come again",
      async () => {
        const { storage } = world;
        const create = storage.create.bind(storage);
        Object.assign(storage, { create: () => Promise.reject(new Error("no space left on device")) });
        const answer = await upload();
        Object.assign(storage, { create });
        assert.match(answer, /^503 .*ledger-unavailable$/s);
        t.saw("the uploader", answer);
      },
    );
    await t.test("after the start the retry completes, and the file can be had", async () => {
      await world.crashIndex();
      const answer = await upload();
      assert.equal(answer, "200");
      t.saw("the uploader, after the start", answer);
      const page = await (await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).text();
      const url = /href="([^"#]+)/.exec(page)?.[1] ?? "";
      const file = await world.network.fetch(new URL(url, `${INDEX_URL}/simple/sampleproject/`).href);
      assert.deepEqual(new Uint8Array(await file.arrayBuffer()), new Uint8Array(wheel.bytes));
    });
  },
);
