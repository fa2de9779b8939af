// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeHex, encodeNote, parseNote, utf8 } from "@countermark/formats";
import {
  createEd25519,
  createLogReader,
  createNoteSigner,
  fetchOwnHeads,
  LogError,
  listen,
  nodeCrypto,
  type PrivateKey,
  Releaser,
  type ReleaserOptions,
  requestCosignatures,
  type SealedHead,
  Sequencer,
  type Storage,
} from "@countermark/log";
import { type CosignedCheckpoint, verifyCheckpoint, verifyCosignedCheckpoint } from "@countermark/verify";
import { Hono } from "hono";
import { ORIGIN, rememberingSigner, toyLog, toyOptions } from "./support/toy-log.ts";
import { LOG_VKEY, NOW, network, toyClock, toyPolicy, toyWitness } from "./support/toy-witnesses.ts";

async function toyWorld(witnesses: number, threshold: number) {
  const { sequencer, storage, lock } = await toyLog(3);
  const clock = toyClock();
  const hosts = new Map<string, Pick<Hono, "request">>();
  for (let n = 1; n <= witnesses; n++) hosts.set(`w${n}.example`, toyWitness(n, { clock }));
  const fetch = network(hosts);
  const failures: [string, Error][] = [];
  const options: ReleaserOptions = {
    origin: ORIGIN,
    vkey: LOG_VKEY,
    storage,
    policy: toyPolicy(witnesses, threshold),
    fetch,
    crypto: nodeCrypto,
    clock,
    onFailure: (name, error) => failures.push([name, error]),
  };
  return { sequencer, storage, lock, clock, hosts, fetch, options, failures };
}

async function believed(bytes: Uint8Array, options: ReleaserOptions): Promise<CosignedCheckpoint> {
  const { policy, clock } = options;
  const wanted = { policy, origin: ORIGIN, now: clock(), toleranceSeconds: 120 };
  return await verifyCosignedCheckpoint(bytes, wanted, nodeCrypto);
}

test("Releaser: a sealed head is released once the quorum cosigned it, and kept three ways", async () => {
  const { sequencer, storage, options } = await toyWorld(3, 2);
  const releaser = await Releaser.open(options);
  assert.equal(releaser.released(), null);
  const head = await releaser.release(sequencer.head());
  assert.equal(head.size, 3);
  assert.equal(releaser.released(), head);
  const digest = encodeHex(nodeCrypto.sha256(head.noteBytes));
  for (const path of ["checkpoint", "checkpoints/3", `checkpoints/sha256/${digest}`]) {
    assert.deepEqual(await storage.read(path), head.noteBytes);
  }
  assert.equal((await believed(head.noteBytes, options)).tLo, NOW);
});

test("Releaser.open: a clock that went back takes no head away that was released", async () => {
  const { sequencer, clock, options } = await toyWorld(3, 2);
  const head = await (await Releaser.open(options)).release(sequencer.head());
  clock.advance(-259_200);
  assert.equal((await Releaser.open(options)).released()?.size, head.size);
});

test("Releaser: the next head comes with a consistency proof, without being asked twice", async () => {
  const { sequencer, options, fetch } = await toyWorld(1, 1);
  const releaser = await Releaser.open(options);
  await releaser.release(sequencer.head());
  await sequencer.add("x");
  fetch.asked.length = 0;
  assert.equal((await releaser.release(sequencer.head())).size, 4);
  assert.equal(fetch.asked.length, 1);
});

test("Releaser: a witness that is behind or ahead of what we remember says so, and is asked again", async () => {
  const { sequencer, options, fetch } = await toyWorld(1, 1);
  await (await Releaser.open(options)).release(sequencer.head());
  await sequencer.add("x");
  const forgetful = await Releaser.open(options);
  fetch.asked.length = 0;
  assert.equal((await forgetful.release(sequencer.head())).size, 4);
  assert.equal(fetch.asked.length, 2);
});

