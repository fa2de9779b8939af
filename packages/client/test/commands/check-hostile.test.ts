// SPDX-License-Identifier: Apache-2.0
// Everything that an index of today may answer, and none of it may pass.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  encodeProvenance,
  PROVENANCE_BYTES_MAX,
  type Provenance,
  parseProvenance,
  parseUtf8,
} from "@countermark/formats";
import {
  assertRefused,
  attestToday,
  buildWheel,
  createTodayWorld,
  flipByte,
  publisherToday,
  releaseJob,
  type TodayAnswer,
  toyProject,
  uvLockOf,
} from "@countermark/testkit";

const world = await createTodayWorld();
after(() => world.close());
const { index, signing } = world;
const claims = releaseJob("example/sampleproject");
const thief = releaseJob("thief/sampleproject");
const wheel = buildWheel(toyProject("sampleproject", "1.0.0"));
const older = buildWheel(toyProject("sampleproject", "0.9.0"));
const served = await attestToday(signing, claims, wheel);
const ofOlder = await attestToday(signing, claims, older);
const byThief = await attestToday(signing, thief, wheel);
const PAGE = "/simple/sampleproject/";
const SIMPLE = "application/vnd.pypi.simple.v1+json";
const INTEGRITY = "application/vnd.pypi.integrity.v1+json";
const lock = await world.write(
  "uv.lock",
  uvLockOf(index.url, [{ name: "sampleproject", version: "1.0.0", files: [wheel] }]),
);
const provenancePath = `/integrity/sampleproject/1.0.0/${wheel.filename}/provenance`;
let runs = 0;

beforeEach(() => {
  index.projects.clear();
  index.provenance.clear();
  index.answers.clear();
  index.add("sampleproject", "1.0.0", wheel, served);
});

/** A run that remembers nothing of the runs before. */
async function checkFresh(...args: readonly string[]) {
  const folder = join(world.folder, `fresh-${runs++}`);
  return await world.check([lock, ...args], {
    COUNTERMARK_LOCK: join(folder, "countermark.lock"),
    COUNTERMARK_STATE_DIR: join(folder, "state"),
    COUNTERMARK_CACHE_DIR: join(folder, "cache"),
  });
}

async function refused(code: string, status: number): Promise<void> {
  const run = await checkFresh();
  assert.equal(run.status, status, run.output);
  assert.ok(run.output.includes(`[${code}]`), run.output);
  assert.doesNotMatch(run.stdout, /1 attested/);
}

test("check: the true page and the true provenance pass", async () => {
  const run = await checkFresh();
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /1 file: 1 as the index lists them, 1 attested/);
});

const json = (value: unknown): string => JSON.stringify(value);
const truth = parseProvenance(served);
const [bundle] = truth.bundles;
assert.ok(bundle);
const withPublisher = (publisher: Readonly<Record<string, unknown>>): string => {
  const parsed = JSON.parse(parseUtf8(served, "provenance"));
  parsed.attestation_bundles[0].publisher = publisher;
  return json(parsed);
};
const both = (a: Uint8Array, b: Uint8Array): Provenance => ({
  bundles: [...parseProvenance(a).bundles, ...parseProvenance(b).bundles],
});

