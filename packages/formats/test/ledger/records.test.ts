// SPDX-License-Identifier: Apache-2.0
// Every record that can be written is read back as itself. What is malformed is in vectors/ledger/records.json.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeConfigRecord,
  encodeFileMapRecord,
  encodeKeyRecord,
  encodeProjectHeader,
  encodePublisher,
  encodeStatement,
  FILE_REASONS,
  FILE_STATES,
  keyRecordSpki,
  LEDGER_STATUSES,
  parseConfigRecord,
  parseFileMapRecord,
  parseKeyRecord,
  parseProjectHeader,
  parsePublisher,
  parseStatement,
} from "@countermark/formats";
import fc from "fast-check";

const plain = { noNullPrototype: true } as const;
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("hex"))
  .filter((text) => /[1-9a-f]/.test(text));
const digests = fc.uniqueArray(digest, { maxLength: 32 }).map((list) => list.sort());
const integer = fc.maxSafeNat();
const index = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 });
const policy = fc.record(
  {
    uploads: fc.constantFrom("any" as const, "publisher" as const),
    attestations: fc.constantFrom("optional" as const, "required" as const),
    release: fc.constantFrom("direct" as const, "staged" as const, "staged-passkey" as const),
    closeDays: fc.option(fc.integer({ min: 1, max: 365 })),
  },
  plain,
);
const config = fc.record({ policy, publishers: digests, principals: digests }, plain);

test("parseConfigRecord: reads what was written", () => {
  fc.assert(
    fc.property(config, (value) => assert.deepEqual(parseConfigRecord(encodeConfigRecord(value)), value)),
  );
});

test("parseProjectHeader: reads what was written, in 184 bytes", () => {
  const pending = fc.oneof(
    fc.constant({ pending: null, asked: null, way: "none" as const }),
    fc.record(
      { pending: digest, asked: index, way: fc.constantFrom("passkey" as const, "root" as const) },
      plain,
    ),
  );
  const header = fc.record(
    {
      status: fc.constantFrom(...LEDGER_STATUSES),
      how: fc.constantFrom("created" as const, "imported" as const, "observed" as const),
      firstEntry: integer,
      lastEntry: integer,
      rules: fc.nat(),
      firstFile: fc.option(index),
      serial: integer,
      current: digest,
      currentSince: integer,
      base: digest,
      baseSince: integer,
      frozen: fc.option(index),
      recovered: fc.option(index),
      attested: fc.option(index),
    },
    plain,
  );
  fc.assert(
    fc.property(header, pending, (value, waiting) => {
      const bytes = encodeProjectHeader({ ...value, ...waiting });
      assert.equal(bytes.length, 184);
      assert.deepEqual(parseProjectHeader(bytes), { ...value, ...waiting });
    }),
  );
});

test("parseFileMapRecord: reads files and releases as they were written", () => {
  const attestation = fc.record(
    {
      predicate: fc.constantFrom("publish" as const, "slsa" as const, "other" as const),
      digest,
      publisher: digest,
      entry: integer,
    },
    plain,
  );
  const file = fc.record(
    {
      kind: fc.constant("file" as const),
      state: fc.constantFrom(
        "accepted" as const,
        "published" as const,
        "yanked" as const,
        "withdrawn" as const,
      ),
      prior: fc.constantFrom(...FILE_STATES),
      how: fc.constantFrom("uploaded" as const, "imported" as const, "observed" as const),
      uploader: fc.constantFrom("unknown" as const, "token" as const, "publisher" as const),
      reason: fc.constantFrom(...FILE_REASONS),
      observedOtherDigest: fc.boolean(),
      sha256: digest,
      size: integer,
      metadata: fc.option(digest),
      release: digest,
      firstDetail: fc.option(digest),
      lastDetail: fc.option(digest),
      publisher: fc.option(digest),
      firstEntry: integer,
      lastEntry: integer,
      time: integer,
      serial: integer,
      attestations: fc.array(attestation, { maxLength: 8 }),
    },
    plain,
  );
  fc.assert(
    fc.property(file, (value) => {
      const bytes = encodeFileMapRecord(value);
      assert.equal(bytes.length, 240 + 73 * value.attestations.length);
      assert.deepEqual(parseFileMapRecord(bytes), value);
    }),
  );
  const release = { kind: "release", state: "open", firstEntry: 3, closed: null, files: 2 } as const;
  assert.equal(encodeFileMapRecord(release).length, 22);
  assert.deepEqual(parseFileMapRecord(encodeFileMapRecord(release)), release);
});

test("parsePublisher: reads what was written", () => {
  const text = fc.option(fc.string({ unit: "grapheme", maxLength: 20 }));
  const id = fc.option(fc.stringMatching(/^[0-9A-Za-z_-]{1,20}$/));
  const record = fc.record(
    {
      provider: fc.constantFrom("github", "buildkite"),
      issuer: fc.webUrl(),
      owner: text,
      ownerId: id,
      project: text,
      projectId: id,
      workflow: text,
      calledWorkflow: text,
      environment: text,
      subject: text,
    },
    plain,
  );
  fc.assert(fc.property(record, (value) => assert.deepEqual(parsePublisher(encodePublisher(value)), value)));
});

test("parseStatement: reads configurations as they were written", () => {
  const common = { origin: "a", role: "index", seq: 0, time: 0, detail: null } as const;
  fc.assert(
    fc.property(config, digest, (value, project) => {
      const statement = { kind: "project-created", ...common, project, config: value } as const;
      assert.deepEqual(parseStatement(encodeStatement(statement)), statement);
    }),
  );
});

test("encodeConfigRecord: a list out of order, or of 33, is refused", () => {
  const base = {
    policy: { uploads: "any", attestations: "optional", release: "direct", closeDays: null },
  } as const;
  const list = Array.from({ length: 33 }, (_, i) => i.toString(16).padStart(64, "0"));
  assert.throws(() => encodeConfigRecord({ ...base, publishers: list, principals: [] }), TypeError);
  assert.throws(
    () => encodeConfigRecord({ ...base, publishers: list.slice(0, 2).reverse(), principals: [] }),
    TypeError,
  );
});

test("keyRecordSpki: 91 bytes for P-256 and 44 for Ed25519", () => {
  const p256 = parseKeyRecord(encodeKeyRecord({ algorithm: "ES256", key: new Uint8Array(64) }));
  const ed25519 = parseKeyRecord(encodeKeyRecord({ algorithm: "Ed25519", key: new Uint8Array(32) }));
  assert.deepEqual([keyRecordSpki(p256).length, keyRecordSpki(ed25519).length], [91, 44]);
});
