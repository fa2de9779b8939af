// SPDX-License-Identifier: Apache-2.0
/** A row of the table as one line, under the heading of the hostile party. */
export interface TableRow {
  readonly heading: string | null;
  readonly row: string;
}

export interface RowRecord {
  readonly tries: string;
  readonly stoppedBy: string;
  readonly noticedBy: string;
  readonly when: string;
  readonly seen: readonly { readonly who: string; readonly words: string }[];
}

export function readTable(text: string, document: string): Map<string, TableRow>;
export function withTable(
  text: string,
  document: string,
  rows: ReadonlyMap<string, TableRow>,
  headings: readonly string[],
): string;
export function rowOf(file: string, document: string, record: RowRecord): string;
export function attacksIn(folder: string): readonly string[];
export function nameOf(file: string): string;
