// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { TUF_KEY_CHARS_MAX, TUF_NAME_CHARS_MAX, TUF_ROLE_KEYS_MAX } from "../limits.ts";
import { encodeEd25519Spki } from "../log/ed25519-spki.ts";
import { parseHex } from "../text/hex.ts";
import type { JsonObject } from "../text/json.ts";
import { parsePemBlock } from "../x509/pem.ts";
import { parsePublicKey } from "../x509/public-key.ts";
import { tufMembers } from "./envelope.ts";

export type TufScheme = "ed25519" | "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "rsassa-pss-sha256";

/** A key that signatures can be checked with; `spki` is its DER SubjectPublicKeyInfo. */
export type TufKey = { readonly scheme: TufScheme; readonly spki: Uint8Array };

/** How many of which keys must sign a role's file. */
export type TufRole = { readonly keyIds: readonly string[]; readonly threshold: number };

type KeyRow = {
  readonly keyType: string;
  readonly scheme: TufScheme;
  readonly read: (text: string) => Uint8Array;
};

/** The key types of the specification, and the spelling of ECDSA keys that older repositories still use. */
const KEY_TYPES: readonly KeyRow[] = [
  { keyType: "ed25519", scheme: "ed25519", read: ed25519Key },
  { keyType: "ecdsa", scheme: "ecdsa-sha2-nistp256", read: pemKey("ecdsa", "p256") },
  { keyType: "ecdsa-sha2-nistp256", scheme: "ecdsa-sha2-nistp256", read: pemKey("ecdsa", "p256") },
  { keyType: "ecdsa", scheme: "ecdsa-sha2-nistp384", read: pemKey("ecdsa", "p384") },
  { keyType: "ecdsa-sha2-nistp384", scheme: "ecdsa-sha2-nistp384", read: pemKey("ecdsa", "p384") },
  { keyType: "rsa", scheme: "rsassa-pss-sha256", read: pemKey("rsa", null) },
];

/**
 * The member `keys` by key id, without the keys that cannot be used here: of another type, or malformed. Such a key never
 * counts towards a threshold. The file that lists it is not refused: were it a root, no later root could be reached.
 *
 * A key id is a name and nothing more: repositories whose keys gained a member keep the old id, so it is not the hash of
 * the key that it once was.
 *
 * @spec theupdateframework/specification#4.3, github.com/theupdateframework/taps/blob/master/tap12.md
 */
export function parseTufKeys(body: JsonObject): ReadonlyMap<string, TufKey> {
  const keys = new Map<string, TufKey>();
  for (const [keyId, member] of tufMembers(body, "keys")) {
    const key = parseKey(member);
    if (key !== null) keys.set(keyId, key);
  }
  return keys;
}

/** The members `keyids` and `threshold`. */
export function parseTufRole(body: JsonObject): TufRole {
  return {
    keyIds: body.texts("keyids", { itemsMax: TUF_ROLE_KEYS_MAX, charsMax: TUF_NAME_CHARS_MAX }),
    threshold: body.integer("threshold", { min: 1, max: Number.MAX_SAFE_INTEGER }),
  };
}

function parseKey(body: JsonObject): TufKey | null {
  const keyType = body.text("keytype", { charsMax: TUF_NAME_CHARS_MAX });
  const scheme = body.text("scheme", { charsMax: TUF_NAME_CHARS_MAX });
  const value = body.object("keyval");
  body.ignoreRest();
  const row = KEY_TYPES.find((known) => known.keyType === keyType && known.scheme === scheme);
  if (row === undefined) return null;
  const text = value.text("public", { charsMax: TUF_KEY_CHARS_MAX });
  value.ignoreRest();
  try {
    return { scheme: row.scheme, spki: row.read(text) };
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function ed25519Key(text: string): Uint8Array {
  return encodeEd25519Spki(parseHex(text, 32, "TUF key"));
}

function pemKey(kind: "ecdsa" | "rsa", curve: "p256" | "p384" | null): (text: string) => Uint8Array {
  return (text) => {
    const key = parsePublicKey(parsePemBlock(text, "PUBLIC KEY", "TUF key"), "TUF key");
    if (key.kind !== kind || (key.kind === "ecdsa" && key.curve !== curve)) {
      throw new ParseError(
        "unsupported",
        `Cannot read TUF key: it is not the ${kind} key that its type says`,
      );
    }
    return key.spki;
  };
}
