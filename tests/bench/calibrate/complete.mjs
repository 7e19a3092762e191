// Checks that the cases are complete: every function that a script can call, and every instruction of Lua.

import { Cu } from '../../../host-js/index.js';
import { CASES, subject } from './cases.mjs';

/** In the order of their numbers. */
const OPCODES = `MOVE LOADI LOADF LOADK LOADKX LOADFALSE LFALSESKIP LOADTRUE LOADNIL GETUPVAL SETUPVAL GETTABUP GETTABLE GETI
  GETFIELD SETTABUP SETTABLE SETI SETFIELD NEWTABLE SELF ADDI ADDK SUBK MULK MODK POWK DIVK IDIVK BANDK BORK BXORK SHRI SHLI
  ADD SUB MUL MOD POW DIV IDIV BAND BOR BXOR SHL SHR MMBIN MMBINI MMBINK UNM BNOT NOT LEN CONCAT CLOSE TBC JMP EQ LT LE EQK
  EQI LTI LEI GTI GEI TEST TESTSET CALL TAILCALL RETURN RETURN0 RETURN1 FORLOOP FORPREP TFORPREP TFORCALL TFORLOOP SETLIST
  CLOSURE VARARG VARARGPREP EXTRAARG`.trim().split(/\s+/);

/** Instructions that no case can contain, and why. */
const LEFT_OUT = new Map([
  ['LOADKX', 'needs 131,072 constants, which memory does not hold'],
]);

const FIND_FUNCTIONS = `
  local names, seen = {}, { [package.preload] = true }
  local function walk(table, path)
    if seen[table] then return end
    seen[table] = true
    for key, value in next, table do
      if type(value) == "function" then names[#names + 1] = path .. key
      elseif type(value) == "table" and value ~= _G then walk(value, path .. key .. ".") end
    end
  end
  local bigint = require("bigint")
  local loaded = package.loaded
  seen[package], seen[loaded] = true, true
  for name, library in next, loaded do if library ~= _G then walk(library, name .. ".") end end
  walk(_G, "")
  table.sort(names)
  return table.concat(names, " ")`;

/** Every function reachable from the globals and the loaded libraries, by name. */
async function livingFunctions(module) {
  const { value } = (await Cu.create({ module })).compute(FIND_FUNCTIONS);
  return value.split(' ');
}

/** Reads a stripped chunk and collects its opcodes. */
class Chunk {
  #bytes;
  #at = 31 + 1;

  constructor(bytes, found) {
    this.#bytes = bytes;
    this.#function(found);
  }

  #byte() {
    if (this.#at >= this.#bytes.length) throw new Error(`it ends at byte ${this.#bytes.length}, within a function`);
    return this.#bytes[this.#at++];
  }

  #number() {
    for (let number = 0; ;) {
      const byte = this.#byte();
      number = number * 128 + (byte & 127);
      if (byte & 128) return number;
    }
  }

  #skip(length) {
    this.#at += length;
  }

  #text() {
    const size = this.#number();
    if (size > 0) this.#at += size - 1;
  }

  #constant() {
    const type = this.#byte();
    if (type === 0x13 || type === 0x03) this.#at += 8;
    else if (type === 0x04 || type === 0x14) this.#text();
  }

  #function(found) {
    this.#text();
    this.#number();
    this.#number();
    this.#at += 3;
    for (let left = this.#number(); left > 0; left -= 1, this.#at += 4) found.add(OPCODES[this.#bytes[this.#at] & 127]);
    for (let left = this.#number(); left > 0; left -= 1) this.#constant();
    this.#skip(3 * this.#number());
    for (let left = this.#number(); left > 0; left -= 1) this.#function(found);
    this.#skip(this.#number());
    for (let left = this.#number(); left > 0; left -= 1) this.#number(this.#number());
    for (let left = this.#number(); left > 0; left -= 1) this.#number(this.#number(this.#text()));
    for (let left = this.#number(); left > 0; left -= 1) this.#text();
  }
}

async function instructionsOfCases(module) {
  const found = new Set();
  for (const { name, code } of CASES) {
    const cu = await Cu.create({ module });
    const level = '='.repeat(8);
    const { value } = cu.compute(`local dump = string.dump(assert(load([${level}[\n${code}]${level}])), true)
      return (dump:gsub(".", function(c) return ("%02x"):format(c:byte()) end))`);
    try {
      new Chunk(Buffer.from(value, 'hex'), found);
    } catch (error) {
      throw new Error(`the bytecode of the case '${name}' cannot be read: ${error.message}`);
    }
  }
  return found;
}

/** The missing functions and instructions, one in a line. */
export async function gaps(module) {
  const covered = new Set(CASES.map(subject));
  const functions = await livingFunctions(module);
  const instructions = await instructionsOfCases(module);
  return [
    ...functions.filter((name) => !covered.has(name)).map((name) => `no case for the function ${name}`),
    ...OPCODES.filter((name) => !instructions.has(name) && !LEFT_OUT.has(name)).map((name) => `no case with the instruction ${name}`),
  ];
}

export { livingFunctions };