test("Releaser: a witness out of reach does not matter when the quorum is met without it", async () => {
  const { sequencer, options, hosts, failures } = await toyWorld(3, 2);
  hosts.delete("w2.example");
  const head = await (await Releaser.open(options)).release(sequencer.head());
  assert.deepEqual(
    head.cosignatures.map(({ name }) => name),
    ["w1", "w3"],
  );
  assert.ok(failures[0]?.[1] instanceof LogError && failures[0][1].code === "unavailable");
});

test("Releaser: without a quorum nothing is released, and asking again later is right", async () => {
  const { sequencer, storage, options, hosts } = await toyWorld(3, 2);
  const gone = [hosts.get("w1.example"), hosts.get("w2.example")];
  hosts.delete("w1.example");
  hosts.delete("w2.example");
  const releaser = await Releaser.open(options);
  await assert.rejects(releaser.release(sequencer.head()), { code: "quorum-missing" });
  assert.equal(releaser.released(), null);
  assert.equal(await storage.read("checkpoint"), null);
  if (gone[0] !== undefined) hosts.set("w1.example", gone[0]);
  assert.equal((await releaser.release(sequencer.head())).size, 3);
});

test("Releaser: a head that is covered already is answered at once", async () => {
  const { sequencer, options, fetch } = await toyWorld(1, 1);
  const releaser = await Releaser.open(options);
  const earlier = sequencer.head();
  await sequencer.add("x");
  const released = await releaser.release(sequencer.head());
  fetch.asked.length = 0;
  assert.equal(await releaser.release(earlier), released);
  assert.equal(fetch.asked.length, 0);
});

test("Releaser: one candidate at a time; heads sealed meanwhile are covered by the newest", async () => {
  const { sequencer, options, storage } = await toyWorld(1, 1);
  const releaser = await Releaser.open(options);
  const heads: SealedHead[] = [sequencer.head()];
  for (const item of ["x", "y", "z"]) {
    await sequencer.add(item);
    heads.push(sequencer.head());
  }
  const first = releaser.release(heads[0] ?? sequencer.head());
  await new Promise((resolve) => setImmediate(resolve));
  const rest = await Promise.all([first, ...heads.slice(1).map((head) => releaser.release(head))]);
  assert.deepEqual(
    rest.map((head) => head.size),
    [3, 6, 6, 6],
  );
  assert.equal(await storage.read("checkpoints/4"), null);
});

test("Releaser.refresh: the same size with a newer time, both notes kept", async () => {
  const { sequencer, storage, options, clock } = await toyWorld(1, 1);
  const releaser = await Releaser.open(options);
  const first = await releaser.release(sequencer.head());
  clock.advance(600);
  const second = await releaser.refresh();
  assert.deepEqual([second.size, second.tLo], [3, NOW + 600]);
  assert.deepEqual(await storage.read("checkpoint"), second.noteBytes);
  const digest = encodeHex(nodeCrypto.sha256(first.noteBytes));
  assert.deepEqual(await storage.read(`checkpoints/sha256/${digest}`), first.noteBytes);
  assert.equal(second.note.signatures.length, 2);
});

test("Releaser.refresh: while a larger head is on its way, that one is the answer", async () => {
  const { sequencer, options, fetch } = await toyWorld(1, 1);
  let release = (): void => {};
  let held: Promise<void> | null = null;
  let reach = (): void => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const slow = await Releaser.open({
    ...options,
    fetch: async (url, init) => {
      if (held !== null) reach();
      await held;
      return await fetch(url, init);
    },
  });
  await slow.release(sequencer.head());
  await sequencer.add("x");
  held = new Promise((resolve) => {
    release = resolve;
  });
  const larger = slow.release(sequencer.head());
  // The larger head is with the witness now.
  await reached;
  const refreshed = slow.refresh();
  release();
  assert.equal(await refreshed, await larger);
});

