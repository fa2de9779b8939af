// SPDX-License-Identifier: Apache-2.0

/** What goes into an element: text stays text, so nothing that a stranger wrote is ever markup. */
export type Content = string | Node | null | readonly Content[];

/** One element with a class (or none) and content. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string | null,
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== null) made.className = className;
  append(made, content);
  return made;
}

/** A link to a path of this index. Anything else becomes text: a stranger's URL is not made clickable. */
export function link(path: string, ...content: readonly Content[]): HTMLElement {
  if (!path.startsWith("/") || path.startsWith("//")) return element("span", null, ...content);
  const anchor = element("a", null, ...content);
  anchor.href = path;
  return anchor;
}

/** A list of facts: name, value. Rows without a value are left out. */
export function facts(rows: readonly (readonly [string, Content])[]): HTMLElement {
  const list = element("dl", null);
  for (const [name, value] of rows) {
    if (value !== null) list.append(element("dt", null, name), element("dd", null, value));
  }
  return list;
}

/** A statement of evidence: one word, then a sentence. The colour repeats what the word says. */
export function card(
  tone: "good" | "warn" | "bad" | "plain",
  word: string,
  ...content: readonly Content[]
): HTMLElement {
  return element("section", `card ${tone}`, element("p", "word", word), ...content);
}

function append(parent: HTMLElement, content: readonly Content[]): void {
  for (const part of content) {
    if (part === null) continue;
    if (Array.isArray(part))
      append(parent, part as readonly Content[]); // the union's only array
    else parent.append(part as string | Node); // what is left of the union
  }
}
