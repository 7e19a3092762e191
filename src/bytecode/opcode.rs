//! The instruction set of Lua 5.4: a row for each opcode, with k and without.
//!
//! Invariant: a row has every fact that a check asks for. A number that is not an opcode is `UNKNOWN`.
#![forbid(unsafe_code)]

/// What an operand must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// Unused, an immediate value, or checked by the rules of the opcode.
    Free,
    /// A register that is read.
    Read,
    /// A register that is written.
    Write,
    /// An upvalue.
    Upvalue,
    /// Any constant.
    Constant,
    /// A constant that is a number.
    Number,
    /// A constant that is an integer.
    Integer,
    /// A constant that is a short string.
    Field,
    /// With k a constant, without a register that is read.
    Either,
    /// With k a constant that is a string, without a register known to hold one.
    Method,
    /// Bx: a constant.
    WideConstant,
    /// Bx: a nested function.
    Prototype,
}

/// The facts of every instruction with an opcode and a k.
pub struct Row {
    pub opcode: Opcode,
    /// The operands A, B (or Bx) and C.
    pub operands: [Operand; 3],
    /// The instruction that must follow.
    pub follower: Option<Opcode>,
    facts: u16,
}

/// The facts of an opcode, a bit each. If a bit is not set, the check for it can be skipped.
pub mod fact {
    pub const READS_A: u16 = 1 << 0;
    pub const READS_B: u16 = 1 << 1;
    pub const READS_C: u16 = 1 << 2;
    pub const WRITES_A: u16 = 1 << 3;
    /// An operand is not a register, and must exist.
    pub const NAMES: u16 = 1 << 4;
    /// It has registers that no operand names alone, captures or closes some, or leaves room for other frames.
    pub const RANGES: u16 = 1 << 5;
    /// It may continue at another place than the next instruction, or return.
    pub const BRANCHES: u16 = 1 << 6;
    /// It leaves a variable that must be closed.
    pub const CLOSES: u16 = 1 << 7;
    /// It has special rules, or rules for the instructions next to it.
    pub const RULES: u16 = 1 << 8;
    /// It follows an operation, and its result goes to the operation's register.
    pub const METAMETHOD: u16 = 1 << 9;
}

macro_rules! opcodes {
    ($($name:ident: $a:ident $b:ident $c:ident;)*) => {
        /// The opcodes in the order of their numbers, and one for every other number.
        #[allow(clippy::upper_case_acronyms, reason = "the names of lopcodes.h")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Opcode { $($name,)* UNKNOWN }

        /// By the opcode, with k in bit 7.
        static ROWS: [Row; 256] = {
            let mut rows = [const { Row::new(Opcode::UNKNOWN, [Operand::Free; 3], false) }; 256];
            $(
                let (number, operands) = (Opcode::$name as usize, [Operand::$a, Operand::$b, Operand::$c]);
                rows[number] = Row::new(Opcode::$name, operands, false);
                rows[number | 0x80] = Row::new(Opcode::$name, operands, true);
            )*
            rows
        };

        const NAMES: &[&str] = &[$(stringify!($name),)*];
    };
}

opcodes! {
    // name       A       B            C
    MOVE:         Write   Read         Free;
    LOADI:        Write   Free         Free;
    LOADF:        Write   Free         Free;
    LOADK:        Write   WideConstant Free;
    LOADKX:       Write   Free         Free;
    LOADFALSE:    Write   Free         Free;
    LFALSESKIP:   Write   Free         Free;
    LOADTRUE:     Write   Free         Free;
    LOADNIL:      Write   Free         Free;
    GETUPVAL:     Write   Upvalue      Free;
    SETUPVAL:     Read    Upvalue      Free;
    GETTABUP:     Write   Upvalue      Field;
    GETTABLE:     Write   Read         Read;
    GETI:         Write   Read         Free;
    GETFIELD:     Write   Read         Field;
    SETTABUP:     Upvalue Field        Either;
    SETTABLE:     Read    Read         Either;
    SETI:         Read    Free         Either;
    SETFIELD:     Read    Field        Either;
    NEWTABLE:     Write   Free         Free;
    SELF:         Write   Read         Method;
    ADDI:         Write   Read         Free;
    ADDK:         Write   Read         Number;
    SUBK:         Write   Read         Number;
    MULK:         Write   Read         Number;
    MODK:         Write   Read         Number;
    POWK:         Write   Read         Number;
    DIVK:         Write   Read         Number;
    IDIVK:        Write   Read         Number;
    BANDK:        Write   Read         Integer;
    BORK:         Write   Read         Integer;
    BXORK:        Write   Read         Integer;
    SHRI:         Write   Read         Free;
    SHLI:         Write   Read         Free;
    ADD:          Write   Read         Read;
    SUB:          Write   Read         Read;
    MUL:          Write   Read         Read;
    MOD:          Write   Read         Read;
    POW:          Write   Read         Read;
    DIV:          Write   Read         Read;
    IDIV:         Write   Read         Read;
    BAND:         Write   Read         Read;
    BOR:          Write   Read         Read;
    BXOR:         Write   Read         Read;
    SHL:          Write   Read         Read;
    SHR:          Write   Read         Read;
    MMBIN:        Read    Read         Free;
    MMBINI:       Read    Free         Free;
    MMBINK:       Read    Number       Free;
    UNM:          Write   Read         Free;
    BNOT:         Write   Read         Free;
    NOT:          Write   Read         Free;
    LEN:          Write   Read         Free;
    CONCAT:       Write   Free         Free;
    CLOSE:        Free    Free         Free;
    TBC:          Read    Free         Free;
    JMP:          Free    Free         Free;
    EQ:           Read    Read         Free;
    LT:           Read    Read         Free;
    LE:           Read    Read         Free;
    EQK:          Read    Constant     Free;
    EQI:          Read    Free         Free;
    LTI:          Read    Free         Free;
    LEI:          Read    Free         Free;
    GTI:          Read    Free         Free;
    GEI:          Read    Free         Free;
    TEST:         Read    Free         Free;
    TESTSET:      Write   Read         Free;
    CALL:         Free    Free         Free;
    TAILCALL:     Free    Free         Free;
    RETURN:       Free    Free         Free;
    RETURN0:      Free    Free         Free;
    RETURN1:      Read    Free         Free;
    FORLOOP:      Free    Free         Free;
    FORPREP:      Free    Free         Free;
    TFORPREP:     Free    Free         Free;
    TFORCALL:     Free    Free         Free;
    TFORLOOP:     Free    Free         Free;
    SETLIST:      Free    Free         Free;
    CLOSURE:      Write   Prototype    Free;
    VARARG:       Free    Free         Free;
    VARARGPREP:   Free    Free         Free;
    EXTRAARG:     Free    Free         Free;
}

