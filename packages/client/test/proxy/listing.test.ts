// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ConfigRecord,
  type Digest,
  detailCommitment,
  encodeFileDetail,
  encodeTextDetail,
  type FileRecord,
  fileId,
  mapKey,
  type ProjectHeader,
  parseVersion,
  releaseId,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { listProject, type ProjectView } from "../../src/proxy/listing.ts";

const { sha256 } = nodeCrypto;
const KEY = mapKey(sha256, "pypi", "sampleproject");
const SALT = new Uint8Array(32);
const NAME = "sampleproject-1.0-py3-none-any.whl";

type Spec = {
  readonly filename?: string;
  readonly version?: string;
  readonly state?: FileRecord["state"];
  readonly detail?: Uint8Array | null;
  readonly reason?: string;
};

/** A project with one file under `filename`, recorded in the release of `version`. */
function view(spec: Spec, status: ProjectHeader["status"] = "active"): ProjectView {
  const { filename = NAME, version = "1.0", state = "published", reason } = spec;
  const detail = spec.detail === undefined ? detailOf(filename, version) : spec.detail;
  const text = reason === undefined ? null : encodeTextDetail(SALT, reason);
  const details = new Map<Digest, Uint8Array>();
  for (const bytes of [detail, text]) if (bytes !== null) details.set(detailCommitment(sha256, bytes), bytes);
  const commitment = (bytes: Uint8Array | null) => (bytes === null ? null : detailCommitment(sha256, bytes));
  // Only the members that a listing reads.
  const record = {
    kind: "file",
    state,
    release: releaseId(sha256, KEY, parseVersion(version)),
    firstDetail: commitment(detail),
    lastDetail: commitment(text),
  } as unknown as FileRecord;
  return {
    name: "sampleproject",
    key: KEY,
    header: { status } as ProjectHeader,
    current: {} as ConfigRecord,
    base: {} as ConfigRecord,
    records: new Map([[fileId(sha256, KEY, filename), record]]),
    details,
  };
}

function detailOf(filename: string, version: string): Uint8Array {
  return encodeFileDetail(SALT, {
    filename,
    kind: "wheel",
    name: "sampleproject",
    publishers: [],
    requiresPython: ">=3.9",
    uploader: null,
    version,
  });
}

const namesOf = (project: ProjectView, names: readonly string[] = []) => [
  ...listProject(project, names, sha256).files.keys(),
];

test("listProject: a file is found by its detail, whatever the index lists", () => {
  const listing = listProject(view({}), [], sha256);
  assert.equal(listing.files.get(NAME)?.requiresPython, ">=3.9");
  assert.deepEqual([listing.notRecorded, listing.unnamed], [[], 0]);
});

test("listProject: a file whose detail is erased is found by the name that the index gives", () => {
  const erased = view({ detail: null });
  assert.deepEqual(namesOf(erased, [NAME]), [NAME]);
  assert.equal(listProject(erased, [], sha256).unnamed, 1);
});

test("listProject: names that the ledger does not have are not shown", () => {
  const listing = listProject(view({}), ["sampleproject-2.0-py3-none-any.whl", "not a filename"], sha256);
  assert.deepEqual([...listing.files.keys()], [NAME]);
  assert.equal(listing.notRecorded.length, 2);
});

for (const [claim, spec] of [
  ["under another project's name", { filename: "other-1.0-py3-none-any.whl" }],
  ["in another release than its name says", { version: "2.0", detail: detailOf(NAME, "1.0") }],
  ["whose name is no distribution's", { filename: "sampleproject.exe" }],
  ["that is withdrawn", { state: "withdrawn" }],
  ["that is not published yet", { state: "accepted" }],
] as const) {
  test(`listProject: a record ${claim} is not shown`, () => {
    assert.deepEqual(namesOf(view(spec), [spec && "filename" in spec ? spec.filename : NAME]), []);
  });
}

test("listProject: a file that is out of service is not called unknown, but by its state", () => {
  const listing = listProject(view({ state: "withdrawn" }), [NAME], sha256);
  assert.deepEqual(listing.outOfService, [{ filename: NAME, state: "withdrawn" }]);
  assert.deepEqual([listing.notRecorded, [...listing.files]], [[], []]);
});

test("listProject: the release may be spelled as the detail spells the version", () => {
  assert.deepEqual(
    namesOf(view({ filename: "sampleproject-1.0.post1-py3-none-any.whl", version: "1.0.post1" })),
    ["sampleproject-1.0.post1-py3-none-any.whl"],
  );
});

test("listProject: a yanked file has its reason, or none", () => {
  assert.equal(
    listProject(view({ state: "yanked", reason: "broken" }), [], sha256).files.get(NAME)?.yanked,
    "broken",
  );
  assert.equal(listProject(view({ state: "yanked" }), [], sha256).files.get(NAME)?.yanked, "");
});

test("listProject: a malformed detail hides nothing but what it would have said", () => {
  const broken = view({ detail: new Uint8Array(40) });
  assert.equal(listProject(broken, [NAME], sha256).files.get(NAME)?.requiresPython, null);
});

test("listProject: a quarantined project has no files, a reserved name no status of its own", () => {
  assert.deepEqual(namesOf(view({}, "quarantined")), []);
  assert.equal(listProject(view({}, "reserved"), [], sha256).status, "active");
});
