// SPDX-License-Identifier: Apache-2.0

const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?[:=!]|\(\?<[=!]|\{[0-9,]+\}\??|[*+?]\??|[\s\S]/g;

/** What a regular expression becomes: an anchor less, another quantifier, a class inverted, a literal's escape aside. */
export function patternsOf(pattern) {
  const tokens = pattern.match(TOKEN) ?? [];
  const found = [];
  const swap = (i, operator, other) => found.push({ operator, pattern: tokens.with(i, other).join("") });
  for (const [i, token] of tokens.entries()) {
    if (token === "^" || token === "$") swap(i, `anchor ${token} dropped`, "");
    else if (token === "*") swap(i, "* to +", "+");
    else if (token === "+") swap(i, "+ to *", "*");
    else if (token === "?") swap(i, "? dropped", "");
    else if (/^\{[0-9,]+\}$/.test(token)) swap(i, "quantifier to *", "*");
    else if (token.startsWith("[^")) swap(i, "class inverted", `[${token.slice(2)}`);
    else if (token.startsWith("[")) swap(i, "class inverted", `[^${token.slice(1)}`);
  }
  return found;
}
