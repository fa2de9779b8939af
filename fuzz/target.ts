// SPDX-License-Identifier: Apache-2.0
import { equalBytes, PARSE_CODES, ParseError } from "@countermark/formats";
import { REFUSAL_CODES, RefusedError, VERIFY_CODES, VerifyError } from "@countermark/verify";

export type Seeds = readonly Uint8Array[];

/** One function that reads bytes from outside, and what must hold of its answers. */
export interface Row<T> {
  readonly name: string;
  /** The function's own limit on its input. */
  readonly bytesMax: number;
  /** Good inputs, and bad ones that are nearly good. */
  readonly seeds: () => Seeds | Promise<Seeds>;
  /** The function under test: may throw only the three errors, with a code of theirs. */
  readonly read: (input: Uint8Array) => T | Promise<T>;
  /** What is true of everything that was accepted; throws otherwise. Nothing may be thrown that is not a finding. */
  readonly accepted: (value: T, input: Uint8Array) => void;
  /** What is true of everything that was refused. */
  readonly refused?: (code: string, input: Uint8Array) => void;
}

/** A row of the table, its own type forgotten. */
export interface Target {
  readonly name: string;
  readonly bytesMax: number;
  readonly seeds: () => Seeds | Promise<Seeds>;
  /** @throws Finding */
  readonly run: (input: Uint8Array) => Outcome | Promise<Outcome>;
}

export type Outcome =
  | { readonly kind: "accepted"; readonly value: unknown }
  | { readonly kind: "refused"; readonly code: string };

export type FindingKind = "crash" | "oracle" | "slow" | "hang" | "memory";

/** Something that must not be. Two findings of one target with the same `key` are the same. */
export class Finding extends Error {
  override readonly name = "Finding";
  readonly kind: FindingKind;
  readonly key: string;

  constructor(kind: FindingKind, key: string, message: string) {
    super(message);
    this.kind = kind;
    this.key = `${kind}: ${key}`;
  }
}

/** Errors quote what they found, shortened: their length does not depend on the input's. */
const MESSAGE_CHARS_MAX = 1_100;

export function row<T>({ name, bytesMax, seeds, read, accepted, refused }: Row<T>): Target {
  const accept = (value: T, input: Uint8Array): Outcome => {
    judged(() => accepted(value, input));
    return { kind: "accepted", value };
  };
  const refuse = (error: unknown, input: Uint8Array): Outcome => {
    const code = refusalCode(error);
    judged(() => refused?.(code, input));
    return { kind: "refused", code };
  };
  const run = (input: Uint8Array): Outcome | Promise<Outcome> => {
    let value: T | Promise<T>;
    try {
      value = read(input);
    } catch (error) {
      return refuse(error, input);
    }
    if (!(value instanceof Promise)) return accept(value, input);
    return value.then(
      (read) => accept(read, input),
      (error) => refuse(error, input),
    );
  };
  return { name, bytesMax, seeds, run };
}

/** Says no for an oracle. */
export function expect(holds: boolean, claim: string): void {
  if (!holds) throw new Finding("oracle", claim, `It does not hold that ${claim}`);
}

export function expectBytes(found: Uint8Array, wanted: Uint8Array, claim: string): void {
  if (equalBytes(found, wanted)) return;
  const [a, b] = [found, wanted].map((bytes) => Buffer.from(bytes).toString("latin1").slice(0, 300));
  throw new Finding(
    "oracle",
    claim,
    `It does not hold that ${claim}:\n  found  ${JSON.stringify(a)}\n  wanted ${JSON.stringify(b)}`,
  );
}

/** An oracle that throws says no, whatever it throws: it is given only what was accepted. */
function judged(oracle: () => void): void {
  try {
    oracle();
  } catch (error) {
    if (error instanceof Finding) throw error;
    throw new Finding("oracle", placeOf(error), `What was accepted cannot be used: ${describe(error)}`);
  }
}

/** The code of a refusal. @throws Finding for any other error */
function refusalCode(error: unknown): string {
  const codes = codesOf(error);
  // Only the three classes have codes; the cast reads the code that codesOf found the table for.
  const code = codes === null ? null : (error as ParseError | VerifyError | RefusedError).code;
  if (codes === null || code === null || !Object.hasOwn(codes, code)) {
    throw new Finding("crash", placeOf(error), `Neither accepted nor refused: ${describe(error)}`);
  }
  const { message } = error as Error; // one of the three
  expect(message.length <= MESSAGE_CHARS_MAX, `the message of ${code} is short`);
  expect(
    !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(message),
    `the message of ${code} has no control character`,
  );
  expect(message.isWellFormed(), `the message of ${code} is well-formed`);
  return code;
}

function codesOf(error: unknown): object | null {
  if (error instanceof ParseError) return PARSE_CODES;
  if (error instanceof VerifyError) return VERIFY_CODES;
  return error instanceof RefusedError ? REFUSAL_CODES : null;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).slice(0, 2_000) : String(error);
}

/** Name and place of an error: the first frame inside the project. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frame = error.stack?.split("\n").find((line) => /\/(?:packages|fuzz)\//.test(line)) ?? "";
  const place = /\/((?:packages|fuzz)\/[^:)]+:\d+)/.exec(frame)?.[1] ?? "";
  return `${error.name} at ${place}`;
}
