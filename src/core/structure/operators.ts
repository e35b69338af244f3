import { badFile } from '../errors.ts';
import type { Operator } from './types.ts';

/** Copies one assembly may ask for; the largest in the PDB have some 5000. */
export const MOST_OPERATORS = 20_000;

const ACCEPTED = `up to ${MOST_OPERATORS} operators, each a rotation and a shift that the file lists; or --assembly none for the atoms as they are`;

/** @throws AppError 'bad-file' when the numbers are no rotation and shift. */
export function checkOperator(operator: Operator, id: string, name: string): Operator {
  const whole = operator.length === 12 && operator.every((v) => Math.abs(v) <= 1e6);
  if (!whole || !isRotation(operator)) {
    throw badFile(name, `operator ${id} of the assembly is not a rotation and a shift`, ACCEPTED);
  }
  return operator;
}

/** Rows of unit length at right angles, within what three decimals leave. */
function isRotation(m: Operator): boolean {
  const dot = (a: number, b: number) => m[a] * m[b] + m[a + 1] * m[b + 1] + m[a + 2] * m[b + 2];
  return [0, 4, 8].every((a) =>
    [0, 4, 8].every((b) => Math.abs(dot(a, b) - (a === b ? 1 : 0)) < 0.05),
  );
}

/**
 * Expands `1`, `1,2`, `(1-60)` and products such as `(X0)(1-60)`, of which the last acts first. How
 * many there will be is checked before any is made.
 *
 * @throws AppError 'bad-file' for an operator that is not listed, or too many.
 */
export function expandOperators(
  expression: string,
  listed: ReadonlyMap<string, Operator>,
  name: string,
): Operator[] {
  const groups = (
    expression.includes('(')
      ? [...expression.matchAll(/\(([^)]*)\)/g)].map((match) => match[1] as string)
      : [expression]
  ).map((group) =>
    group
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
  const counts = groups.map((group) => group.reduce((sum, part) => sum + lengthOf(part), 0));
  const total = counts.reduce((product, count) => product * count, 1);
  if (groups.length === 0 || total === 0) {
    throw badFile(name, `the assembly's operators "${shorten(expression)}" name none`, ACCEPTED);
  }
  if (!(total <= MOST_OPERATORS)) {
    const times = total < 1e15 ? String(total) : 'far too many';
    throw badFile(name, `the assembly "${shorten(expression)}" has ${times} operators`, ACCEPTED);
  }
  return groups
    .map((group) => group.flatMap(membersOf).map((id) => find(id, listed, name)))
    .reduce((product, members) => product.flatMap((a) => members.map((b) => compose(a, b))));
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 37)}...` : line;
}

function find(id: string, listed: ReadonlyMap<string, Operator>, name: string): Operator {
  const operator = listed.get(id);
  if (operator) return checkOperator(operator, id, name);
  throw badFile(name, `operator ${id} of the assembly is not in the file`, ACCEPTED);
}

function ends(part: string): readonly [number, number] | null {
  const match = /^(\d+)\s*-\s*(\d+)$/.exec(part);
  return match && [Number(match[1]), Number(match[2])];
}

function lengthOf(part: string): number {
  const range = ends(part);
  return range ? Math.max(0, range[1] - range[0] + 1) : 1;
}

function membersOf(part: string): string[] {
  const range = ends(part);
  if (!range) return [part];
  return Array.from({ length: lengthOf(part) }, (_, i) => String(range[0] + i));
}

/** `a` after `b`. */
function compose(a: Operator, b: Operator): Operator {
  return Array.from({ length: 12 }, (_, i) => {
    const row = 4 * Math.floor(i / 4);
    const c = i % 4;
    const sum = a[row] * b[c] + a[row + 1] * b[4 + c] + a[row + 2] * b[8 + c];
    return c === 3 ? sum + a[row + 3] : sum;
  });
}