const PROVENANCE: readonly (readonly [claim: string, answer: TodayAnswer, code: string, status: number])[] = [
  ["that is listed and not there", { status: 404 }, "no-provenance", 1],
  ["that is gone", { status: 410 }, "http-status", 3],
  ["behind an error", { status: 500, body: "sorry" }, "http-status", 3],
  ["behind a password", { status: 403 }, "http-status", 3],
  ["with no content", { status: 204 }, "http-status", 3],
  [
    "behind a redirect to elsewhere",
    { status: 302, headers: { location: "https://evil.example/" } },
    "http-status",
    3,
  ],
  ["behind a redirect to itself", { status: 308, headers: { location: provenancePath } }, "http-status", 3],
  ["of another type", { headers: { "content-type": "text/html" }, body: served }, "content-type", 4],
  ["without a type", { body: served }, "content-type", 4],
  ["that is empty", typed(""), "not-json", 4],
  ["that is null", typed("null"), "wrong-type", 4],
  ["that is a list", typed("[]"), "wrong-type", 4],
  ["of another version", typed(json({ version: 2, attestation_bundles: [] })), "out-of-range", 4],
  ["without bundles", typed(json({ version: 1 })), "missing-field", 4],
  ["with an empty list of bundles", typed(json({ version: 1, attestation_bundles: [] })), "missing-field", 4],
  [
    "with an empty list of attestations",
    typed(
      json({ version: 1, attestation_bundles: [{ publisher: publisherToday(claims), attestations: [] }] }),
    ),
    "missing-field",
    4,
  ],
  ["with null for a list", typed(json({ version: 1, attestation_bundles: null })), "wrong-type", 4],
  ["longer than any", typed(" ".repeat(PROVENANCE_BYTES_MAX + 1)), "response-too-large", 4],
  [
    "by a publisher of an unknown kind",
    typed(withPublisher({ kind: "Index", repository: "a/b" })),
    "publisher-kind",
    1,
  ],
  ["by a publisher without a kind", typed(withPublisher({ repository: "a/b" })), "missing-field", 4],
  [
    "by another publisher than the certificate has, with claims: null",
    typed(withPublisher({ ...publisherToday(thief), claims: null })),
    "publisher-claim",
    1,
  ],
  [
    "by another workflow than the certificate has",
    typed(withPublisher({ ...publisherToday(claims), workflow: "other.yml" })),
    "publisher-claim",
    1,
  ],
  ["of another file", typed(ofOlder), "statement-subject-name", 1],
  ["with one byte of the signature changed", typed(damaged()), "timestamp-imprint", 1],
  ["by two publishers", typed(encodeProvenance(both(served, byThief))), "publishers-differ", 1],
  [
    "of which the second does not hold",
    typed(encodeProvenance(both(served, ofOlder))),
    "statement-subject-name",
    1,
  ],
];

function typed(body: string | Uint8Array): TodayAnswer {
  return { headers: { "content-type": INTEGRITY }, body };
}

function damaged(): string {
  const parsed = JSON.parse(parseUtf8(served, "provenance"));
  const { envelope } = parsed.attestation_bundles[0].attestations[0];
  const signature = new Uint8Array(Buffer.from(envelope.signature, "base64"));
  envelope.signature = Buffer.from(flipByte(signature, -1)).toString("base64");
  return json(parsed);
}

for (const [claim, answer, code, status] of PROVENANCE) {
  test(`check: provenance ${claim} does not pass`, async () => {
    index.answers.set(provenancePath, answer);
    await refused(code, status);
  });
}

const page = (
  changes: Readonly<Record<string, unknown>>,
  file: Readonly<Record<string, unknown>> = {},
): string => {
  const [listed] = index.projects.get("sampleproject") ?? [];
  const files = [{ filename: wheel.filename, url: "/f", hashes: { sha256: listed?.sha256 }, ...file }];
  return json({ meta: { "api-version": "1.1" }, name: "sampleproject", files, ...changes });
};
const asPage = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): TodayAnswer => ({
  headers: { "content-type": SIMPLE, ...headers },
  body,
});
const twice = () => {
  const file = { filename: wheel.filename, url: "/f" };
  const [listed] = index.projects.get("sampleproject") ?? [];
  return [
    { ...file, hashes: { sha256: listed?.sha256 } },
    { ...file, hashes: { sha256: "0".repeat(64) } },
  ];
};

