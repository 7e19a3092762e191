// Random programs that run for ever: definitions, then a loop with calls and operators on the defined values.
//
// A program is a list of definitions and a list of statements, so that it can be minimised piece by piece.

import { chance, definition, number, pick, text } from './values.mjs';

const NAMES = ['a', 'b', 'c', 'd'];
const OPERATORS = ['+', '-', '*', '/', '%', '//', '^', '&', '|', '~', '<<', '>>', '..', '==', '<', '<=', 'and', 'or'];
const GC = ['"collect"', '"step"', '"step", 1', '"step", 1000000', '"step", -1', '"restart"', '"stop"', '"generational"', '"incremental"', '"setpause", 0', '"setpause", 1000',
  '"setstepmul", 1000', '"setstepmul", 0', '"incremental", 1, 1000, 1', '"incremental", 1000, 1, 30', '"generational", 1, 1', '"generational", 100, 1000', '"count"'];
const FORMATS = ['"%s"', '"%.1s"', '"%5s"', '"%q"', '"%d"', '"%.99f"', '"%.99g"', '"%.99e"', '"%a"', '"%99.99f"', '"%x"', '"%c"', '"%s%y"', '"%g %g"'];
const PACKS = ['"z"', '"s1"', '"s4"', '"c400000"', '"c1800000"', '"c400000i"', '"i16"', '"!16 i8 b"', '"z i"', '"<d>j"', '"Xi"', '"j"', '"s4i"'];
const PATTERNS = ['".-x"', '"(.-)%1y"', '"[^%w]"', '"%b()"', '"%f[y]"', '".-.-.-y"', '"^(x+)%1$"', '"()()()"', '"x*x*x*y"', '"[a-z%d%p]*?"', '""', '"."', '"%s*$"'];
const OPTIONS = ['"Slnrtu"', '"L"', '"n"', '"S"', '"l"'];
const PLURAL = ['(table.unpack(c, 1, 3))', 'table.unpack(c, 1, 2000)'];

/** Functions with the shapes of arguments that get past their first check; A is any value, N a number. */
const CALLS = {
  'string.format': () => [FORMATS, ['A', 'N']],
  'string.pack': () => [PACKS, ['A', '""', 'N'], ['A', 'N']],
  'string.unpack': () => [PACKS, ['A']],
  'string.packsize': () => [[...PACKS, 'A']],
  'string.find': () => [['A', 'T'], [...PATTERNS, 'A'], ['N', '1'], ['true', 'false']],
  'string.match': () => [['A', 'T'], [...PATTERNS, 'A']],
  'string.gsub': () => [['A', 'T'], [...PATTERNS, 'A'], ['A', '"%0%1"', '"y"', 'string.upper', '{}']],
  'string.gmatch': () => [['A', 'T'], [...PATTERNS, 'A']],
  'string.rep': () => [['A', '"x"'], ['N', '100000', '1000000'], ['""', 'A']],
  'string.byte': () => [['A'], ['1', 'N'], ['-1', '5000', 'N']],
  'string.sub': () => [['A'], ['N', '2'], ['N', '-1']],
  'table.concat': () => [['A'], ['A', '","']],
  'table.move': () => [['A'], ['1', 'N'], ['N', '5000'], ['N', '2'], ['A']],
  'table.insert': () => [['A'], ['1', 'N'], ['A']],
  'table.unpack': () => [['A'], ['1', 'N'], ['2000', 'N']],
  'table.sort': () => [['A'], ['nil', 'function(x, y) return true end', 'A']],
  'utf8.len': () => [['A'], ['1'], ['-1', 'N'], ['false', 'true']],
  'utf8.codepoint': () => [['A'], ['1', 'N'], ['5000', '-1']],
  'utf8.offset': () => [['A'], ['N', '0'], ['N', '1']],
  'debug.getinfo': () => [['1', 'A', 'N', '0'], [...OPTIONS, 'A']],
  'debug.traceback': () => [['A', '""'], ['1', 'N']],
  'tonumber': () => [['A'], ['nil', '10', '36', '2']],
  'load': () => [['A', 'S'], ['A', '"x"'], ['A', '"t"']],
  'os.date': () => [['A', '"!%c"', '"*t"'], ['N', '0']],
  'select': () => [['N', '-1', '"#"'], ['table.unpack(c, 1, 2000)', 'A']],
  'next': () => [['A'], ['A', '1', 'nil']],
  'ext.drop': () => [['A']],
  'ext.batch': () => [['{ { "set", _home, 1, c } }', '{ { "get", c, 1 } }', 'A', 'T'], ['nil', '{ atomic = false }', '{ timeout = 1 }']],
  'ext.feed': () => [['_home', 'A'], ['true', 'false', 'nil', '{ values = true, count = 2 }', '{ age = 1 }', 'A']],
  'ext.changes': () => [['_home', 'A'], ['nil', 'N'], ['nil', 'N']],
  'ext.migrate': () => [['_home', 'A'], ['N'], ['function(t) t.x = 1 end', '{ error, print }', 'A'], ['nil', '{ dry = true }', 'A']],
  'ext.transaction': () => [['function(...) return ... end', 'function(x) _home.x = x error(x) end', 'error', 'next', 'A'], ['A'], ['N']],
  'ext.count': () => [['A'], ['nil', '{ [""] = { ">", 1 } }', '{ a = { "matches", ".-b" } }']],
  'ext.query': () => [['A'], ['nil', '{ order = "" }', '{ group = "", count = true }', 'A']],
};

