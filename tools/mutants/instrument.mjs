// SPDX-License-Identifier: Apache-2.0
// Every mutant of a source at once: each is behind a number, and none is active until its number is.

import { stripTypeScriptTypes } from "node:module";
import { parse } from "acorn";
import { childrenOf, isFunction, isReport, wordsOf } from "./context.mjs";
import { patternsOf } from "./patterns.mjs";
import { SWAPS } from "./runtime.mjs";

const TEXT_CHARS_MAX = 160;
const COMPARISONS = new Set(["===", "!==", "<", "<=", ">", ">="]);
const NEGATIONS = { "!": "not", "-": "negative", "~": "complement" };
const METHODS = { some: "every", every: "some", min: "max", max: "min" };
const STEPS = new Set(["filter", "toReversed", "reverse", "sort", "toSorted"]);
/** Functions whose arguments are checks of their own. */
const LISTS_OF_CHECKS = new Set(["firstFault"]);

/**
 * The instrumented source, and its mutants in the order of their numbers, which begin at `first`.
 *
 * @param path as it stands in the names of mutants.
 */
export function instrument(typescript, path, first) {
  const source = stripTypeScriptTypes(typescript);
  const program = parse(source, { ecmaVersion: "latest", sourceType: "module" });
  const writer = new Writer({ source, typescript, path, first, words: wordsOf(program) });
  return { code: writer.render(program), mutants: named(writer.mutants) };
}

/** Of mutants that would have the same name, which one it is. */
function named(mutants) {
  const seen = new Map();
  for (const mutant of mutants) {
    const name = JSON.stringify([mutant.function, mutant.operator, mutant.text]);
    mutant.ordinal = (seen.get(name) ?? 0) + 1;
    seen.set(name, mutant.ordinal);
  }
  return mutants;
}

class Writer {
  mutants = [];
  #scope = [];
  #in;

  constructor(given) {
    this.#in = given;
  }

