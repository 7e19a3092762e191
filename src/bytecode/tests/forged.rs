//! Chunks made by hand, for tests: every field can have a value that no compiler writes.

use crate::bytecode::opcode;

/// A function, and a chunk when it is the main one.
#[derive(Clone)]
pub struct Forged {
    pub source: Option<Vec<u8>>,
    pub lines: [u64; 2],
    pub parameters: u8,
    pub variadic: u8,
    pub registers: u8,
    pub code: Vec<u32>,
    pub constants: Vec<Vec<u8>>,
    pub upvalues: Vec<[u8; 3]>,
    pub nested: Vec<Forged>,
    pub steps: Vec<u8>,
    pub absolute: Vec<[u64; 2]>,
    pub variables: Vec<Option<&'static str>>,
    pub names: Vec<Option<&'static str>>,
}

impl Forged {
    /// Ten registers, two upvalues; constants nil, 7, 1.5, a short and a long string, true; nested functions that
    /// capture nothing, register 1, and upvalue 1.
    pub fn new(code: &str) -> Forged {
        let long = [[0x80 | 42].as_slice(), &[b'x'; 41]].concat();
        let constants = vec![
            vec![0],
            [&[3][..], &7_i64.to_le_bytes()].concat(),
            [&[19][..], &1.5_f64.to_le_bytes()].concat(),
            b"\x04\x85name".to_vec(),
            [&[20][..], &long].concat(),
            vec![17],
        ];
        let nested = [vec![], vec![[1, 1, 0]], vec![[0, 1, 0]]].map(|upvalues| Forged {
            upvalues,
            registers: 2,
            ..Forged::empty("RETURN0")
        });
        Forged { constants, nested: nested.to_vec(), upvalues: vec![[1, 0, 0]; 2], ..Forged::empty(code) }
    }

    fn empty(code: &str) -> Forged {
        Forged {
            source: None,
            lines: [0, 0],
            parameters: 0,
            variadic: 0,
            registers: 10,
            code: assemble(code),
            constants: vec![],
            upvalues: vec![],
            nested: vec![],
            steps: vec![],
            absolute: vec![],
            variables: vec![],
            names: vec![],
        }
    }

    /// The chunk of which this is the main function.
    pub fn chunk(&self) -> Vec<u8> {
        let mut bytes = b"\x1BLua\x54\0\x19\x93\r\n\x1A\n\x04\x08\x08".to_vec();
        bytes.extend(0x5678_i64.to_le_bytes());
        bytes.extend(370.5_f64.to_le_bytes());
        bytes.push(self.upvalues.len() as u8);
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        string(bytes, self.source.as_deref());
        self.lines.iter().for_each(|line| number(bytes, *line));
        bytes.extend([self.parameters, self.variadic, self.registers]);
        number(bytes, self.code.len() as u64);
        self.code.iter().for_each(|word| bytes.extend(word.to_le_bytes()));
        number(bytes, self.constants.len() as u64);
        bytes.extend(self.constants.concat());
        number(bytes, self.upvalues.len() as u64);
        bytes.extend(self.upvalues.concat());
        number(bytes, self.nested.len() as u64);
        self.nested.iter().for_each(|nested| nested.write(bytes));
        number(bytes, self.steps.len() as u64);
        bytes.extend(&self.steps);
        number(bytes, self.absolute.len() as u64);
        self.absolute.as_flattened().iter().for_each(|value| number(bytes, *value));
        number(bytes, self.variables.len() as u64);
        for name in &self.variables {
            string(bytes, name.map(str::as_bytes));
            number(bytes, 0);
            number(bytes, 1);
        }
        number(bytes, self.names.len() as u64);
        self.names.iter().for_each(|name| string(bytes, name.map(str::as_bytes)));
    }
}

/// As `dumpSize` writes it.
pub fn number(bytes: &mut Vec<u8>, value: u64) {
    let digits = (64 - value.leading_zeros()).div_ceil(7).max(1);
    bytes
        .extend((0..digits).rev().map(|digit| (value >> (7 * digit) & 0x7F) as u8 | if digit == 0 { 0x80 } else { 0 }));
}

fn string(bytes: &mut Vec<u8>, text: Option<&[u8]>) {
    number(bytes, text.map_or(0, |text| text.len() as u64 + 1));
    bytes.extend(text.unwrap_or_default());
}

/// Instructions as text, `NAME operands`, separated by semicolons; a `k` at the end sets that bit.
pub fn assemble(text: &str) -> Vec<u32> {
    text.split(';').map(str::trim).filter(|line| !line.is_empty()).map(instruction).collect()
}

fn instruction(line: &str) -> u32 {
    let (line, k) = line.strip_suffix(" k").map_or((line, 0), |line| (line, 1));
    let mut words = line.split_whitespace();
    let name = words.next().expect("a name");
    let number = (0..83).find(|number| opcode::name(*number) == name).unwrap_or_else(|| panic!("{name} is no opcode"));
    let operands: Vec<i64> = words.map(|word| word.parse().expect("a number")).collect();
    let operand = |index: usize| operands.get(index).copied().unwrap_or(0) as u32;
    u32::from(number)
        | match name {
            "JMP" => operand(0).wrapping_add((1 << 24) - 1) << 7,
            "EXTRAARG" => operand(0) << 7,
            "LOADI" | "LOADF" => operand(0) << 7 | operand(1).wrapping_add((1 << 16) - 1) << 15,
            "LOADK" | "LOADKX" | "CLOSURE" | "FORLOOP" | "FORPREP" | "TFORPREP" | "TFORLOOP" => {
                operand(0) << 7 | operand(1) << 15
            }
            _ => operand(0) << 7 | k << 15 | operand(1) << 16 | operand(2) << 24,
        }
}
