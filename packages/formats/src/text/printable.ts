// SPDX-License-Identifier: Apache-2.0

/** `text` without what a terminal would obey or nobody would see: controls, and what turns the direction of the text around, are escaped. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
