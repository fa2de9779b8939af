// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  encodeBase64,
  encodeHex,
  encodeStateLeaf,
  encodeStatement,
  type LedgerStatement,
  type RootSignature,
  type StateLeaf,
  utf8,
} from "@countermark/formats";
import {
  acceptedFile,
  CONFIG,
  type Draft,
  digestOf,
  F,
  GUARDED,
  genesisStatement,
  I,
  K,
  L,
  leafOf,
  ORIGIN,
  PRINCIPAL,
  ROOTS,
  rootSignatures,
  START,
  ToyLedger,
} from "../toy-ledger.ts";
import { bad, type InvalidVector } from "./records.ts";
import { fileDrafts, fileKindVectors } from "./statements-files.ts";

const STRICT: ConfigRecord = {
  policy: { uploads: "publisher", attestations: "required", release: "staged-passkey", closeDays: 14 },
  publishers: CONFIG.publishers,
  principals: [PRINCIPAL],
};

/** One statement of every kind, and of every form that a kind has. */
async function statements(): Promise<readonly LedgerStatement[]> {
  const ledger = await ToyLedger.withProject(GUARDED);
  const files = [F, digestOf("another file")].sort();
  const consent = ledger.consent("change", STRICT);
  const none = { kind: "none" } as const;
  const publisher = { kind: "publisher", evidence: digestOf("bundle"), publisher: digestOf("id") } as const;
  const voided = { kind: "void", target: 2, statement: digestOf("statement") } as const;
  const genesis = genesisStatement();
  const drafts = [
    { kind: "project-reserved" },
    { kind: "project-created", config: STRICT },
    { kind: "project-configured", act: "change", way: "free", config: CONFIG, consent: none },
    { kind: "project-configured", act: "change", way: "passkey", config: STRICT, consent },
    { kind: "project-configured", act: "ask", way: "publisher", config: CONFIG, consent: publisher },
    { kind: "project-configured", act: "take", way: "none", config: null, consent: none },
    { kind: "project-configured", act: "cancel", way: "account", config: null, consent: none },
    acceptedFile(START),
    acceptedFile(START, {
      uploader: "token",
      publisher: null,
      metadata: null,
      attestations: [],
      show: "staged",
    }),
    { kind: "yanked", files, reason: "mistake", detail: digestOf("detail") },
    { kind: "unyanked", files, reason: "owner" },
    { kind: "withdrawn", files, reason: "canceled" },
    { kind: "status", status: "quarantined" },
    { ...voided, root: null },
    { ...voided, root: rootSignatures(genesis, ROOTS) },
    ...indexDrafts(rootSignatures(genesis, ROOTS.slice(0, 2))),
    ...fileDrafts(rootSignatures(genesis, ROOTS.slice(0, 2)), consent),
  ] as const;
  const previous = { map: digestOf("map"), origin: "old.example", root: digestOf("root"), size: 9 };
  return [
    genesis,
    genesisStatement({ previous, trust: digestOf("trust") }),
    ...drafts.map((draft) => ledger.statement(draft)),
  ];
}

/** Each kind about the index and about recovery. What the signatures are worth is not asked here. */
function indexDrafts(root: readonly RootSignature[]): readonly Draft[] {
  const about = { project: I, log: L, root };
  const { countersign, rootKeys, rpIdHash, webOrigin } = genesisStatement();
  const keys = {
    countersign,
    rootKeys,
    rootVersion: 2,
    rpIdHash,
    targetsVersion: 3,
    threshold: 3,
    webOrigin,
  };
  return [
    { kind: "project-recovered", act: "ask", way: "staff", config: STRICT, root: null },
    { kind: "project-recovered", act: "ask", way: "root", config: STRICT, root },
    { kind: "project-recovered", act: "take", way: "none", config: null, root: null },
    { ...about, kind: "trust-changed", ...keys, trust: digestOf("trust") },
    { ...about, kind: "rules-changed", rules: 2, spec: digestOf("spec") },
    { ...about, kind: "index-role", role2: "gate", import: "open" },
    { ...about, kind: "sunset" },
    { ...about, kind: "log-succeeded", origin2: digestOf("new.example"), genesis: digestOf("genesis") },
  ];
}

