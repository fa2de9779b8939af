// SPDX-License-Identifier: Apache-2.0

export type Tool = "pip" | "uv";

/** How a tool reads its arguments, as far as they name where packages come from. */
export type ToolOptions = {
  /** Long options by which it would fetch from somewhere else, or ignore what it is told through its environment. */
  readonly long: readonly string[];
  /** Long options whose value is a requirements file, with options of its own. */
  readonly files: readonly string[];
  readonly shortBypass: string;
  readonly shortFiles: string;
  /** Short options that take a value in every command of the tool; it may follow in the same word. */
  readonly shortWithValue: string;
  /** Whether it takes every beginning of a long option for the option. */
  readonly abbreviates: boolean;
};

export const OPTIONS: Readonly<Record<Tool, ToolOptions>> = {
  pip: {
    long: [
      "--index-url",
      "--pypi-url",
      "--extra-index-url",
      "--find-links",
      "--no-index",
      "--isolated",
      "--proxy",
      // By which it forgets that other traffic is to be refused.
      "--no-proxy-env",
      "--trusted-host",
      // What is in a cache was not seen by this run.
      "--cache-dir",
    ],
    files: ["--requirement", "--constraint", "--build-constraint"],
    shortBypass: "if",
    shortFiles: "rc",
    shortWithValue: "rcetC",
    abbreviates: true,
  },
  uv: {
    long: [
      "--index",
      "--default-index",
      "--index-url",
      "--extra-index-url",
      "--find-links",
      "--no-index",
      // An index of its own, whatever the others are.
      "--torch-backend",
      "--trusted-host",
      "--allow-insecure-host",
      "--config-file",
      "--cache-dir",
    ],
    files: [
      "--requirements",
      "--requirement",
      "--with-requirements",
      "--constraints",
      "--constraint",
      "--build-constraints",
      "--build-constraint",
      "--overrides",
      "--override",
      "--excludes",
    ],
    shortBypass: "if",
    shortFiles: "rcb",
    shortWithValue: "rcbtCpPwo",
    abbreviates: false,
  },
};
/** Below this, an option of pip is too short to be one of those. */
const ABBREVIATION_CHARS_MIN = 4;

/** Whether the tool would take `arg` for an option that goes round the proxy. */
export function isBypass(arg: string, options: ToolOptions): boolean {
  if (arg.startsWith("--")) return isLong(withoutValue(arg), options.long, options);
  if (!/^-[A-Za-z]/.test(arg)) return false;
  for (const letter of arg.slice(1)) {
    if (options.shortBypass.includes(letter)) return true;
    if (options.shortWithValue.includes(letter)) return false;
  }
  return false;
}

/** Whether the tool reads `name` as one of `wanted`, or might: what is ambiguous to pip is no option of it at all. */
function isLong(name: string, wanted: readonly string[], { abbreviates }: ToolOptions): boolean {
  if (!abbreviates) return wanted.includes(name);
  return name.length >= ABBREVIATION_CHARS_MIN && wanted.some((option) => option.startsWith(name));
}

/** An option without the value that is written in the same word. */
export function withoutValue(arg: string): string {
  const equals = arg.indexOf("=");
  return equals < 0 ? arg : arg.slice(0, equals);
}

/** The file that `-r FILE`, `-rFILE`, `-Ur FILE`, `--requirement=FILE`, `-c FILE` ... name; null when `arg` names none. */
export function requirementsFile(arg: string, next: string | undefined, options: ToolOptions): string | null {
  if (arg.startsWith("--")) {
    const name = withoutValue(arg);
    if (!isLong(name, options.files, options)) return null;
    return name === arg ? (next ?? null) : arg.slice(name.length + 1);
  }
  if (!/^-[A-Za-z]/.test(arg)) return null;
  for (const [i, letter] of [...arg.slice(1)].entries()) {
    // As clap does, uv takes `-r=FILE` too.
    if (options.shortFiles.includes(letter)) return arg.slice(i + 2).replace(/^=/, "") || (next ?? null);
    if (options.shortWithValue.includes(letter) || options.shortBypass.includes(letter)) return null;
  }
  return null;
}
