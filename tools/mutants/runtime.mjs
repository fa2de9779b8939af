// SPDX-License-Identifier: Apache-2.0
// What instrumented code calls, as the global `$m`. Every mutant is a number; one at a time is active. Each helper takes the number of its
// first mutant, and the others follow it.

/** Which mutant is active, which were reached, and how many steps are left before a run is taken for a hang. */
export const state = { active: -1, reached: null, steps: 0, stepsMax: Number.POSITIVE_INFINITY };

/** Thrown out of a loop that does not end. */
class TooManySteps extends Error {
  name = "TooManySteps";
}

function isActive(id) {
  if (++state.steps > state.stepsMax) throw new TooManySteps("the mutant does not end");
  if (state.reached !== null) state.reached.add(id);
  return state.active === id;
}

const APPLY = {
  "===": (a, b) => a === b,
  "!==": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << b,
  ">>": (a, b) => a >> b,
  ">>>": (a, b) => a >>> b,
  in: (a, b) => a in b,
  instanceof: (a, b) => a instanceof b,
};

/** What becomes of an operator of two operands, in the order of their numbers. */
export const SWAPS = {
  "===": ["!=="],
  "!==": ["==="],
  "<": [">=", "<="],
  "<=": [">", "<"],
  ">": ["<=", ">="],
  ">=": ["<", ">"],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "&": ["|"],
  "|": ["&"],
  "^": ["|"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": ["<<"],
};

export const helpers = Object.assign(isActive, {
  /** The operand of `&&`, `||` or `??` that decided, between its two halves. */
  left: undefined,
  /** A condition: always true, always false. */
  condition(id, value) {
    if (isActive(id)) return true;
    return isActive(id + 1) ? false : value;
  },
  binary(id, operator, a, b) {
    for (const [i, other] of SWAPS[operator].entries()) if (isActive(id + i)) return APPLY[other](a, b);
    return APPLY[operator](a, b);
  },
  /** `!(a instanceof b)` and the like. */
  inverted: (id, value) => (isActive(id) ? !value : value),
  not: (id, value) => (isActive(id) ? value : !value),
  negative: (id, value) => (isActive(id) ? value : -value),
  complement: (id, value) => (isActive(id) ? value : ~value),
  number(id, value) {
    if (isActive(id)) return value + 1;
    return isActive(id + 1) ? value - 1 : value;
  },
  /** A method that gives the object changed, or the object itself. */
  step: (id, name, object, ...given) => (isActive(id) ? object : object[name](...given)),
  /** What a loop goes over: nothing, all but the first, all but the last. */
  items(id, values) {
    if (isActive(id)) return [];
    if (isActive(id + 1)) return [...values].slice(1);
    return isActive(id + 2) ? [...values].slice(0, -1) : values;
  },
});

globalThis.$m = helpers;