/** The forms that only the kinds about the index and about recovery have. */
function indexVectors(valid: readonly LedgerStatement[]): readonly InvalidVector[] {
  const find = (kind: string, part = ""): string =>
    valid
      .filter((item) => item.kind === kind)
      .map((item) => text(encodeStatement(item)))
      .find((payload) => payload.includes(part)) ?? "";
  const staff = find("project-recovered", '"staff"');
  const byRoot = find("project-recovered", '"way":"root"');
  const take = find("project-recovered", '"take"');
  const trust = find("trust-changed");
  const edit = (payload: string, from: string | RegExp, to: string, code: string, name: string) =>
    bad(name, utf8(payload.replace(from, to)), code);
  const aboutProject = { countermarkLog: "countermarkProject" };
  return [
    edit(staff, '"act":"ask"', '"act":"undo"', "unsupported", "a recovery that is undone"),
    edit(staff, '"way":"staff"', '"way":"account"', "unsupported", "a recovery by an account"),
    edit(staff, '"way":"staff"', '"way":"none"', "unsupported", "a recovery that nobody asked for"),
    edit(staff, '"way":"staff"', '"way":"root"', "wrong-type", "a recovery by root that is not signed"),
    edit(byRoot, '"way":"root"', '"way":"staff"', "unsupported", "a recovery by staff that is signed"),
    edit(take, '"way":"none"', '"way":"staff"', "unsupported", "a recovery that staff takes"),
    edit(take, '"config":"none"', '"config":{}', "unsupported", "a taken recovery that names a config"),
    edit(
      trust,
      /"countersign":\[[^\]]*\]/,
      '"countersign":[]',
      "out-of-range",
      "trust in no countersigning key",
    ),
    edit(
      trust,
      '"threshold":3',
      '"threshold":4',
      "out-of-range",
      "a threshold above the number of root keys",
    ),
    edit(trust, '"threshold":3', '"threshold":0', "out-of-range", "a threshold of none"),
    edit(trust, /"trust":"[^"]*"/, '"trust":"none"', "not-hex", "trust without a description"),
    edit(trust, '"rootVersion":2', '"rootVersion":4294967296', "out-of-range", "a root version of 33 bits"),
    edit(find("rules-changed"), '"rules":2', '"rules":4294967296', "out-of-range", "rules of 33 bits"),
    edit(
      find("index-role"),
      '"role2":"gate"',
      '"role2":"mirror"',
      "unsupported",
      "a second role that there is not",
    ),
    edit(
      find("index-role"),
      '"import":"open"',
      '"import":"done"',
      "unsupported",
      "an import phase that there is not",
    ),
    edit(
      find("sunset"),
      /"root":\[.*\],"seq"/,
      '"root":"none","seq"',
      "wrong-type",
      "a sunset that is not signed",
    ),
    edit(
      find("sunset"),
      "countermarkLog",
      aboutProject.countermarkLog,
      "malformed",
      "a kind about the index whose subject is a project",
    ),
    edit(find("log-succeeded"), /"origin2":"[^"]*",/, "", "missing-field", "a successor without origin"),
  ];
}

