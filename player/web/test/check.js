// Comparing, with a sentence when it fails.

import { isDeepStrictEqual } from 'node:util';

export function equal(what, got, want) {
  if (!isDeepStrictEqual(got, want)) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

export function near(what, got, want, tolerance) {
  if (!(Math.abs(got - want) <= tolerance)) throw new Error(`${what}: got ${got}, want ${want} ± ${tolerance}`);
}

export function holds(what, condition) {
  if (!condition) throw new Error(what);
}
