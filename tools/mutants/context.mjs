// SPDX-License-Identifier: Apache-2.0
// What in a source is only words: the text of errors, and what is made for it alone.

/** Calls that say what was done and decide nothing. */
const REPORTS = new Set(["trace", "report"]);

/** The child nodes of `node`, in the order in which they stand. Names of members and what types leave behind are none. */
export function childrenOf(node) {
  const children = [];
  for (const [key, value] of Object.entries(node)) {
    if (isName(node, key)) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item?.type === "string") children.push(item);
    }
  }
  return children.sort((a, b) => a.start - b.start);
}

function isName(node, key) {
  if (node.type === "ImportSpecifier" || node.type === "ExportSpecifier") return true;
  if (key === "property") return node.type === "MemberExpression" && !node.computed;
  if (key !== "key") return key === "source" || key === "label" || key === "meta";
  return !node.computed || node.shorthand === true;
}

export function walk(node, visit) {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

/** Whether a call only reports: `trace(...)`, `trace.step(...)`, `ports.report(...)`. */
export function isReport(node) {
  const call = node.type === "AwaitExpression" ? node.argument : node;
  if (call.type !== "CallExpression" && call.type !== "ChainExpression") return false;
  for (let callee = call.expression?.callee ?? call.callee; callee !== undefined; callee = callee.object) {
    if (REPORTS.has(callee.type === "MemberExpression" ? callee.property.name : callee.name)) return true;
  }
  return false;
}

/** Whether a `new` expression makes an error. */
export function isError(node) {
  return (
    node.type === "NewExpression" && node.callee.type === "Identifier" && node.callee.name.endsWith("Error")
  );
}

/** The nodes that are only words, with all that is in them. */
export function wordsOf(program) {
  const words = new Set();
  const add = (node) => walk(node, (inner) => words.add(inner));
  walk(program, (node) => {
    if (node.type === "ThrowStatement") add(node.argument);
    else if (isReport(node)) add(node);
    else if (isError(node)) for (const argument of node.arguments) add(argument);
  });
  walk(program, (node) => {
    if (isFunction(node)) for (const made of madeForWords(node.body, words)) add(made);
  });
  return words;
}

export function isFunction(node) {
  return ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"].includes(node.type);
}

/** The values of constants of a function that nothing but words use. */
function madeForWords(body, words) {
  const constants = new Map();
  const uses = new Map();
  walk(body, (node) => {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.init !== null) {
      constants.set(node.id.name, node);
    }
    if (node.type === "Identifier") uses.set(node.name, [...(uses.get(node.name) ?? []), node]);
  });
  const made = [];
  for (const [name, { id, init }] of constants) {
    const used = (uses.get(name) ?? []).filter((use) => use !== id);
    if (used.length > 0 && used.every((use) => words.has(use))) made.push(init);
  }
  return made;
}
