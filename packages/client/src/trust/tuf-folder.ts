// SPDX-License-Identifier: Apache-2.0
import { encodeHex, utf8 } from "@countermark/formats";
import { nodeCrypto, type Storage } from "@countermark/log";

/** The trusted metadata of one repository on this machine. Each write is durable, and whole or not there. */
export type TufFolder = {
  read(role: string): Promise<Uint8Array | null>;
  write(role: string, bytes: Uint8Array): Promise<void>;
  remove(role: string): Promise<void>;
  readRoot(version: number): Promise<Uint8Array | null>;
  /** Keeps the version, and makes it the trusted root. */
  writeRoot(version: number, bytes: Uint8Array): Promise<void>;
};

/** Longer names do not fit every file system. */
const NAME_CHARS_MAX = 200;

/**
 * Metadata in `storage`: `root.json`, `timestamp.json` and so on, one file for each role, and every root by version in
 * `root_history/`.
 */
export function createTufFolder(storage: Storage): TufFolder {
  const versioned = (version: number): string => `root_history/${version}.root.json`;
  return {
    read: (role) => storage.read(fileOf(role)),
    write: (role, bytes) => storage.replace(fileOf(role), bytes),
    remove: (role) => storage.remove(fileOf(role)),
    readRoot: (version) => storage.read(versioned(version)),
    async writeRoot(version, bytes) {
      // In this order: a version that is in the history is not written again.
      await storage.replace(fileOf("root"), bytes);
      await storage.replace(versioned(version), bytes);
    },
  };
}

/**
 * A file name for what a stranger named: small letters, digits, `_`, `-` and inner dots stay, every other byte is `+` and two
 * digits. Capitals too: there are file systems where a role `Timestamp` would take the place of the timestamp.
 */
export function fileNameOf(name: string): string {
  const bytes = utf8(name);
  const text = bytes.length === 0 ? "+" : Array.from(bytes, encodeByte).join("");
  return text.length <= NAME_CHARS_MAX ? text : `+sha256-${encodeHex(nodeCrypto.sha256(bytes))}`;
}

function fileOf(role: string): string {
  return `${fileNameOf(role)}.json`;
}

function encodeByte(byte: number, i: number): string {
  const character = String.fromCharCode(byte);
  const isPlain = /[a-z0-9_-]/.test(character) || (character === "." && i > 0);
  return isPlain ? character : `+${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