for (const [claim, answer, code, status] of [
  ["that is not there", () => ({ status: 404 }), "not-hosted", 1],
  ["behind an error", () => ({ status: 503, body: "later" }), "http-status", 3],
  [
    "behind a redirect to elsewhere",
    () => ({ status: 301, headers: { location: "https://evil.example/" } }),
    "http-status",
    3,
  ],
  ["that did not change since none was kept", () => ({ status: 304 }), "http-status", 3],
  [
    "of another type",
    () => ({ headers: { "content-type": "text/html" }, body: page({}) }),
    "content-type",
    4,
  ],
  ["in an encoding of its own", () => asPage(page({}), { "content-encoding": "br" }), "content-type", 4],
  [
    "that says it is gzip and is not",
    () => asPage(page({}), { "content-encoding": "gzip" }),
    "content-type",
    4,
  ],
  [
    "that unpacks to more than any page",
    () => asPage(bomb(), { "content-encoding": "gzip" }),
    "response-too-large",
    4,
  ],
  ["that is no JSON", () => asPage("<html>"), "not-json", 4],
  ["of another API version", () => asPage(page({ meta: { "api-version": "2.0" } })), "unsupported", 4],
  ["of another project", () => asPage(page({ name: "other" })), "page-of-another-project", 1],
  ["without files", () => asPage(page({ files: [] })), "not-hosted", 1],
  [
    "of a project in quarantine",
    () => asPage(page({ files: [], "project-status": { status: "quarantined" } })),
    "not-hosted",
    1,
  ],
  [
    "with another digest",
    () => asPage(page({}, { hashes: { sha256: "0".repeat(64) } })),
    "digest-not-listed",
    1,
  ],
  ["without a digest", () => asPage(page({}, { hashes: {} })), "digest-not-listed", 1],
  [
    "with the file twice, once with another digest",
    () => asPage(page({ files: twice() })),
    "digest-not-listed",
    1,
  ],
  [
    "whose provenance is elsewhere without TLS",
    () => asPage(page({}, { provenance: "http://evil.example/p" })),
    "not-hosted",
    1,
  ],
  [
    "whose provenance is a local file",
    () => asPage(page({}, { provenance: "file:///etc/passwd" })),
    "not-hosted",
    1,
  ],
  ["whose provenance is a number", () => asPage(page({}, { provenance: 5 })), "wrong-type", 4],
] as const) {
  test(`check: a page ${claim} does not pass`, async () => {
    index.answers.set(PAGE, answer());
    await refused(code, status);
  });
}

function bomb(): Uint8Array {
  return gzipSync(Buffer.alloc(70_000_000, 0x20));
}

test("check: a page in gzip is read as the page that it is", async () => {
  index.answers.set(PAGE, asPage(gzipSync(page({})), { "content-encoding": "gzip" }));
  const run = await checkFresh();
  assert.equal(run.status, 0, run.output);
});

test("check: a server that is not there is said, and passes nothing", async () => {
  const gone = uvLockOf("http://127.0.0.1:1/simple", [
    { name: "sampleproject", version: "1.0.0", files: [wheel] },
  ]);
  const run = await world.check([
    await world.write("gone.uv.lock", gone),
    "--simple-index",
    "http://127.0.0.1:1/simple",
  ]);
  assert.equal(run.status, 3, run.output);
  assertRefused(run, "unreachable");
});

for (const [claim, change, code] of [
  ["a package without a digest", (text: string) => text.replace(/, hash = "[^"]*"/, ""), "lock-no-hash"],
  [
    "a digest of another algorithm alone",
    (text: string) => text.replace(/sha256:[0-9a-f]*/, "sha512:abcd"),
    "lock-no-hash",
  ],
  ["no file at all", (text: string) => text.replace(/wheels = \[[^\]]*\]/, ""), "lock-no-hash"],
  [
    "an index that nobody allowed",
    (text: string) => text.replace(index.url, "https://evil.example/simple"),
    "index-not-allowed",
  ],
  [
    "an index with a password that nobody allowed",
    (text: string) => text.replace("http://", "http://u:secret@"),
    "index-not-allowed",
  ],
  [
    "a file of another version",
    (text: string) => text.replace('version = "1.0.0"', 'version = "2.0.0"'),
    "lock-inconsistent",
  ],
  [
    "a file of another project",
    (text: string) => text.replace("sampleproject-1.0.0", "other-1.0.0"),
    "lock-inconsistent",
  ],
  [
    "a file that the index does not have",
    (text: string) => text.replace("py3-none-any", "py2-none-any"),
    "not-hosted",
  ],
  [
    "another digest",
    (text: string) => text.replace(/sha256:[0-9a-f]{8}/, "sha256:00000000"),
    "digest-not-listed",
  ],
] as const) {
  test(`check: a lock with ${claim} is refused`, async () => {
    const text = uvLockOf(index.url, [{ name: "sampleproject", version: "1.0.0", files: [wheel] }]);
    const run = await world.check([await world.write(`${runs++}.uv.lock`, change(text))]);
    assert.equal(run.status, 1, run.output);
    assert.ok(run.stdout.includes(`[${code}]`), run.stdout);
    assert.doesNotMatch(run.output, /secret/);
  });
}

