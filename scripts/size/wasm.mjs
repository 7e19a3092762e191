// What a module consists of: its sections, functions and segments of data, with their places in the file.
//
// Invariant: every `bytes` is a length in the file, so that the parts add up to its size.

const SECTIONS = [
  'custom', 'types', 'imports', 'functions', 'tables', 'memories', 'globals', 'exports', 'start', 'elements', 'code', 'data',
];
const FUNCTION_NAMES = 1;

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** An unsigned LEB128 number. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** A signed LEB128 number of 32 bits. */
  signed() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 25 && byte & 0x40 ? value | (-1 << (shift + 7)) : value;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }
}

/** Sections in the order of the file. `bytes` includes the header; the content begins at `at`. Custom ones have a `name`. */
export function sections(bytes) {
  const found = [];
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const start = reader.at;
    const kind = SECTIONS[reader.byte()];
    const length = reader.number();
    const end = reader.at + length;
    const section = { kind, at: reader.at, bytes: end - start, end };
    if (kind === 'custom') section.name = reader.text();
    found.push(section);
    reader.at = end;
  }
  return found;
}

/** Sizes of the functions that the module defines, in order. */
export function functionSizes(bytes, section) {
  const reader = new Reader(bytes, section.at);
  return Array.from({ length: reader.number() }, () => {
    const start = reader.at;
    const length = reader.number();
    reader.at += length;
    return reader.at - start;
  });
}

/** How many functions are imported: their numbers come first. */
export function importedFunctions(bytes, section) {
  const reader = new Reader(bytes, section.at);
  const count = reader.number();
  for (let index = 0; index < count; index += 1) {
    reader.text();
    reader.text();
    if (reader.byte() !== 0) throw new Error('size: the module imports something that is no function');
    reader.number();
  }
  return count;
}

/** Segments of data: the address in memory and the content. */
export function segments(bytes, section) {
  const reader = new Reader(bytes, section.at);
  return Array.from({ length: reader.number() }, () => {
    if (reader.byte() !== 0 || reader.byte() !== 0x41) throw new Error('size: a segment whose address is no constant');
    const address = reader.signed() >>> 0;
    reader.byte();
    const length = reader.number();
    reader.at += length;
    return { address, content: bytes.subarray(reader.at - length, reader.at) };
  });
}

const isNames = ({ name }) => name === 'name';

/** The same file without the names in it. */
export function withoutNames(bytes) {
  const kept = sections(bytes).filter((section) => !isNames(section));
  return Buffer.concat([bytes.subarray(0, 8), ...kept.map((section) => bytes.subarray(section.end - section.bytes, section.end))]);
}

/** Names of functions by their number. */
export function functionNames(bytes) {
  const names = new Map();
  for (const section of sections(bytes).filter(isNames)) {
    const reader = new Reader(bytes, section.at);
    reader.text();
    while (reader.at < section.end) {
      const kind = reader.byte();
      const length = reader.number();
      const end = reader.at + length;
      if (kind === FUNCTION_NAMES) {
        for (let left = reader.number(); left > 0; left -= 1) names.set(reader.number(), reader.text());
      }
      reader.at = end;
    }
  }
  return names;
}