/** vectors/ledger/statements.json */
export async function statementVectors() {
  const valid = await statements();
  const payload = text(encodeStatement((await ToyLedger.withProject()).statement(acceptedFile(START))));
  const yanked = text(encodeStatement(valid.find((item) => item.kind === "yanked") ?? genesisStatement()));
  const unknown = yanked.replace("/yanked/", "/later-kind/");
  const leaf = leafOf(genesisStatement());
  const edit = (from: string | RegExp, to: string, base = payload): Uint8Array =>
    utf8(base.replace(from, to));
  const payloads: readonly InvalidVector[] = [
    bad("a space", utf8(`${payload} `), "not-canonical"),
    bad(
      "members out of order",
      edit('"origin":"example.com/index",', "").length > 0 ? reorder(payload) : utf8(""),
      "not-canonical",
    ),
    bad("a number with a fraction", edit('"size":18211', '"size":18211.0'), "not-canonical"),
    bad("another _type", edit("Statement/v1", "Statement/v0.1"), "unsupported"),
    bad("another prefix", edit("countermark.dev/ledger", "countermark.dev/ledgers"), "malformed"),
    bad("a kind of version 2", edit("file-accepted/v1", "file-accepted/v2"), "malformed"),
    bad("a named subject", edit('"digest":{"sha256"', '"name":"x","digest":{"sha256"'), "unknown-field"),
    bad("no subject", edit(/"subject":\[.*\]/, '"subject":[]'), "malformed"),
    bad("two subjects", edit(/"subject":\[(.*)\]/, '"subject":[$1,$1]'), "too-many"),
    bad(
      "the subject of another kind",
      edit(/"subject":\[.*\]/, `"subject":[{"digest":{"countermarkProject":"${K}"}}]`),
      "malformed",
    ),
    bad("a subject of another project", edit(/("countermarkProject":")../, "$100", yanked), "malformed"),
    bad("an upper-case digest", edit(/"file":"([^"]*)"/, '"file":"A$1"'), "too-large"),
    bad("an origin with a space", edit('"example.com/index"', '"example.com index"'), "malformed"),
    bad("an origin of 129 characters", edit('"example.com/index"', `"${"x".repeat(129)}"`), "too-large"),
    bad("a role that there is not", edit('"role":"index"', '"role":"mirror"'), "unsupported"),
    bad("a negative seq", edit(/"seq":\d+/, '"seq":-1'), "out-of-range"),
    bad(
      "a time above 2^53-1",
      edit(/"time":\d+,"uploader/, '"time":9007199254740992,"uploader'),
      "wrong-type",
    ),
    bad("detail null", edit('"detail":"none"', '"detail":null'), "wrong-type"),
    bad("a member missing", edit(/"received":\d+,/, ""), "missing-field"),
    bad("a member too many", edit('"role"', '"reason":1,"role"'), "unknown-field"),
    bad("size 0", edit('"size":18211', '"size":0'), "out-of-range"),
    bad("size above 2^40", edit('"size":18211', '"size":1099511627777'), "out-of-range"),
    bad("predicate 4", edit('"predicate":1', '"predicate":4'), "out-of-range"),
    bad("an attestation twice", edit(/"attestations":\[(.*?)\]/, '"attestations":[$1,$1]'), "not-canonical"),
    bad("files not ascending", reverseFiles(yanked), "not-canonical"),
    bad("no files", edit(/"files":\[.*?\]/, '"files":[]', yanked), "out-of-range"),
    bad("an unknown subject", edit('"digest":{"sha256"', '"digest":{"sha512"'), "malformed"),
    bad("reason 0", edit('"reason":2', '"reason":0', yanked), "out-of-range"),
    bad("a root signature twice", doubleRoot(text(encodeStatement(genesisStatement()))), "not-canonical"),
    bad(
      "a genesis without countersigning keys",
      edit(/"countersign":\[[^\]]*\]/, '"countersign":[]', text(encodeStatement(genesisStatement()))),
      "out-of-range",
    ),
    bad("yanked because canceled", edit('"reason":2', '"reason":6', yanked), "out-of-range"),
  ];
  return {
    valid: valid.map((statement) => ({
      kind: statement.kind,
      payload: encodeHex(encodeStatement(statement)),
      leaf: encodeHex(leafOf(statement)),
    })),
    unknown: { kind: "later-kind", payload: encodeHex(utf8(unknown)) },
    invalidPayloads: [
      ...payloads,
      ...configuredVectors(valid),
      ...indexVectors(valid),
      ...fileKindVectors(valid),
    ],
    invalidLeaves: leafVectors(text(leaf)),
  };
}

/** The forms that only project-configured has. */
function configuredVectors(valid: readonly LedgerStatement[]): readonly InvalidVector[] {
  const find = (act: string, way: string): string =>
    text(
      encodeStatement(
        valid.find((item) => item.kind === "project-configured" && item.act === act && item.way === way) ??
          genesisStatement(),
      ),
    );
  const passkey = find("change", "passkey");
  const take = find("take", "none");
  return [
    bad("an act in a way that it has not", utf8(take.replace('"way":"none"', '"way":"free"')), "unsupported"),
    bad("a take that names a config", utf8(take.replace('"config":"none"', '"config":{}')), "unsupported"),
    bad(
      "a free change with consent",
      utf8(passkey.replace('"way":"passkey"', '"way":"free"')),
      "unsupported",
    ),
    bad("closeDays 366", utf8(passkey.replace('"closeDays":14', '"closeDays":366')), "out-of-range"),
    bad("consent in form 3", utf8(passkey.replace('"form":0', '"form":3')), "out-of-range"),
    bad("an ES256 key of 32 bytes", utf8(passkey.replace('"alg":"Ed25519"', '"alg":"ES256"')), "not-hex"),
  ];
}

function leafVectors(leaf: string): readonly InvalidVector[] {
  const payload = JSON.parse(leaf).payload as string; // the envelope that leafOf made
  return [
    bad("a space", utf8(`${leaf} `), "not-canonical"),
    bad("another payload type", utf8(leaf.replace("in-toto", "other")), "unsupported"),
    bad("no signature", utf8(leaf.replace(/"signatures":\[.*\]/, '"signatures":[]')), "malformed"),
    bad("two signatures", utf8(leaf.replace(/"signatures":\[(.*)\]/, '"signatures":[$1,$1]')), "too-many"),
    bad(
      "a signature of 63 bytes",
      utf8(leaf.replace(/"sig":"[^"]*"/, `"sig":"${encodeBase64(new Uint8Array(63))}"`)),
      "malformed",
    ),
    bad("base64 without padding", utf8(leaf.replace(/"sig":"([^"=]*)=*"/, '"sig":"$1"')), "not-base64"),
    bad("a member too many", utf8(leaf.replace('"payloadType"', '"other":1,"payloadType"')), "unknown-field"),
    bad(
      "a payload that is no statement",
      utf8(leaf.replace(payload, encodeBase64(utf8("{}")))),
      "missing-field",
    ),
    bad("more than 65,535 bytes", utf8(leaf + " ".repeat(65_535)), "too-large"),
  ];
}

/** vectors/ledger/state-leaf.json */
export function stateLeafVectors() {
  const first: StateLeaf = {
    origin: ORIGIN,
    index: 1,
    prev: null,
    map: digestOf("map"),
    projects: 1,
    time: START,
    rules: 1,
    rootVersion: 1,
    targetsVersion: 1,
    anchor: null,
  };
  const anchor = { size: 2, note: digestOf("note"), tLo: START, tHi: START + 30 };
  const later = { ...first, index: 9_007_199_254_740_991, prev: 1, projects: 812_345, anchor };
  const leaf = text(encodeStateLeaf(later));
  const line = (from: string | RegExp, to: string): Uint8Array => utf8(leaf.replace(from, to));
  return {
    valid: [first, later].map((value) => ({ text: text(encodeStateLeaf(value)), value })),
    invalid: [
      bad("another first line", line("state/v1", "state/v2"), "malformed"),
      bad("no last line feed", utf8(leaf.slice(0, -1)), "malformed"),
      bad("a line too many", utf8(`${leaf}\n`), "malformed"),
      bad("carriage returns", utf8(leaf.replaceAll("\n", "\r\n")), "malformed"),
      bad("an origin with a space", line(ORIGIN, "example.com index"), "malformed"),
      bad("a leading zero", line(/\n1\n/, "\n01\n"), "not-canonical"),
      bad("an index above 2^53-1", line("9007199254740991", "9007199254740992"), "not-canonical"),
      bad("a negative time", line("time ", "time -"), "not-canonical"),
      bad("two spaces", line("rules ", "rules  "), "malformed"),
      bad(
        "a map of 31 bytes",
        line(/\n[^\n]{43}=\n/, `\n${encodeBase64(new Uint8Array(31))}\n`),
        "not-canonical",
      ),
      bad("a map that is not base64", line(/\n[^\n]{43}=\n/, `\n${"-".repeat(43)}=\n`), "not-base64"),
      bad("an anchor without tHi", line(/ \d+\n$/, "\n"), "malformed"),
      bad(
        "an anchor digest of 31 bytes",
        line(/(anchor 2) \S+/, `$1 ${encodeBase64(new Uint8Array(31))}`),
        "malformed",
      ),
      bad("more than 1,024 bytes", utf8(leaf + "x".repeat(1_024)), "too-large"),
    ],
  };
}

function reorder(payload: string): Uint8Array {
  return utf8(payload.replace('"role":"index","seq"', '"seq"').replace('"show":', '"role":"index","show":'));
}

function reverseFiles(payload: string): Uint8Array {
  return utf8(payload.replace(/"files":\[("[^"]*"),("[^"]*")\]/, '"files":[$2,$1]'));
}

/** The first root signature once more: one key would count twice towards the threshold. */
function doubleRoot(payload: string): Uint8Array {
  return utf8(payload.replace(/"root":\[(\{[^}]*\})/, '"root":[$1,$1'));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
