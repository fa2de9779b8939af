// SPDX-License-Identifier: Apache-2.0
import { encodeBase64, encodeBase64Url, utf8 } from "@countermark/formats";
import { mutateBytes } from "./bytes.ts";
import { type MutateContext, mutateInside } from "./mutate.ts";

/** A copy of `input`, which is text, with a line, a word or a character changed. */
export function mutateText(input: Uint8Array, context: MutateContext): Uint8Array {
  const text = Buffer.from(input).toString("utf8");
  return utf8(context.random.pick(CHANGES)(text, context).toWellFormed());
}

type Change = (text: string, context: MutateContext) => string;

const CHANGES: readonly Change[] = [
  editLines,
  editLines,
  editWord,
  editWord,
  editWord,
  editEncoded,
  editEncoded,
  editCharacter,
  editCharacter,
  editEnds,
  anything,
];
const PIECES = [
  "",
  " ",
  "  ",
  "\t",
  "\n",
  "\n\n",
  "\r\n",
  "\r",
  "\0",
  "\x7f",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\u200b",
  "\ufeff",
  "\u202e",
  "\u0661",
  "\uff11",
  "\u0130",
  "+",
  "-",
  "—",
  "=",
  "==",
  ".",
  "/",
  "../",
  "0",
  "1",
  "00",
  "none",
  "any",
  "all",
  "#",
  ":",
  "!",
  "a",
  "A",
  "\u{1f600}",
  "e\u0301",
];
const NUMBERS = [
  "0",
  "1",
  "-1",
  "01",
  "+1",
  "1e3",
  "255",
  "256",
  "65535",
  "4294967296",
  "9007199254740991",
  "9007199254740992",
  "18446744073709551616",
];

function editLines(text: string, { random, other, bytesMax }: MutateContext): string {
  const lines = text.split("\n");
  const at = random.below(lines.length);
  const line = lines[at] ?? "";
  const copies = random.chance(10)
    ? Math.min(random.size(20_000), Math.ceil(bytesMax / (line.length + 1)))
    : 1;
  switch (random.below(6)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, ...Array.from({ length: copies }, () => line));
      break;
    case 2:
      lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1));
      break;
    case 3:
      lines.splice(at, 0, random.pick(Buffer.from(other).toString("utf8").split("\n")));
      break;
    case 4:
      lines.splice(at, 0, random.pick(PIECES));
      break;
    default:
      lines[at] = random.pick([` ${line}`, `${line} `, `${line}\r`, line.toUpperCase(), line.slice(1)]);
  }
  return lines.join("\n");
}

/** A word of any line: the short lines are the telling ones. */
function editWord(text: string, { random, other }: MutateContext): string {
  const lines = text.split("\n");
  const line = random.below(lines.length);
  const words = (lines[line] ?? "").split(/([ .,:;+=/_-])/);
  const at = random.below(words.length);
  const word = words[at] ?? "";
  const others = Buffer.from(other)
    .toString("utf8")
    .split(/[ \n.,:;+=/_-]/);
  words[at] = random.pick([
    "",
    `${word}${word}`,
    random.pick(NUMBERS),
    random.pick(PIECES),
    random.pick(words),
    random.pick(others),
    word.toUpperCase(),
    `${word}${random.pick(NUMBERS)}`,
    /^[0-9]+$/.test(word) ? String(Number(word) + random.pick([1, -1])) : `${word}a`,
  ]);
  lines[line] = words.join("");
  return lines.join("\n");
}

/** Changes what a run of base64 or hexadecimal says, or its spelling. */
function editEncoded(text: string, context: MutateContext): string {
  const { random } = context;
  const runs = [...text.matchAll(/[A-Za-z0-9+/_-]{4,}={0,2}/g)];
  if (runs.length === 0) return editCharacter(text, context);
  const run = random.pick(runs);
  const [found] = run;
  const end = run.index + found.length;
  const decoded = new Uint8Array(Buffer.from(found, "base64"));
  const inside = (): Uint8Array => mutateInside(decoded, context);
  const spelled = random.chance(10)
    ? random.pick([
        found.replace(/=+$/, ""),
        `${found}=`,
        found.replaceAll("+", "-"),
        `${found.slice(0, -1)}B`,
      ])
    : encodeBase64Url(decoded) === found && found.length % 4 !== 0
      ? encodeBase64Url(inside())
      : random.chance(text.includes(".") ? 50 : 90)
        ? encodeBase64(inside())
        : encodeBase64Url(inside());
  return text.slice(0, run.index) + spelled + text.slice(end);
}

function editCharacter(text: string, { random }: MutateContext): string {
  const at = random.below(text.length + 1);
  const count = random.chance(5) ? random.size(5_000) : 1;
  return text.slice(0, at) + random.pick(PIECES).repeat(count) + text.slice(at + random.below(2));
}

function editEnds(text: string, { random }: MutateContext): string {
  const piece = random.pick(PIECES);
  return random.pick([
    `${piece}${text}`,
    `${text}${piece}`,
    text.trimEnd(),
    `${text}\n`,
    text.slice(0, random.below(text.length + 1)),
  ]);
}

function anything(text: string, context: MutateContext): string {
  return Buffer.from(mutateBytes(utf8(text), context)).toString("utf8");
}
