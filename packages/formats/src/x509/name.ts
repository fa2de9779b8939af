// SPDX-License-Identifier: Apache-2.0
import { parseUtf8 } from "../text/utf8.ts";
import { NAME_OIDS } from "./certificate-writer.ts";
import { DER_TAGS, readDer } from "./der.ts";

/** A Name as people know it. */
export type NameTexts = { readonly organization: string; readonly commonName: string };

/**
 * Organization and common name of a DER Name, each empty where it is absent or a string of another type than UTF8String and
 * PrintableString. For display: names are equal when their bytes are.
 *
 * @throws ParseError of the DER reader
 * @spec rfc5280#4.1.2.4
 */
export function readNameTexts(der: Uint8Array): NameTexts {
  const texts = new Map<string, string>();
  const outer = readDer(der, "name");
  const names = outer.sequence();
  outer.end();
  while (!names.atEnd) {
    const attribute = names.set().sequence();
    const oid = attribute.oid();
    const { tag, content } = attribute.any();
    if (tag === DER_TAGS.utf8String || tag === DER_TAGS.printableString) {
      texts.set(oid, parseUtf8(content, "name"));
    }
  }
  return {
    organization: texts.get(NAME_OIDS.organization) ?? "",
    commonName: texts.get(NAME_OIDS.commonName) ?? "",
  };
}
