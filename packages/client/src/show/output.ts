// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";
import type { JsonInput } from "@countermark/formats";

export type Style = "good" | "bad" | "warning" | "quiet" | "strong";

/** Where a command says what it found: lines for people, or one JSON document for programs. */
export type Output = {
  readonly json: boolean;
  /** A line of the result. With `--json` it goes to standard error, as progress does. */
  say(line: string): void;
  /** A line about work under way; always standard error. */
  progress(line: string): void;
  /** A member of the result that is known before the rest of it, or of the error that stands in its place. */
  note(name: string, value: JsonInput): void;
  /** The result for programs; printed only with `--json`, once. */
  result(value: { readonly [name: string]: JsonInput }): void;
  paint(style: Style, text: string): string;
};

export type OutputPorts = {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether people look at it, so that colours help. */
  readonly colours: boolean;
};

const STYLES = {
  good: "green",
  bad: "red",
  warning: "yellow",
  quiet: "dim",
  strong: "bold",
} as const satisfies Record<Style, string>;

export function createOutput(ports: OutputPorts, json: boolean): Output {
  const toPeople = json ? ports.stderr : ports.stdout;
  const noted: Record<string, JsonInput> = {};
  return {
    json,
    say: (line) => toPeople(`${printable(line)}\n`),
    progress: (line) => ports.stderr(`${printable(line)}\n`),
    note: (name, value) => {
      noted[name] = value;
    },
    result: (value) => {
      if (json) ports.stdout(`${JSON.stringify({ ...value, ...noted }, null, 2)}\n`);
    },
    paint: (style, text) =>
      ports.colours && !json ? styleText(STYLES[style], text, { validateStream: false }) : text,
  };
}

/** `line` without control characters but our own colours: names come from strangers, who would write lines of their own. */
function printable(line: string): string {
  return line.replaceAll(
    /\u001b(?!\[\d{1,2}m)|[\u0000-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    "?",
  );
}