test("Releaser: after a write that failed and happened, no smaller head is put over what it showed", async () => {
  const { sequencer, storage, options, hosts, clock } = await toyWorld(2, 1);
  await (await Releaser.open(options)).release(sequencer.head());
  await sequencer.add("x");
  let failed = false;
  const faulty: Storage = {
    ...storage,
    async replace(path, bytes) {
      await storage.replace(path, bytes);
      if (path !== "checkpoint" || failed) return;
      failed = true;
      throw new Error("disk full");
    },
  };
  const releaser = await Releaser.open({ ...options, storage: faulty });
  // The witness that will be asked for the smaller head has not seen the larger one.
  const second = hosts.get("w2.example") ?? assert.fail();
  hosts.delete("w2.example");
  await assert.rejects(releaser.release(sequencer.head()), { message: "disk full" });
  const shown = (await storage.read("checkpoint")) ?? assert.fail();
  assert.equal((await believed(shown, options)).size, 4);
  hosts.set("w2.example", second);
  clock.advance(600);
  assert.equal((await releaser.refresh()).size, 4);
  assert.equal((await believed((await storage.read("checkpoint")) ?? assert.fail(), options)).size, 4);
});

test("Releaser: after a release without a quorum, the newest head is asked for, not one that witnesses went past", async () => {
  const { sequencer, options, hosts, failures } = await toyWorld(2, 2);
  const releaser = await Releaser.open(options);
  await releaser.release(sequencer.head());
  const second = hosts.get("w2.example") ?? assert.fail();
  hosts.delete("w2.example");
  await sequencer.add("x");
  const between = sequencer.head();
  await sequencer.add("y");
  await assert.rejects(releaser.release(sequencer.head()), { code: "quorum-missing" });
  hosts.set("w2.example", second);
  failures.length = 0;
  assert.equal((await releaser.refresh()).size, 5);
  assert.equal((await releaser.release(between)).size, 5);
  assert.deepEqual(failures, []);
});

test("Releaser.release: a smaller head than one that failed is covered by that one", async () => {
  const { sequencer, options, hosts, failures } = await toyWorld(2, 2);
  const releaser = await Releaser.open(options);
  const second = hosts.get("w2.example") ?? assert.fail();
  hosts.delete("w2.example");
  const earlier = sequencer.head();
  await sequencer.add("x");
  await assert.rejects(releaser.release(sequencer.head()), { code: "quorum-missing" });
  hosts.set("w2.example", second);
  failures.length = 0;
  assert.equal((await releaser.release(earlier)).size, 4);
  assert.deepEqual(failures, []);
});

test("Releaser.refresh: nothing to refresh before the first release", async () => {
  const { options } = await toyWorld(1, 1);
  await assert.rejects((await Releaser.open(options)).refresh(), { code: "not-found" });
});

test("Releaser.open: has the released head of before", async () => {
  const { sequencer, options, clock } = await toyWorld(1, 1);
  const head = await (await Releaser.open(options)).release(sequencer.head());
  const again = await Releaser.open(options);
  assert.deepEqual(again.released(), head);
  clock.advance(60);
  assert.equal((await again.refresh()).tLo, NOW + 60);
});

test("Releaser.open: a note that the present policy does not believe is no released head, but nothing goes back behind it", async () => {
  const { sequencer, options } = await toyWorld(2, 1);
  await (await Releaser.open({ ...options, policy: toyPolicy(1, 1) })).release(sequencer.head());
  const stricter = await Releaser.open({ ...options, policy: toyPolicy(2, 2) });
  assert.equal(stricter.released(), null);
  const smaller = await toyLog(1);
  await assert.rejects(stricter.release(smaller.sequencer.head()), { code: "behind-own-head" });
});

/** Each of the three writes of a release fails; what is released must be what is durable. */
for (const mode of ["undone", "done"] as const) {
  for (const at of [0, 1, 2]) {
    test(`Releaser: write ${at} ${mode}: not released here, and opened again it goes on`, async () => {
      const { sequencer, storage, options } = await toyWorld(1, 1);
      let writes = 0;
      const failing = (write: Storage["create"]): Storage["create"] => {
        return async (path, bytes) => {
          if (writes++ !== at) return await write(path, bytes);
          if (mode === "done") await write(path, bytes);
          throw new Error("disk full");
        };
      };
      const faulty = { ...storage, create: failing(storage.create), replace: failing(storage.replace) };
      const releaser = await Releaser.open({ ...options, storage: faulty });
      await assert.rejects(releaser.release(sequencer.head()), { message: "disk full" });
      assert.equal(releaser.released(), null);
      const again = await Releaser.open(options);
      const durable = await storage.read("checkpoint");
      assert.deepEqual(again.released()?.noteBytes ?? null, durable);
      assert.equal((await again.release(sequencer.head())).size, 3);
      assert.equal((await releaser.release(sequencer.head())).size, 3);
    });
  }
}

