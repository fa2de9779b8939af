// SPDX-License-Identifier: Apache-2.0

/** How a request ended: answered, or without an answer. */
export type Outcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly text: string;
      readonly receipt: string | null;
    }
  | { readonly kind: "no-answer"; readonly why: string };

/** Longer than the index lets a request wait for its cosigners. */
const TIMEOUT_MS = 8_000;

/** One request and its whole answer. */
export async function ask(url: string, init: RequestInit): Promise<Outcome> {
  return await outcomeOf(() => fetchInTime(url, init));
}

/** How `send` ended; it never throws. */
export async function outcomeOf(send: () => Promise<Response>): Promise<Outcome> {
  try {
    const response = await send();
    const text = await response.text();
    return {
      kind: "answered",
      status: response.status,
      text,
      receipt: response.headers.get("countermark-receipt"),
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: "no-answer", why: String(cause) };
  }
}

/** The platform's `fetch`, with an end. */
export function fetchInTime(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
}

/** Whether a request ended in one of the ways that a client may meet in trouble: later, or no answer at all. */
export function isForLater(outcome: Outcome): boolean {
  return outcome.kind === "no-answer" || outcome.status >= 500;
}

/**
 * Whether the answer means that it is so now: done, or done before and asked again. A change whose answer was lost is found done by the rules
 * of the ledger, which refuse it for the state that it led to.
 */
export function isDone(outcome: Outcome): outcome is Extract<Outcome, { kind: "answered" }> {
  if (outcome.kind !== "answered") return false;
  return outcome.status === 200 || /"(wrong-state|same-status)"/.test(outcome.text);
}

/** For a finding. */
export function wordsOf(outcome: Outcome): string {
  return outcome.kind === "no-answer"
    ? outcome.why
    : `${outcome.status} ${outcome.text.trim().slice(0, 300)}`;
}
