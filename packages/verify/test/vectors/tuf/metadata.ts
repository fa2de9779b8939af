// SPDX-License-Identifier: Apache-2.0
// vectors/tuf/metadata.json
import {
  parseTufRoot,
  parseTufSnapshot,
  parseTufTargets,
  parseTufTimestamp,
  parseUtf8,
  type TufFile,
  type TufType,
  utf8,
} from "@countermark/formats";
import { type Cases, gives, refuses } from "../case.ts";

interface MetadataFile {
  readonly cases: readonly ({
    readonly name: string;
    readonly type: TufType;
    /** The bytes of the file, as text. */
    readonly text: string;
  } & ({ readonly refused: string } | { readonly wanted: unknown }))[];
}

const PARSERS: Readonly<Record<TufType, (bytes: Uint8Array) => TufFile<object>>> = {
  root: parseTufRoot,
  timestamp: parseTufTimestamp,
  snapshot: parseTufSnapshot,
  targets: parseTufTargets,
};

export const metadataCases: Cases = (file) => {
  const { cases } = file as MetadataFile; // compared with what the generator makes
  return cases.map((vector) => {
    const find = () => readMetadata(vector.type, vector.text);
    return "refused" in vector
      ? refuses(vector.name, vector.refused, find)
      : gives(vector.name, vector.wanted, find);
  });
};

/** What the file says, and the text that its signatures cover. */
export function readMetadata(type: TufType, text: string): object {
  const { signed, signedBytes, signatures } = PARSERS[type](utf8(text));
  return { signed, signatures, signedText: parseUtf8(signedBytes, "signed text") };
}