function answering(status: number, body: string | Uint8Array): Pick<Hono, "request"> {
  return new Hono().all(
    "*",
    () => new Response(typeof body === "string" ? body : new Uint8Array(body), { status }),
  );
}

async function askWith(host: Pick<Hono, "request"> | null, clockSkew = 0) {
  const { sequencer, storage, options, hosts } = await toyWorld(1, 1);
  if (host !== null) hosts.set("w1.example", host);
  const vkeys = [LOG_VKEY];
  const head = await verifyCheckpoint(sequencer.head().note, { vkeys, origin: ORIGIN }, nodeCrypto);
  const reader = createLogReader(storage, head, nodeCrypto.sha256);
  const result = await requestCosignatures(head, reader, { ...options, clock: () => NOW + clockSkew });
  const error = result.failures[0]?.error;
  return { result, code: error instanceof Error && "code" in error ? error.code : null };
}

const otherLine = "— stranger.example AAAAAAEC\n";
for (const [claim, host, skew, code] of [
  ["a status that is no answer", answering(500, "oops"), 0, "cosigner-refused"],
  ["403", answering(403, "who are you"), 0, "cosigner-refused"],
  ["a stranger's line only", answering(200, otherLine), 0, "cosigner-refused"],
  ["a line that is none", answering(200, "hello"), 0, "malformed"],
  ["a cosignature from the future", null, -121, "cosigner-refused"],
  ["a witness without a clock", toyWitness(1, { clock: () => 0 }), 0, "cosigner-refused"],
  ["another witness's key under that name", toyWitness(1, { key: toyKey() }), 0, "cosigner-refused"],
  ["a witness that holds a larger tree", answering(409, "9\n"), 0, "cosigner-ahead"],
  ["a witness that never agrees", answering(409, "2\n"), 0, "unavailable"],
  ["a size that is none", answering(409, "many\n"), 0, "not-canonical"],
] as const) {
  test(`requestCosignatures: ${claim}: ${code}, and nothing is kept`, async () => {
    const asked = await askWith(host, skew);
    assert.equal(asked.code, code);
    assert.equal(asked.result.quorum, false);
    assert.equal(parseNote(asked.result.note).signatures.length, 1);
  });
}

function toyKey(): PrivateKey {
  return createEd25519(new Uint8Array(32).fill(250));
}

test("requestCosignatures: a line that is not the witness's signature is not kept", async () => {
  const real = toyWitness(1);
  const tampering: Pick<Hono, "request"> = new Hono().all("*", async (c) => {
    const answer = await real.request("/add-checkpoint", { method: "POST", body: await c.req.arrayBuffer() });
    const [line] = parseNote(utf8(`x\n\n${await answer.text()}`)).signatures;
    if (line === undefined) throw new TypeError("no line");
    const changed = { ...line, signature: line.signature.with(20, 0) };
    return c.text(new TextDecoder().decode(encodeNote({ text: "x\n", signatures: [changed] })).slice(3));
  });
  assert.equal((await askWith(tampering)).code, "cosignature-invalid");
});

test("requestCosignatures: a witness without a URL is not asked", async () => {
  const { sequencer, storage, options, fetch } = await toyWorld(1, 1);
  const witnesses = new Map([...options.policy.witnesses].map(([name, { vkey }]) => [name, { vkey }]));
  const head = await verifyCheckpoint(
    sequencer.head().note,
    { vkeys: [LOG_VKEY], origin: ORIGIN },
    nodeCrypto,
  );
  const reader = createLogReader(storage, head, nodeCrypto.sha256);
  const result = await requestCosignatures(head, reader, {
    ...options,
    policy: { ...options.policy, witnesses },
  });
  assert.equal(result.quorum, false);
  assert.equal(fetch.asked.length, 0);
});

