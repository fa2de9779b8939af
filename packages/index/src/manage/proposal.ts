// SPDX-License-Identifier: Apache-2.0
import {
  CONFIG_KEYS_MAX,
  type ConfigRecord,
  type Digest,
  encodeKeyRecord,
  type JsonObject,
  openedPublisherId,
  ParseError,
  type ProjectPolicy,
  parseBase64Url,
  parseKeyRecord,
  readPublisherOpening,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import type { ProjectState } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { CREDENTIAL_CHARS_MAX } from "../limits.ts";
import { type NewPeople, type PasskeyOpening, passkeyId } from "../trust/passkeys.ts";

/** A whole configuration, by the ids that a consent was given to. */
export interface Proposal {
  readonly config: ConfigRecord;
  readonly people: NewPeople;
}

const KEY_BYTES = { ES256: 64, Ed25519: 32 } as const;

/** `{"policy","principals":[id],"publishers":[id]}` beside `"people"?:{"passkeys","publishers"}`. @throws ParseError */
export function readProposal(body: JsonObject): Proposal | null {
  if (!body.has("config")) return null;
  const wanted = body.object("config");
  const policy = readPolicy(wanted);
  if (policy === null) throw new ParseError("missing-field", "Cannot read request.config: it has no policy");
  const config = {
    policy,
    publishers: readIds(wanted, "publishers"),
    principals: readIds(wanted, "principals"),
  };
  wanted.end();
  return { config, people: readPeople(body) };
}

/** `"people":{"passkeys":[{"alg","credential","key","salt"}],"publishers":[{"record","salt"}]}`; absent: nobody. @throws ParseError */
export function readPeople(body: JsonObject): NewPeople {
  if (!body.has("people")) return { publishers: [], passkeys: [] };
  const people = body.object("people");
  const read = {
    publishers: people.objects("publishers", { itemsMax: CONFIG_KEYS_MAX }).map(readPublisherOpening),
    passkeys: people.objects("passkeys", { itemsMax: CONFIG_KEYS_MAX }).map(readPasskey),
  };
  people.end();
  return read;
}

/**
 * Everybody whom the configuration names is known, or opened with it: an auditor would refuse the entry otherwise.
 *
 * @throws IndexRefusal `opening-missing`
 */
export function requireOpened({ config, people }: Proposal, project: ProjectState): void {
  const known = [project.current, project.base, project.pending ?? project.current];
  const ids = new Set(known.flatMap(({ publishers, principals }) => [...publishers, ...principals]));
  for (const opening of people.publishers) ids.add(openedPublisherId(nodeCrypto.sha256, opening));
  for (const opening of people.passkeys) ids.add(passkeyId(opening));
  const missing = [...config.publishers, ...config.principals].find((id) => !ids.has(id));
  if (missing === undefined) return;
  throw new IndexRefusal("opening-missing", `Nobody says who ${missing} is.`);
}

/** The four members of a policy record, all of them; null where there is none. @throws ParseError */
export function readPolicy(body: JsonObject): ProjectPolicy | null {
  if (!body.has("policy")) return null;
  const policy = body.object("policy");
  const read: ProjectPolicy = {
    uploads: policy.choice("uploads", ["any", "publisher"]),
    attestations: policy.choice("attestations", ["optional", "required"]),
    release: policy.choice("release", ["direct", "staged", "staged-passkey"]),
    closeDays: policy.value("closeDays") === null ? null : policy.integer("closeDays", { min: 1, max: 365 }),
  };
  policy.end();
  return read;
}

function readIds(body: JsonObject, name: string): readonly Digest[] {
  const ids = body.texts(name, { itemsMax: CONFIG_KEYS_MAX, charsMax: 64 });
  const bad = ids.find((id) => !/^[0-9a-f]{64}$/.test(id));
  if (bad !== undefined) throw new ParseError("not-hex", `Cannot read request.config.${name}: not an id`);
  return [...new Set(ids)].sort();
}

function readPasskey(body: JsonObject): PasskeyOpening {
  const algorithm = body.choice("alg", ["ES256", "Ed25519"]);
  const opening = {
    credential: readCredential(body),
    record: parseKeyRecord(encodeKeyRecord({ algorithm, key: body.hex("key", KEY_BYTES[algorithm]) })),
    salt: body.hex("salt", 32),
  };
  body.end();
  return opening;
}

/** The member `credential`: unpadded base64url, as browsers give it. @throws ParseError */
export function readCredential(body: JsonObject): Uint8Array {
  return parseBase64Url(body.text("credential", { charsMax: CREDENTIAL_CHARS_MAX }), "request.credential");
}