  render(node) {
    if (this.#in.words.has(node)) return this.#in.source.slice(node.start, node.end);
    const name = nameOf(node, this.#scope.length);
    if (name !== null) this.#scope.push(name);
    const text = (RENDERERS[node.type] ?? plain)(node, this);
    if (name !== null) this.#scope.pop();
    return text;
  }

  /** The text of `node` with its children rendered, some of them by the caller. */
  inside(node, written = new Map()) {
    let text = "";
    let at = node.start;
    for (const child of childrenOf(node)) {
      text += this.#in.source.slice(at, child.start) + (written.get(child) ?? (() => this.render(child)))();
      at = child.end;
    }
    return text + this.#in.source.slice(at, node.end);
  }

  text(node) {
    return short(this.#in.typescript.slice(node.start, node.end));
  }

  /** Takes a number for a mutant of `node`. */
  number(node, operator, mutated) {
    const { path, first, typescript } = this.#in;
    this.mutants.push({
      id: first + this.mutants.length,
      file: path,
      line: typescript.slice(0, node.start).split("\n").length,
      function: this.#scope.join("."),
      operator,
      text: this.text(node),
      mutated: short(mutated),
    });
    return first + this.mutants.length - 1;
  }
}

function short(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > TEXT_CHARS_MAX ? `${line.slice(0, TEXT_CHARS_MAX)}...` : line;
}

/** What `node` gives its name to: functions, and the values of a module's tables. */
function nameOf(node, depth) {
  if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") return node.id?.name ?? null;
  if (node.type === "MethodDefinition") return node.key.name ?? null;
  if (node.type === "VariableDeclarator" && node.init !== null) {
    return (depth === 0 || isFunction(node.init)) && node.id.type === "Identifier" ? node.id.name : null;
  }
  if (node.type !== "Property" || node.computed || node.shorthand) return null;
  return node.key.name ?? String(node.key.value);
}

const plain = (node, writer) => writer.inside(node);

const deleted =
  (operator, body = plain) =>
  (node, writer) => {
    const id = writer.number(node, operator, "");
    return `{ if (!$m(${id})) ${body(node, writer)} }`;
  };

const RENDERERS = {
  ImportDeclaration: plain,
  ThrowStatement: deleted("throw deleted"),
  ContinueStatement: deleted("continue deleted"),
  BreakStatement: deleted("break deleted"),
  ExpressionStatement: statement,
  IfStatement: tested,
  ConditionalExpression: tested,
  WhileStatement: tested,
  DoWhileStatement: tested,
  ForStatement: tested,
  ForOfStatement: loop,
  SwitchCase: labelled,
  LogicalExpression: logical,
  BinaryExpression: binary,
  UnaryExpression: unary,
  Literal: literal,
  CallExpression: call,
  ArrayExpression: list,
  ObjectExpression: record,
};

function statement(node, writer) {
  const { expression } = node;
  if (node.directive !== undefined || isReport(expression)) return writer.inside(node);
  const called = expression.type === "AwaitExpression" ? expression.argument : expression;
  if (called.type === "CallExpression" || called.type === "YieldExpression")
    return deleted("call deleted")(node, writer);
  if (called.type === "AssignmentExpression" || called.type === "UpdateExpression") {
    return deleted("assignment deleted")(node, writer);
  }
  return writer.inside(node);
}

function tested(node, writer) {
  const { test } = node;
  if (test === null || test === undefined) return writer.inside(node);
  const id = writer.number(test, "condition true", "true");
  writer.number(test, "condition false", "false");
  return writer.inside(node, new Map([[test, () => `$m.condition(${id}, ${writer.render(test)})`]]));
}

function loop(node, writer) {
  if (node.await) return writer.inside(node);
  const { right } = node;
  const id = writer.number(right, "no item", "[]");
  writer.number(right, "first item left out", `${writer.text(right)}.slice(1)`);
  writer.number(right, "last item left out", `${writer.text(right)}.slice(0, -1)`);
  return writer.inside(node, new Map([[right, () => `$m.items(${id}, ${writer.render(right)})`]]));
}

function labelled(node, writer) {
  if (node.test?.type !== "Literal" || typeof node.test.value !== "string") return writer.inside(node);
  return writer.inside(node, new Map([[node.test, () => otherText(node.test, writer)]]));
}

function otherText(node, writer) {
  const id = writer.number(node, "another text", JSON.stringify(`${node.value}~`));
  return `($m(${id}) ? ${JSON.stringify(`${node.value}~`)} : ${JSON.stringify(node.value)})`;
}

/** `a && b` is `a ? b : a`, which lets each half be written once and every mutant of the whole be told apart. */
function logical(node, writer) {
  const { operator, left, right } = node;
  const swapped = operator === "&&" ? "||" : operator === "||" ? "&&" : null;
  const [a, b] = [writer.text(left), writer.text(right)];
  const swap =
    swapped === null ? null : writer.number(node, `${operator} to ${swapped}`, `${a} ${swapped} ${b}`);
  // A chain's own left half has its operands dropped one by one.
  const isChain = left.type === "LogicalExpression" && left.operator === operator;
  const noLeft = isChain ? null : writer.number(node, "left operand dropped", b);
  const noRight = writer.number(node, "right operand dropped", a);
  const first = writer.render(left);
  const second = writer.render(right);
  const neutral = operator === "&&" ? "true" : operator === "||" ? "false" : "null";
  const leftText = noLeft === null ? `(${first})` : `($m(${noLeft}) ? ${neutral} : (${first}))`;
  if (operator === "??") {
    return `(($m.left = ${leftText}) ?? ($m(${noRight}) ? $m.left : (${second})))`;
  }
  const decides = `($m.left = ${leftText}, $m(${swap}) ? !$m.left : $m.left)`;
  const rightText = `($m(${noRight}) ? ${neutral} : (${second}))`;
  return operator === "&&"
    ? `(${decides} ? ${rightText} : $m.left)`
    : `(${decides} ? $m.left : ${rightText})`;
}

function binary(node, writer) {
  const { operator, left, right } = node;
  if (operator === "in" || operator === "instanceof") {
    const id = writer.number(node, "inverted", `!(${writer.text(node)})`);
    return `$m.inverted(${id}, ${writer.inside(node)})`;
  }
  const swaps = SWAPS[operator];
  const isText = [left, right].some(
    (side) => side.type === "TemplateLiteral" || typeof side.value === "string",
  );
  if (swaps === undefined || (operator === "+" && isText)) return writer.inside(node);
  const [a, b] = [writer.text(left), writer.text(right)];
  const [id] = swaps.map((other) => writer.number(node, `${operator} to ${other}`, `${a} ${other} ${b}`));
  const side = (operand) =>
    COMPARISONS.has(operator) && typeof operand.value === "string" && operand.type === "Literal"
      ? otherText(operand, writer)
      : writer.render(operand);
  return `$m.binary(${id}, "${operator}", ${side(left)}, ${side(right)})`;
}

function unary(node, writer) {
  const helper = NEGATIONS[node.operator];
  if (helper === undefined) return writer.inside(node);
  const id = writer.number(node, `${node.operator} dropped`, writer.text(node.argument));
  return `$m.${helper}(${id}, ${writer.render(node.argument)})`;
}

function literal(node, writer) {
  if (typeof node.value === "boolean") {
    const id = writer.number(node, "boolean swapped", String(!node.value));
    return `($m(${id}) ? ${!node.value} : ${node.value})`;
  }
  if (typeof node.value === "number") {
    const id = writer.number(node, "number + 1", String(node.value + 1));
    writer.number(node, "number - 1", String(node.value - 1));
    return `$m.number(${id}, ${node.raw})`;
  }
  if (node.regex === undefined) return node.raw;
  let text = node.raw;
  for (const { operator, pattern } of patternsOf(node.regex.pattern)) {
    const mutated = `/${pattern}/${node.regex.flags}`;
    text = `$m(${writer.number(node, operator, mutated)}) ? ${mutated} : ${text}`;
  }
  return `(${text})`;
}

function call(node, writer) {
  const { callee } = node;
  if (LISTS_OF_CHECKS.has(callee.name)) return checks(node, writer);
  if (callee.type !== "MemberExpression" || callee.computed) return writer.inside(node);
  const { name } = callee.property;
  if (Object.hasOwn(METHODS, name)) {
    const other = METHODS[name];
    const id = writer.number(
      node,
      `${name} to ${other}`,
      writer.text(node).replace(`.${name}(`, `.${other}(`),
    );
    const method = `[$m(${id}) ? "${other}" : "${name}"]`;
    const text = () => `${writer.render(callee.object)}${callee.optional ? "?." : ""}${method}`;
    return writer.inside(node, new Map([[callee, text]]));
  }
  if (STEPS.has(name) && !callee.optional && !node.optional) {
    const id = writer.number(node, `${name} left out`, writer.text(callee.object));
    const rest = node.arguments.map((argument) => writer.render(argument)).join(", ");
    return `$m.step(${id}, "${name}", ${[writer.render(callee.object), rest].filter(Boolean).join(", ")})`;
  }
  return writer.inside(node);
}

function checks(node, writer) {
  const written = node.arguments.map((argument) => [
    argument,
    () => {
      const id = writer.number(argument, "check deleted", "");
      return `...($m(${id}) ? [] : [${argument.type === "ArrayExpression" ? writer.inside(argument) : writer.render(argument)}])`;
    },
  ]);
  return writer.inside(node, new Map(written));
}

function list(node, writer) {
  const written = node.elements
    .filter((element) => element !== null)
    .map((element) => [
      element,
      () => {
        const id = writer.number(element, "element left out", "");
        const text = writer.render(element);
        return `...($m(${id}) ? [] : [${text}])`;
      },
    ]);
  return writer.inside(node, new Map(written));
}

/** In an object that is another one changed, each change. */
function record(node, writer) {
  if (!node.properties.some((property) => property.type === "SpreadElement")) return writer.inside(node);
  const written = node.properties
    .filter((property) => property.type === "Property")
    .map((property) => [
      property,
      () => {
        const id = writer.number(property, "change left out", "");
        return `...($m(${id}) ? {} : { ${writer.render(property)} })`;
      },
    ]);
  return writer.inside(node, new Map(written));
}
