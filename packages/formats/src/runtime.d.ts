// SPDX-License-Identifier: Apache-2.0
// The only platform names that the pure packages may use: present in browsers, Node, Deno and Bun.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label: string, options: { readonly fatal: true; readonly ignoreBOM: true });
  decode(bytes: Uint8Array): string;
}
declare function atob(text: string): string;
