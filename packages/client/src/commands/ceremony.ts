// SPDX-License-Identifier: Apache-2.0
// What whoever holds an offline root key of an index does with it, on a machine that is on no network: files come in, files go out.
import { readFile, writeFile } from "node:fs/promises";
import {
  concat,
  encodeHex,
  encodeKeyRecord,
  type JsonObject,
  type KnownStatement,
  originHash,
  parseEd25519Spki,
  parseJsonObject,
  type RootSignature,
  rootKeyId,
} from "@countermark/formats";
import { nodeCrypto, type PrivateKey, parsePrivateKey, readOrCreateKey } from "@countermark/log";
import { rootMessage } from "@countermark/verify";
import { parseCeremonyDraft } from "../ceremony/draft.ts";
import { ClientError, EXIT } from "../failure.ts";
import { describeDraft } from "../show/ceremony.ts";
import type { CommandContext } from "../world.ts";

type Step = (
  context: CommandContext,
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
) => Promise<number>;

const STEPS: Readonly<Record<string, Step>> = { key: makeKey, show, sign, join };
const SIGNATURE_BYTES_MAX = 1_024;

/** `countermark ceremony key|show|sign|join FILE...`. Opens no connection, in any of them. */
export async function ceremonyCommand(
  context: CommandContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const [name = "", ...files] = args;
  const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
  if (step === undefined || files.length === 0) {
    throw new ClientError("usage", "Say what to do, and with which file: ceremony key|show|sign|join FILE");
  }
  return await step(context, files, options);
}

/** A new root key, or the one that is there. */
async function makeKey({ out }: CommandContext, [path = ""]: readonly string[]): Promise<number> {
  const record = recordOf(readOrCreateKey(path, "ed25519"));
  const id = rootKeyId(nodeCrypto.sha256, record);
  out.say(`root key ${id}`);
  out.say("  its private half is in this file alone: keep it off every network, and a copy elsewhere");
  out.result({ rootKey: id, record: encodeHex(record) });
  return EXIT.ok;
}

async function show({ out }: CommandContext, [path = ""]: readonly string[]): Promise<number> {
  const draft = parseCeremonyDraft(await readFile(path));
  for (const line of describeDraft(draft)) out.say(line);
  out.result({ kind: draft.statement.kind, lines: describeDraft(draft) });
  return EXIT.ok;
}

async function sign(
  { out }: CommandContext,
  [path = ""]: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { key: keyFile } = options;
  if (typeof keyFile !== "string") throw new ClientError("usage", "Name the root key: --key FILE");
  const draft = parseCeremonyDraft(await readFile(path));
  const key = parsePrivateKey(await readFile(keyFile, "utf8"), "ed25519", keyFile);
  const signature = signDraft(draft.statement, key);
  const target =
    typeof options["out"] === "string" ? options["out"] : `${path}.${signature.key.slice(2, 10)}.sig`;
  for (const line of describeDraft(draft)) out.say(line);
  await writeFile(target, `${JSON.stringify(signature)}\n`, { flag: "wx" });
  out.say(`signed with the root key ${rootKeyId(nodeCrypto.sha256, recordOf(key))}: ${target}`);
  out.result({ kind: draft.statement.kind, signature: target });
  return EXIT.ok;
}

/** Draft and signatures in one file, as `POST /_/manage/ceremony/seal` takes it. Whether they are enough, the ledger's rules say. */
async function join(
  { out }: CommandContext,
  [path = "", ...signatureFiles]: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { text, detail } = parseCeremonyDraft(await readFile(path));
  const signatures = await Promise.all(
    signatureFiles.map(async (file) => parseSignature(await readFile(file))),
  );
  signatures.sort((a, b) => (a.key < b.key ? -1 : 1));
  const target = typeof options["out"] === "string" ? options["out"] : `${path}.signed`;
  const signed = {
    statement: text,
    signatures,
    detail: detail === null ? null : Buffer.from(detail).toString("base64"),
  };
  await writeFile(target, `${JSON.stringify(signed)}\n`, { flag: "wx" });
  out.say(`${signatures.length} signatures: ${target}`);
  out.result({ signatures: signatures.length, signed: target });
  return EXIT.ok;
}

function signDraft(statement: KnownStatement, key: PrivateKey): RootSignature {
  const log = originHash(nodeCrypto.sha256, statement.origin);
  const message = rootMessage(statement, log, nodeCrypto);
  return { key: encodeHex(recordOf(key).subarray(1)), sig: encodeHex(concat(key.sign(message))) };
}

function recordOf(key: PrivateKey): Uint8Array {
  return encodeKeyRecord({ algorithm: "Ed25519", key: parseEd25519Spki(key.publicSpki) });
}

function parseSignature(bytes: Uint8Array): RootSignature {
  const body: JsonObject = parseJsonObject(
    bytes,
    { bytesMax: SIGNATURE_BYTES_MAX, depthMax: 2 },
    "signature",
  );
  const signature = { key: body.text("key", { charsMax: 130 }), sig: encodeHex(body.hex("sig", 64)) };
  body.end();
  return signature;
}