impl Row {
    const fn new(opcode: Opcode, [a, b, c]: [Operand; 3], k: bool) -> Row {
        let operands = [a, b, c.with(k)];
        let mut facts = opcode.facts();
        let mut number = 0;
        while number < operands.len() {
            facts |= match operands[number] {
                Operand::Free => 0,
                Operand::Read => fact::READS_A << number,
                Operand::Write => fact::WRITES_A,
                _ => fact::NAMES,
            };
            number += 1;
        }
        Row { opcode, operands, follower: opcode.follower(k), facts }
    }

    /// The row of the opcode with that number.
    pub fn of(number: u8, k: bool) -> &'static Row {
        &ROWS[usize::from(number & 0x7F | u8::from(k) << 7)]
    }

    /// Whether the row has any of these facts.
    pub fn is(&self, facts: u16) -> bool {
        self.facts & facts != 0
    }
}

impl Operand {
    /// The kind of an operand that depends on k.
    const fn with(self, k: bool) -> Operand {
        match self {
            Operand::Either | Operand::Method if !k => Operand::Read,
            Operand::Either => Operand::Constant,
            operand => operand,
        }
    }
}

/// The name of an opcode by its number.
pub fn name(opcode: u8) -> &'static str {
    NAMES.get(usize::from(opcode)).unwrap_or(&"unknown")
}

impl Opcode {
    const fn is_between(self, first: Opcode, last: Opcode) -> bool {
        first as u8 <= self as u8 && self as u8 <= last as u8
    }

    /// A comparison or test, which skips the next instruction or lets it jump.
    pub const fn is_test(self) -> bool {
        self.is_between(Opcode::EQ, Opcode::TESTSET)
    }

    /// After an operation the call of its metamethod, which is skipped when none is needed.
    const fn follower(self, k: bool) -> Option<Opcode> {
        match self {
            Opcode::ADDI | Opcode::SHRI | Opcode::SHLI => Some(Opcode::MMBINI),
            _ if self.is_between(Opcode::ADDK, Opcode::BXORK) => Some(Opcode::MMBINK),
            _ if self.is_between(Opcode::ADD, Opcode::SHR) => Some(Opcode::MMBIN),
            _ if self.is_test() => Some(Opcode::JMP),
            Opcode::NEWTABLE | Opcode::LOADKX => Some(Opcode::EXTRAARG),
            Opcode::SETLIST if k => Some(Opcode::EXTRAARG),
            _ => None,
        }
    }

    /// Facts that do not follow from the operands.
    const fn facts(self) -> u16 {
        use fact::{BRANCHES, CLOSES, METAMETHOD, NAMES, RANGES, RULES};
        match self {
            Opcode::LOADNIL | Opcode::CLOSE => RANGES,
            Opcode::NEWTABLE | Opcode::CONCAT | Opcode::SELF => RANGES | RULES,
            Opcode::TBC | Opcode::CLOSURE => RANGES | CLOSES,
            Opcode::CALL | Opcode::TAILCALL | Opcode::SETLIST | Opcode::VARARG | Opcode::TFORCALL => RANGES | RULES,
            Opcode::RETURN | Opcode::RETURN0 => RANGES | RULES | BRANCHES,
            Opcode::FORPREP | Opcode::FORLOOP | Opcode::TFORLOOP => RANGES | BRANCHES,
            Opcode::TFORPREP => RANGES | RULES | BRANCHES | CLOSES,
            Opcode::JMP | Opcode::LFALSESKIP => BRANCHES,
            Opcode::RETURN1 => RULES | BRANCHES,
            Opcode::MMBIN | Opcode::MMBINI | Opcode::MMBINK => RULES | METAMETHOD,
            Opcode::LOADKX | Opcode::VARARGPREP | Opcode::EXTRAARG => RULES,
            _ if self.is_test() => RULES | BRANCHES,
            _ if self.is_between(Opcode::ADDI, Opcode::SHR) => RULES,
            Opcode::UNKNOWN => NAMES,
            _ => 0,
        }
    }
}
