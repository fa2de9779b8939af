// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  attack,
  download,
  type Lie,
  lyingAbout,
  otherBytes,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

const LIES: readonly (readonly [string, string, string, Lie])[] = [
  ["a file that never ends", "/files/", "file-mismatch", () => new Response(endless())],
  ["a page that never ends", "/simple/", "response-too-large", () => new Response(endless())],
  ["a proof that never ends", "/map/", "response-too-large", () => new Response(endless())],
  [
    "a file that is a compressed bomb",
    "/files/",
    "file-mismatch",
    async () =>
      new Response(new Uint8Array(gzipSync(new Uint8Array(50_000_000))), {
        headers: { "content-encoding": "gzip" },
      }),
  ],
  ["a file that breaks off", "/files/", "file-mismatch", otherBytes((bytes) => bytes.subarray(0, 500))],
];

attack(
  {
    by: "cdn",
    tries: "answers without end, cut short, or with a few bytes that unpack to gigabytes",
    stoppedBy: "every answer has a limit, a file that of its record; nothing is unpacked on the way",
    noticedBy: "whoever installs",
    when: "one byte after the limit",
  },
  async (t) => {
    const world = await sampleWorld(t);
    for (const [claim, part, code, lie] of LIES) {
      await t.test(`${claim}: the run fails, and nothing is delivered`, async () => {
        const run = await whileLying(world.network, "index.test", lyingAbout(part, lie), () =>
          download(world.createClient(), "sampleproject"),
        );
        assert.notEqual(run.status, 0, run.output);
        assert.ok(run.output.includes(`[${code}]`), run.output);
        if (!claim.includes("proof") && !claim.includes("bomb"))
          t.saw("the user", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);

/** Bytes for as long as somebody reads. */
function endless(): ReadableStream<Uint8Array> {
  const part = new Uint8Array(65_536).fill(32);
  return new ReadableStream({ pull: (controller) => controller.enqueue(part.slice()) });
}
