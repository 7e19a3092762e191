/** Values of exact results as programs have them who did not ask for those: a float is a number, also 3.0. */

import { CuBigInteger, CuFloat } from '../../host-js/values.js';

export function plainValue(value) {
  if (value instanceof CuFloat || value instanceof CuBigInteger) return value.value;
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [plainValue(key), plainValue(item)]));
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)])) : value;
}