test("requestCosignatures, fetchOwnHeads: a witness cannot send us on to a host of its choice", async () => {
  const { sequencer, storage, options } = await toyWorld(1, 1);
  let reached = 0;
  const inner = await listen(
    new Hono().all("*", (c) => {
      reached++;
      return c.text("secret");
    }),
    { port: 0 },
  );
  const outer = await listen(
    new Hono().all("*", (c) => c.redirect(`${inner.url}/internal`, 307)),
    { port: 0 },
  );
  const witnesses = new Map(
    [...options.policy.witnesses].map(([name, witness]) => [name, { ...witness, url: outer.url }]),
  );
  const ports = { ...options, fetch, policy: { ...options.policy, witnesses } };
  const vkeys = [LOG_VKEY];
  const head = await verifyCheckpoint(sequencer.head().note, { vkeys, origin: ORIGIN }, nodeCrypto);
  const reader = createLogReader(storage, head, nodeCrypto.sha256);
  const { failures } = await requestCosignatures(head, reader, ports);
  await assert.rejects(fetchOwnHeads(LOG, ports), { code: "own-heads-unknown" });
  await Promise.all([outer.close(), inner.close()]);
  assert.equal(reached, 0);
  const error = failures[0]?.error;
  assert.ok(error instanceof LogError && error.code === "unavailable");
});

test("requestCosignatures: a slow witness does not hold up a quorum for long", async () => {
  const { sequencer, options, hosts } = await toyWorld(2, 1);
  hosts.set(
    "w2.example",
    new Hono().all("*", async () => await new Promise<Response>(() => {})),
  );
  const head = await (await Releaser.open(options)).release(sequencer.head());
  assert.deepEqual(
    head.cosignatures.map(({ name }) => name),
    ["w1"],
  );
});

/** Witness `n`, which answers only when `others` have. */
function lastWitness(n: number, others: Promise<void>): Pick<Hono, "request"> {
  const inner = toyWitness(n);
  const app = new Hono();
  app.all("*", async (c) => {
    await others;
    return await inner.fetch(c.req.raw);
  });
  return app;
}

test("requestCosignatures: without grace, who answers after the quorum is left behind", async () => {
  const { sequencer, options, hosts } = await toyWorld(2, 1);
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  hosts.set("w2.example", lastWitness(2, released));
  const head = await (await Releaser.open({ ...options, graceMs: 0 })).release(sequencer.head());
  release();
  assert.deepEqual(
    head.cosignatures.map(({ name }) => name),
    ["w1"],
  );
});

test("requestCosignatures: within the grace, who answers after the quorum is taken too", async () => {
  const { sequencer, options, hosts } = await toyWorld(2, 1);
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const first = hosts.get("w1.example");
  assert.ok(first);
  hosts.set(
    "w1.example",
    new Hono().all("*", async (c) => {
      const response = await first.request(c.req.raw);
      answer();
      return response;
    }),
  );
  hosts.set("w2.example", lastWitness(2, answered));
  const head = await (await Releaser.open({ ...options, graceMs: 60_000 })).release(sequencer.head());
  assert.deepEqual(
    head.cosignatures.map(({ name }) => name),
    ["w1", "w2"],
  );
});

test("Releaser.refresh: a cosigner that was too slow the first time, because it examined the head, is in the next note", async () => {
  const { sequencer, options, hosts } = await toyWorld(2, 1);
  let examined = (): void => {};
  const examination = new Promise<void>((resolve) => {
    examined = resolve;
  });
  const slow = toyWitness(2, { examine: () => examination });
  const answers: Promise<unknown>[] = [];
  hosts.set(
    "w2.example",
    new Hono().all("*", async (c) => {
      const answer = Promise.resolve(slow.fetch(c.req.raw));
      answers.push(answer);
      return await answer;
    }),
  );
  const releaser = await Releaser.open({ ...options, graceMs: 10 });
  assert.equal((await releaser.release(sequencer.head())).cosignatures.length, 1);
  examined();
  await Promise.all(answers);
  assert.equal((await releaser.refresh()).cosignatures.length, 2);
});

const LOG = { origin: ORIGIN, vkey: LOG_VKEY };
const NEVER_COSIGNED = toyWitness(9);

