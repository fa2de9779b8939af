// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  attack,
  buildZip,
  createWorld,
  INDEX_URL,
  member,
  sdistFilename,
  toyProject,
  uploadByHand,
  wheelFilename,
  wheelMembers,
} from "@countermark/testkit";

attack(
  {
    by: "stranger",
    tries: "uploads a form that never ends, or an archive that unpacks to gigabytes",
    stoppedBy:
      "limits on every field, on the file, and on what an archive expands to, counted while it is read",
    noticedBy: "the uploader",
    when: "at the limit; nothing is kept",
  },
  async (t) => {
    const world = await createWorld();
    t.after(() => world.close());
    const { token } = (await world.manage("accounts", { name: "stranger" })) as { token: string }; // our own answer
    const project = toyProject("sampleproject", "1.0.0");
    const expectNothingKept = (): void => {
      const kept = readdirSync(join(world.dir, "index", "blobs"), { recursive: true, withFileTypes: true });
      assert.deepEqual(
        kept.filter((entry) => entry.isFile()).map(({ name }) => name),
        [],
      );
    };
    await t.test("a field that never ends: refused", async () => {
      const said = await postEndless(`content-disposition: form-data; name="name"\r\n\r\n`);
      assert.match(said, /form-too-large$/);
      t.saw("the uploader", said);
      expectNothingKept();
    });
    await t.test("fields without end: refused", async () => {
      const field = (i: number) => `content-disposition: form-data; name="f${i}"\r\n\r\nx\r\n--b\r\n`;
      const part = (i: number) => Array.from({ length: 1_000 }, (_, k) => field(i * 1_000 + k)).join("");
      const said = await postEndless("", part);
      assert.match(said, /form-too-large$/);
      expectNothingKept();
    });
    await t.test("a wheel that expands a thousandfold and more: refused", async () => {
      const zeros = member("zeros.py", "\0".repeat(80_000_000));
      const file = {
        filename: wheelFilename(project),
        bytes: buildZip([...wheelMembers(project), zeros], "deflated"),
      };
      const said = await uploadByHand(world, token, { project, file, attestations: [] });
      assert.match(said, /^400 [\s\S]*archive-/);
      t.saw("the uploader", said);
      expectNothingKept();
    });
    await t.test("an sdist of gigabytes of nothing: refused", async () => {
      const part = gzipSync(new Uint8Array(20_000_000));
      // Gzip members follow each other: together they are one file of two gigabytes.
      const bytes = Buffer.concat(Array.from({ length: 100 }, () => part));
      const file = { filename: sdistFilename(project), bytes: new Uint8Array(bytes) };
      const said = await uploadByHand(world, token, { project, file, attestations: [] });
      assert.match(said, /^400 [\s\S]*archive-/);
      expectNothingKept();
    });

    async function postEndless(
      head: string,
      part: (i: number) => string = () => "a".repeat(65_536),
    ): Promise<string> {
      const encoder = new TextEncoder();
      let sent = -1;
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          controller.enqueue(encoder.encode(sent < 0 ? `--b\r\n${head}` : part(sent)));
          sent++;
        },
      });
      const headers = {
        authorization: `Basic ${Buffer.from(`__token__:${token}`).toString("base64")}`,
        "content-type": "multipart/form-data; boundary=b",
      };
      const init = { method: "POST", headers, body, duplex: "half" };
      const answer = await world.network.fetch(`${INDEX_URL}/legacy/`, init as RequestInit); // duplex is missing in its type
      return (await answer.text()).trim();
    }
  },
);