test("check: a requirement without a version, or with a digest of another version, is refused", async () => {
  const [listed] = index.projects.get("sampleproject") ?? [];
  index.add("sampleproject", "0.9.0", older);
  for (const [line, code] of [
    [`sampleproject>=1.0 --hash=sha256:${listed?.sha256}`, "lock-not-pinned"],
    ["sampleproject==1.0.0", "lock-no-hash"],
    [`sampleproject==0.9.0 --hash=sha256:${listed?.sha256}`, "digest-not-listed"],
    [`sampleproject==1.0.0 --hash=sha256:${"0".repeat(64)}`, "digest-not-listed"],
  ] as const) {
    const run = await world.check([await world.write(`${runs++}.txt`, line)]);
    assert.equal(run.status, 1, run.output);
    assert.ok(run.stdout.includes(`[${code}]`), run.stdout);
  }
  const good = await world.check([
    await world.write("good.txt", `sampleproject==1.0 --hash=sha256:${listed?.sha256}`),
  ]);
  assert.equal(good.status, 0, good.output);
});

test("check: with --no-downgrade, what is not attested where the version before is, is refused; without it, said", async () => {
  index.projects.clear();
  index.add("sampleproject", "1.0.0", wheel);
  index.add("sampleproject", "0.9.0", older, ofOlder);
  const said = await checkFresh();
  assert.equal(said.status, 0, said.output);
  assert.match(said.stdout, /1\.0\.0 .*not attested, so|not attested, so .*1\.0\.0/);
  const newer = buildWheel(toyProject("sampleproject", "0.9.1"));
  index.add("sampleproject", "0.9.1", newer);
  const text = uvLockOf(index.url, [{ name: "sampleproject", version: "0.9.1", files: [newer] }]);
  const next = await world.write("next.uv.lock", text);
  const memory = {
    COUNTERMARK_LOCK: join(world.folder, "d.lock"),
    COUNTERMARK_STATE_DIR: join(world.folder, "d"),
  };
  const noted = await world.check([next], memory);
  assert.equal(noted.status, 0, noted.output);
  assert.match(
    noted.stdout,
    /note: sampleproject 0\.9\.1: not attested, and 0\.9\.0 of the same line is, says the index/,
  );
  const downgrade = await world.check([next, "--no-downgrade"], memory);
  assert.equal(downgrade.status, 1);
  assertRefused(downgrade, "attestation-downgrade");
});

test("check: what was kept of an answer that does not hold is not believed later", async () => {
  const memory = {
    COUNTERMARK_LOCK: join(world.folder, "k.lock"),
    COUNTERMARK_STATE_DIR: join(world.folder, "k"),
    COUNTERMARK_CACHE_DIR: join(world.folder, "k-cache"),
  };
  index.answers.set(provenancePath, typed(ofOlder));
  assert.equal((await world.check([lock], memory)).status, 1);
  index.answers.clear();
  assert.equal((await world.check([lock], memory)).status, 0);
});

test("check: provenance that an index stops listing is said, and the copy that was kept still counts", async () => {
  const memory = {
    COUNTERMARK_LOCK: join(world.folder, "h.lock"),
    COUNTERMARK_STATE_DIR: join(world.folder, "h"),
    COUNTERMARK_CACHE_DIR: join(world.folder, "h-cache"),
  };
  assert.equal((await world.check([lock], memory)).status, 0);
  const [file] = index.projects.get("sampleproject") ?? [];
  assert.ok(file);
  file.provenance = null;
  const run = await world.check([lock], memory);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /the index no longer lists its attestations; a copy of .* holds/);
});
