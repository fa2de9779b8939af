// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, buildWheel, createWorld, toyProject, uploadByHand } from "@countermark/testkit";

attack(
  {
    by: "stranger",
    tries: "creates a project whose name is another's in other letters, or looks like it",
    stoppedBy:
      "names are ASCII, and one in every spelling; a name with a digit for a letter is another name (remains)",
    noticedBy: "the stranger; of other names nobody",
    when: "at the upload",
  },
  async (t) => {
    const world = await createWorld();
    t.after(() => world.close());
    const account = async (name: string) =>
      ((await world.manage("accounts", { name })) as { token: string }).token; // our own answer
    const [owner, stranger] = [await account("owner"), await account("stranger")];
    const upload = (token: string, name: string) => {
      const project = { ...toyProject("sample-project", "1.0.0"), name };
      const file = buildWheel(toyProject("sample-project", "1.0.0"));
      return uploadByHand(world, token, { project, file, attestations: [] });
    };
    assert.match(await upload(owner, "sample-project"), /^200/);
    for (const [claim, name, code] of [
      ["capitals", "Sample-Project", "token-project"],
      ["another separator", "sample_project", "token-project"],
      ["several separators", "sample-.-project", "token-project"],
      ["a Cyrillic letter", "s\u0430mple-project", "field-malformed"],
      ["a full-width letter", "\uff53ample-project", "field-malformed"],
      ["an invisible character", "sample\u200b-project", "field-malformed"],
    ] as const) {
      await t.test(`${claim}: refused`, async () => {
        const said = await upload(stranger, name);
        assert.match(said, new RegExp(`${code}$`));
        if (claim === "capitals" || claim === "a Cyrillic letter") t.saw("the stranger", said);
      });
    }
  },
);
