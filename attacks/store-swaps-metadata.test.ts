// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack, lyingAbout, otherBytes, sampleWorld, whileLying } from "@countermark/testkit";

/** A resolver: it reads the metadata of each file, and no file. */
const RESOLVER = `
const headers = { accept: "application/vnd.pypi.simple.v1+json" };
const page = await fetch(process.env.PIP_INDEX_URL + "sampleproject/", { headers });
const { files } = await page.json();
for (const { url } of files) {
  const metadata = await fetch(new URL(url + ".metadata", page.url));
  console.error(metadata.ok ? await metadata.text() : "refused");
  if (!metadata.ok) process.exit(4);
}
`;

attack(
  {
    by: "store",
    tries: "adds a dependency to a file's metadata, which resolvers read instead of the file",
    stoppedBy: "the ledger records the digest of the metadata; the proxy serves no other",
    noticedBy: "whoever resolves",
    when: "before the resolver sees it",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const resolve = () =>
      world.createClient()(["run", "--", process.execPath, "--input-type=module", "-e", RESOLVER]);
    await t.test("other metadata: refused", async () => {
      const lie = otherBytes((bytes) => {
        const text = new TextDecoder().decode(bytes);
        return text.replace("\n", "\nRequires-Dist: evil\n");
      });
      const run = await whileLying(world.network, "index.test", lyingAbout(".metadata", lie), resolve);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[file-mismatch\]/);
      t.saw("the user", run.output, /\[file-mismatch\]/);
    });
    await t.test("none: refused too", async () => {
      const lie = () => new Response("", { status: 404 });
      const run = await whileLying(world.network, "index.test", lyingAbout(".metadata", lie), resolve);
      assert.notEqual(run.status, 0, run.output);
      assert.match(run.output, /\[http-status\]/);
    });
  },
);