/** An argument of one of the given shapes. */
function argument(random, shapes, names) {
  const shape = pick(random, shapes);
  if (shape === 'A') return chance(random, 8) ? number(random) : pick(random, names);
  if (shape === 'N') return chance(random, 4) ? pick(random, names) : number(random);
  if (shape === 'T') return text(random);
  if (shape === 'S') return pick(random, ['"return 1"', '"x = {}"', 'function() return " " end', 'function() return nil end']);
  return shape;
}

function call(random, functions, names) {
  const name = chance(random, 2) ? pick(random, Object.keys(CALLS)) : pick(random, functions);
  const path = name.startsWith('bigint.') ? `require("bigint")${name.slice(6)}` : name;
  if (name === 'collectgarbage') return `collectgarbage(${pick(random, GC)})`;
  const shapes = CALLS[name]?.() ?? Array.from({ length: 1 + random(3) }, () => ['A', 'A', 'N']);
  const some = shapes.slice(0, Math.max(1, shapes.length - random(2)));
  const list = some.map((shape) => argument(random, shape, names)).join(', ');
  const more = chance(random, 20) ? `, ${pick(random, PLURAL).replaceAll('c', pick(random, names))}` : '';
  return `pcall(${path}, ${list}${more})`;
}

const FORMS = [
  (x, y, op) => `pcall(function() return ${x} ${op} ${y} end)`,
  (x, y, op) => `pcall(function() return ${x} ${op} ${x} end)`,
  (x) => `pcall(function() return -${x}, #${x} end)`,
  (x) => `pcall(function() return #${x} end)`,
  (x, y) => `pcall(function() return ${x}[${y}] end)`,
  (x, y) => `pcall(function() ${x}[${y}] = 1 ${x}[${y}] = nil end)`,
  (x) => `pcall(function() for k in pairs(${x}) do end end)`,
  (x) => `pcall(function() for k in pairs(${x}) do break end end)`,
  (x) => `pcall(${x})`,
  (x, y) => `pcall(${x}, ${y})`,
  (x, y) => `pcall(function() _home.x = ${x} return _home.x, _home[${y}] end)`,
  (x) => `pcall(function() return _home[${x}] end)`,
  (x) => `pcall(function() _home.t = ${x} end)`,
  (x) => `pcall(function() _home.f = function() return ${x} end _home.f() end)`,
  (x) => `pcall(function() local y <close> = ${x} end)`,
  (x) => `pcall(coroutine.wrap(function(v) coroutine.yield(v) end), ${x})`,
  (x) => `pcall(coroutine.resume, ${x}, ${x})`,
  (x) => `pcall(setmetatable, {}, { __gc = ${x}, __mode = ${x}, __index = ${x} })`,
  (x, y) => `pcall(setmetatable({}, { __call = ${x}, __index = ${y} }), ${y})`,
  (x) => `pcall(function() return ${x}.x.y end)`,
  (x) => `pcall(function() return ${x} .. "", ${x} .. ${x} end)`,
  () => 'local t = {}',
  () => 'local t = { {}, { 1, 2 }, x = 1 } t = function() return t end',
  (x) => `local t = setmetatable({}, { __gc = function() end }) t = ${x}`,
];

/** A program: `{ definitions, statements }`. */
export function program(random, functions) {
  const names = NAMES.slice(0, 1 + random(NAMES.length));
  const definitions = names.map((name) => definition(random, name));
  if (chance(random, 6)) definitions.push(`collectgarbage(${pick(random, GC)})`);
  const statements = Array.from({ length: 1 + random(3) }, () => {
    if (chance(random, 10)) return `collectgarbage(${pick(random, GC)})`;
    if (chance(random, 3)) return pick(random, FORMS)(pick(random, names), pick(random, names), pick(random, OPERATORS));
    return call(random, functions, names);
  });
  return { definitions, statements };
}

export function write({ definitions, statements }) {
  return `${definitions.join('\n')}\nwhile true do\n  ${statements.join('\n  ')}\nend\n`;
}
