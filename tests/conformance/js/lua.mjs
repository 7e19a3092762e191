/**
 * Values as Lua expressions, for people who read the kit.
 */

import { decodeAll } from '../../../host-js/codec.js';
import { CuBigInteger, CuFloat, ExternalTable, LibraryFunction, LuaFunction } from '../../../host-js/values.js';

const MOST = 140;

/** The expression of encoded values; undefined where that would be long. */
export function expressionOf(bytes) {
  if (bytes.length > 400 || bytes.length === 0) return undefined;
  const text = decodeAll(bytes, { exact: true }).map(expression).join(', ');
  return text.length > MOST ? undefined : text;
}

function expression(value) {
  if (value === null) return 'nil';
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Uint8Array) return `"${Array.from(value, (byte) => letter(byte, String.fromCharCode(byte))).join('')}"`;
  if (value instanceof CuFloat) return float(value.value);
  if (value instanceof CuBigInteger) return `bigint.new("${value.value}")`;
  if (value instanceof ExternalTable) return `table ${value.id}`;
  if (value instanceof LuaFunction) return `function ${value.id}`;
  if (value instanceof LibraryFunction) return value.name;
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `{${value.map(expression).join(', ')}}`;
  const pairs = value instanceof Map ? [...value] : Object.entries(value);
  return `{${pairs.map(([key, each]) => `${name(key)} = ${expression(each)}`).join(', ')}}`;
}

const name = (key) => (typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key) ? key : `[${expression(key)}]`);

const quoted = (text) => `"${[...text].map((each) => letter(each.codePointAt(0), each)).join('')}"`;

function letter(code, itself) {
  if (itself === '"' || itself === '\\') return `\\${itself}`;
  if (itself === '\n') return '\\n';
  return code < 32 || code > 126 ? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : itself) : itself;
}

function float(number) {
  if (number !== number) return '0/0';
  if (Math.abs(number) === Infinity) return number > 0 ? 'math.huge' : '-math.huge';
  const text = Object.is(number, -0) ? '-0' : String(number);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
