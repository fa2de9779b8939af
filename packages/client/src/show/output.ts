// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
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
  /** `text` in the colours of `style`, to be part of a line that is said; elsewhere it is not printable. */
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
  // Stands for the escape character of our own colours: a stranger, whose words are in the same line, cannot write it.
  const mark = `\ue000${randomBytes(8).toString("hex")}`;
  const shown = (line: string): string => `${printable(line).replaceAll(mark, "\u001b")}\n`;
  return {
    json,
    say: (line) => toPeople(shown(line)),
    progress: (line) => ports.stderr(shown(line)),
    note: (name, value) => {
      noted[name] = value;
    },
    result: (value) => {
      if (json) ports.stdout(`${JSON.stringify({ ...value, ...noted }, null, 2)}\n`);
    },
    paint: (style, text) => {
      if (!ports.colours || json) return text;
      const painted = styleText(STYLES[style], printable(text), { validateStream: false });
      return painted.replaceAll("\u001b", mark);
    },
  };
}

/** `line` without control characters, and without those that have no width or turn the line round: names come from strangers, who would write lines of their own, or hide ours. */
function printable(line: string): string {
  return line.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    "?",
  );
}