test("fetchOwnHeads: what witnesses hold of us, and only what we signed", async () => {
  const { sequencer, options, hosts } = await toyWorld(3, 3);
  await (await Releaser.open(options)).release(sequencer.head());
  hosts.set("w2.example", answering(200, "x"));
  hosts.delete("w3.example");
  assert.deepEqual(await fetchOwnHeads(LOG, options), [{ size: 3, root: sequencer.head().root }]);
});

test("fetchOwnHeads: a head that an earlier key of ours signed is ours, where the policy lists that key", async () => {
  const { sequencer, options } = await toyWorld(1, 1);
  await (await Releaser.open(options)).release(sequencer.head());
  const next = { origin: LOG.origin, vkey: createNoteSigner(LOG.origin, createEd25519()).vkey };
  const listed = { ...options.policy, logs: [{ vkey: LOG.vkey }] };
  const head = { size: 3, root: sequencer.head().root };
  assert.deepEqual(await fetchOwnHeads(next, { ...options, policy: listed }), [head]);
  const unlisted = { ...options.policy, logs: [] };
  await assert.rejects(fetchOwnHeads(next, { ...options, policy: unlisted }), { code: "own-heads-unknown" });
});

/** Of three witnesses of which two are a quorum, the first two do not tell a head. */
for (const [claim, first, second, code] of [
  ["one out of reach, one that knows nothing", null, NEVER_COSIGNED, null],
  ["two that know nothing", NEVER_COSIGNED, NEVER_COSIGNED, null],
  ["two out of reach", null, null, "own-heads-unknown"],
  ["one out of reach, one that fails", null, answering(500, "oops"), "own-heads-unknown"],
  ["one out of reach, one with another's head", null, answering(200, "x"), "own-heads-unknown"],
] as const) {
  test(`fetchOwnHeads: ${claim}: ${code ?? "the heads of the others"}`, async () => {
    const { sequencer, options, hosts } = await toyWorld(3, 2);
    await (await Releaser.open(options)).release(sequencer.head());
    for (const [name, host] of [
      ["w1.example", first],
      ["w2.example", second],
    ] as const) {
      if (host === null) hosts.delete(name);
      else hosts.set(name, host);
    }
    const asking = fetchOwnHeads(LOG, options);
    if (code !== null) await assert.rejects(asking, { code });
    else assert.deepEqual(await asking, [{ size: 3, root: sequencer.head().root }]);
  });
}

test("fetchOwnHeads: without cosigners, and of cosigners without a URL, there is nothing to know", async () => {
  const { options, fetch } = await toyWorld(1, 1);
  const witnesses = new Map([...options.policy.witnesses].map(([name, { vkey }]) => [name, { vkey }]));
  const none = { ...options.policy, witnesses: new Map(), groups: new Map(), quorum: "none" };
  for (const policy of [{ ...options.policy, witnesses }, none]) {
    assert.deepEqual(await fetchOwnHeads(LOG, { ...options, policy }), []);
  }
  assert.equal(fetch.asked.length, 0);
});

test("fetchOwnHeads: stops a log that lost everything from signing a second history", async () => {
  const { sequencer, options } = await toyWorld(1, 1);
  await (await Releaser.open(options)).release(sequencer.head());
  const ownHeads = async () => await fetchOwnHeads(LOG, options);
  await assert.rejects(Sequencer.open(toyOptions({ ownHeads })), { code: "behind-own-head" });
});

test("Sequencer.open: a restored backup does not sign while the cosigners that know better are out of reach", async () => {
  const { sequencer, options, hosts } = await toyWorld(2, 2);
  await (await Releaser.open(options)).release(sequencer.head());
  const away = [...hosts];
  hosts.clear();
  const signer = rememberingSigner();
  const backup = await toyLog(1);
  const ownHeads = async () => await fetchOwnHeads(LOG, options);
  const open = async () => await Sequencer.open({ ...backup.options, signer, ownHeads });
  await assert.rejects(open(), { code: "own-heads-unknown" });
  for (const [name, host] of away) hosts.set(name, host);
  await assert.rejects(open(), { code: "behind-own-head" });
  assert.deepEqual(signer.signed, []);
});
