// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { encodeNote, parseAddCheckpoint, parseNote } from "@countermark/formats";
import { createCosigner } from "@countermark/log";
import {
  attack,
  buildWheel,
  download,
  fakeClock,
  type Host,
  INDEX_URL,
  type SampleWorld,
  sampleWorld,
  toyProject,
} from "@countermark/testkit";

const YEAR = 31_536_000;

attack(
  {
    by: "witness",
    tries: "signs with a time that is ahead, so that an old head seems new, or years behind",
    stoppedBy:
      "a time later than now refuses the signature; log time and age are what a quorum says, not one",
    noticedBy: "the index, which leaves its line out",
    when: "when the head is signed",
  },
  async (t) => {
    const reports: string[] = [];
    const world = await sampleWorld(t, {
      clock: fakeClock(),
      report: (error) => reports.push(String(error)),
    });
    const publish = async (version: string) => {
      const claims = { ...world.claims, runId: version.replaceAll(".", "9") };
      return await world.publish(claims, [buildWheel(toyProject("sampleproject", version))]);
    };
    await t.test("a year ahead: the index does not take its line, and goes on with the others", async () => {
      world.network.attach("oak.test", witnessAt(world, YEAR));
      assert.equal((await publish("1.1.0")).status, 0);
      const said = reports.find((report) => report.includes("oak")) ?? "";
      assert.match(said, /its time is/);
      t.saw("the index's operator", said);
      const head = await (await world.network.fetch(`${INDEX_URL}/checkpoint`)).text();
      assert.doesNotMatch(head, /oak\.test/);
    });
    await t.test("a year behind: its line counts, and its time does not", async () => {
      world.network.attach("oak.test", witnessAt(world, -YEAR));
      assert.equal((await publish("1.2.0")).status, 0);
      const run = await download(world.createClient(), "sampleproject", "1.2.0");
      assert.equal(run.status, 0, run.output);
      assert.doesNotMatch(run.output, /last vouched for/);
    });
  },
);

/** A witness with the true key, whose clock is off by so many seconds. */
function witnessAt(world: SampleWorld, seconds: number): Host {
  const key = world.cosignerKeys.get("oak");
  assert.ok(key);
  const cosigner = createCosigner("oak.test", key);
  return {
    fetch: async (request) => {
      const { checkpoint } = parseAddCheckpoint(new Uint8Array(await request.arrayBuffer()));
      const { text } = parseNote(checkpoint);
      const signatures = [cosigner.cosign(text, world.clock.now() + seconds)];
      return new Response(new Uint8Array(encodeNote({ text, signatures }).subarray(text.length + 1)));
    },
  };
}
