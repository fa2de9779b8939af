// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  coreMetadata,
  createWorld,
  replaceOnce,
  type ToyProject,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "publisher",
    tries: "uploads a file whose metadata inside says another name, version or Python than outside",
    stoppedBy: "the index reads the metadata in the file, and compares it with form and filename",
    noticedBy: "the uploader",
    when: "at the upload; nothing is kept",
  },
  async (t) => {
    const world = await createWorld();
    t.after(() => world.close());
    const { token } = (await world.manage("accounts", { name: "maintainer" })) as { token: string }; // our own answer
    const project = toyProject("sampleproject", "1.0.0");
    const upload = (inside: ToyProject) =>
      uploadByHand(world, token, { project, file: buildWheel(inside), attestations: [] });
    for (const [claim, from, to] of [
      ["another name", "Name: sampleproject", "Name: famous"],
      ["another version", "Version: 1.0.0", "Version: 6.6.6"],
      ["another Python", "Requires-Python: ", "Requires-Python: ==2.7.*,"],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const metadata = new TextEncoder().encode(replaceOnce(coreMetadata(project), from, to));
        const said = await upload({ ...project, metadata });
        assert.match(said, /^400 [\s\S]*metadata-mismatch$/);
        t.saw("the uploader", said);
      });
    }
    await t.test("the same everywhere: accepted", async () => {
      assert.match(await upload(project), /^200/);
    });
  },
);
