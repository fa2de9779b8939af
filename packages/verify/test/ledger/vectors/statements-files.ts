// SPDX-License-Identifier: Apache-2.0
// The kinds about files that are there already, about releases, and about another index: their part of statements.json.
import {
  encodeStatement,
  type LedgerStatement,
  NO_DIGEST,
  type PasskeyConsent,
  type RootSignature,
  utf8,
} from "@countermark/formats";
import { CONFIG, type Draft, digestOf, F, I, L, PUBLISHER, START, V } from "../toy-ledger.ts";
import { bad, type InvalidVector } from "./records.ts";

/** One of every kind, and of every form that a kind has. What the signatures are worth is not asked here. */
export function fileDrafts(root: readonly RootSignature[], consent: PasskeyConsent): readonly Draft[] {
  const files = [F, digestOf("another file")].sort();
  const [one = F, two = F] = files;
  const attestation = {
    digest: digestOf("late"),
    predicate: "slsa",
    publisher: PUBLISHER,
    time: START,
  } as const;
  const known = {
    metadata: digestOf("metadata"),
    open: true,
    release: V,
    sha256: digestOf("file bytes"),
    size: 18_211,
  };
  const burnt = {
    metadata: null,
    open: false,
    release: V,
    sha256: NO_DIGEST,
    size: 0,
    state: "withdrawn",
  } as const;
  const seen = {
    provenance: null,
    release: V,
    seen: "published",
    sha256: digestOf("seen"),
    size: 18_211,
  } as const;
  return [
    { kind: "release-published", release: V, files, consent: { kind: "none" } },
    { kind: "release-published", release: V, files: [F], consent },
    { kind: "release-closed", release: V },
    { kind: "file-attested", sha256: digestOf("file bytes"), file: F, attestations: [attestation] },
    { kind: "detail-erased", details: [digestOf("a detail"), digestOf("b detail")].sort(), ground: "person" },
    { kind: "detail-erased", details: [digestOf("a detail")], ground: "secret" },
    { kind: "amended", from: 3, to: 3, root },
    {
      kind: "imported",
      config: CONFIG,
      items: [
        { ...known, file: one, state: "published" },
        { ...burnt, file: two },
      ],
    },
    { kind: "imported", config: null, items: [{ ...known, file: F, open: false, state: "withdrawn" }] },
    { kind: "import-closed", project: I, log: L },
    {
      kind: "observed",
      items: [
        { ...seen, file: one },
        { ...seen, file: two, provenance: digestOf("provenance"), seen: "withdrawn" },
      ],
    },
    { kind: "promoted", files },
  ];
}

/** The forms that only these kinds have. */
export function fileKindVectors(valid: readonly LedgerStatement[]): readonly InvalidVector[] {
  const find = (kind: string, part = ""): string =>
    valid
      .filter((item) => item.kind === kind)
      .map((item) => new TextDecoder().decode(encodeStatement(item)))
      .find((payload) => payload.includes(part)) ?? "";
  const edit = (payload: string, from: string | RegExp, to: string, code: string, name: string) =>
    bad(name, utf8(payload.replace(from, to)), code);
  const published = find("release-published");
  const attested = find("file-attested");
  const erased = find("detail-erased");
  const amended = find("amended");
  const imported = find("imported", '"size":0');
  const observed = find("observed");
  const zeros = `"sha256":"${NO_DIGEST}"`;
  return [
    edit(
      published,
      '"consent":"none"',
      `"consent":{"evidence":"${F}","publisher":"${F}"}`,
      "missing-field",
      "a release shown by a publisher's consent",
    ),
    edit(published, '"consent":"none",', "", "missing-field", "a release shown without a word of consent"),
    edit(published, /"files":\[.*?\]/, '"files":[]', "out-of-range", "a release of no files"),
    edit(
      attested,
      /"attestations":\[.*?\]/,
      '"attestations":[]',
      "out-of-range",
      "a file attested by nothing",
    ),
    edit(
      attested,
      /"subject":\[.*\]/,
      `"subject":[{"digest":{"countermarkProject":"${F}"}}]`,
      "malformed",
      "attestations of a project",
    ),
    edit(erased, /"details":\[.*?\]/, '"details":[]', "out-of-range", "an erasure of nothing"),
    edit(
      erased,
      /"details":\["(\w*)","(\w*)"\]/,
      '"details":["$2","$1"]',
      "not-canonical",
      "details not ascending",
    ),
    edit(erased, '"ground":"person"', '"ground":"owner"', "unsupported", "a ground that there is not"),
    edit(amended, '"to":3', '"to":2', "out-of-range", "a range that ends before it begins"),
    edit(
      amended,
      /"root":\[.*\],"seq"/,
      '"root":"none","seq"',
      "wrong-type",
      "an amendment that is not signed",
    ),
    edit(imported, /"items":\[.*\],"origin"/, '"items":[],"origin"', "out-of-range", "an import of nothing"),
    edit(
      imported,
      /"items":\[(\{.*?\}),(\{.*?\})\]/,
      '"items":[$2,$1]',
      "not-canonical",
      "imported files not ascending",
    ),
    edit(
      imported,
      /"items":\[(\{.*?\}),\{.*?\}\]/,
      '"items":[$1,$1]',
      "not-canonical",
      "an imported file twice",
    ),
    edit(imported, '"state":2', '"state":1', "out-of-range", "an imported file that is staged"),
    edit(
      imported,
      '"open":1',
      '"open":2',
      "out-of-range",
      "an imported release that is neither open nor closed",
    ),
    edit(imported, '"size":0', '"size":5', "out-of-range", "a burnt name with a size"),
    edit(imported, '"size":18211', '"size":0', "out-of-range", "an imported file of no bytes"),
    edit(imported, '"state":4', '"state":2', "out-of-range", "a file without a digest that is not withdrawn"),
    edit(imported, `"metadata":"none"`, `"metadata":"${F}"`, "out-of-range", "a burnt name with metadata"),
    edit(imported, '"config":{', '"config":"all","was":{', "wrong-type", "an import whose config is a word"),
    edit(
      find("import-closed"),
      "countermarkLog",
      "countermarkProject",
      "malformed",
      "the end of imports in a project",
    ),
    edit(observed, /"sha256":"\w*"/, zeros, "out-of-range", "a file that was seen without a digest"),
    edit(observed, '"seen":2', '"seen":5', "out-of-range", "a state that nobody can see"),
    edit(observed, '"size":18211', '"size":0', "out-of-range", "a file that was seen without a byte"),
    edit(find("promoted"), /"files":\[.*?\]/, '"files":[]', "out-of-range", "nothing promoted"),
  ];
}
