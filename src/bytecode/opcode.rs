//! The instruction set of Lua 5.4: how an instruction lies in its word, and one row per opcode.
//!
//! Invariant: any word has an opcode and operands here; what is no instruction is `UNKNOWN`. From `lopcodes.h`:
//!
//! ```text
//! bit   31      24 23      16 15 14       7 6      0
//! ABC   C          B          k  A          opcode
//! ABx   Bx                       A          opcode     AsBx: Bx - 65535
//! Ax    Ax                                  opcode
//! sJ    sJ, written as sJ + 16777215        opcode
//! ```
#![forbid(unsafe_code)]

/// What an operand must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// Unused, an immediate value, or left to the rules of the opcode.
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

/// An opcode with its operands A, B (or Bx) and C.
pub struct Row {
    pub opcode: Opcode,
    pub operands: [Operand; 3],
}

macro_rules! opcodes {
    ($($name:ident: $a:ident $b:ident $c:ident;)*) => {
        /// The opcodes in the order of their numbers, and one for every other number.
        #[allow(clippy::upper_case_acronyms, reason = "the names of lopcodes.h")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
        pub enum Opcode { $($name,)* UNKNOWN }

        const ROWS: &[Row] = &[
            $(Row { opcode: Opcode::$name, operands: [Operand::$a, Operand::$b, Operand::$c] },)*
        ];

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

static UNKNOWN: Row = Row { opcode: Opcode::UNKNOWN, operands: [Operand::Free; 3] };

/// The name of an opcode by its number.
pub fn name(opcode: u8) -> &'static str {
    NAMES.get(usize::from(opcode)).unwrap_or(&"unknown")
}

impl Opcode {
    /// A comparison or test, which skips the next instruction or lets it jump.
    pub fn is_test(self) -> bool {
        (Opcode::EQ..=Opcode::TESTSET).contains(&self)
    }

    /// The call of a metamethod that follows this operation, which skips it when it needs none.
    pub fn metamethod(self) -> Option<Opcode> {
        match self {
            Opcode::ADDI | Opcode::SHRI | Opcode::SHLI => Some(Opcode::MMBINI),
            _ if (Opcode::ADDK..=Opcode::BXORK).contains(&self) => Some(Opcode::MMBINK),
            _ if (Opcode::ADD..=Opcode::SHR).contains(&self) => Some(Opcode::MMBIN),
            _ => None,
        }
    }

    /// Follows an operation, and gives its result the operation's place.
    pub fn is_metamethod(self) -> bool {
        (Opcode::MMBIN..=Opcode::MMBINK).contains(&self)
    }
}

const OPCODE_BITS: u32 = 7;
const BX_OFFSET: u32 = OPCODE_BITS + 8;
/// What is added to a signed jump to write it.
const JUMP_EXCESS: i64 = (1 << 24) - 1;

/// An instruction's word.
#[derive(Clone, Copy)]
pub struct Instruction(pub u32);

impl Instruction {
    /// What stands beside the first and the last instruction.
    pub const NONE: Instruction = Instruction(u32::MAX);

    pub fn number(self) -> u8 {
        (self.0 & 0x7F) as u8
    }

    pub fn row(self) -> &'static Row {
        ROWS.get(usize::from(self.number())).unwrap_or(&UNKNOWN)
    }

    pub fn opcode(self) -> Opcode {
        self.row().opcode
    }

    pub fn a(self) -> u32 {
        self.0 >> OPCODE_BITS & 0xFF
    }

    pub fn k(self) -> bool {
        self.0 >> BX_OFFSET & 1 != 0
    }

    pub fn b(self) -> u32 {
        self.0 >> 16 & 0xFF
    }

    pub fn c(self) -> u32 {
        self.0 >> 24
    }

    pub fn bx(self) -> u32 {
        self.0 >> BX_OFFSET
    }

    pub fn ax(self) -> u32 {
        self.0 >> OPCODE_BITS
    }

    /// Where this instruction at `index` may go other than to the next one; perhaps outside the code.
    pub fn jump(self, index: usize) -> Option<i64> {
        let next = index as i64 + 1;
        let bx = i64::from(self.bx());
        Some(match self.opcode() {
            Opcode::JMP => next + i64::from(self.ax()) - JUMP_EXCESS,
            Opcode::FORPREP => next + bx + 1,
            Opcode::TFORPREP => next + bx,
            Opcode::FORLOOP | Opcode::TFORLOOP => next - bx,
            Opcode::LFALSESKIP => next + 1,
            opcode if opcode.is_test() => next + 1,
            _ => return None,
        })
    }

    /// Whether the next instruction may follow. After a test it is the jump that the machine takes with it.
    pub fn continues(self) -> bool {
        !matches!(
            self.opcode(),
            Opcode::JMP | Opcode::TFORPREP | Opcode::LFALSESKIP | Opcode::RETURN | Opcode::RETURN0 | Opcode::RETURN1
        )
    }

    /// Leaves as many values as there are; the next instruction takes them.
    pub fn opens(self) -> bool {
        match self.opcode() {
            Opcode::CALL | Opcode::VARARG => self.c() == 0,
            opcode => opcode == Opcode::TAILCALL,
        }
    }

    /// Takes what the instruction before it left.
    pub fn takes_open(self) -> bool {
        matches!(self.opcode(), Opcode::CALL | Opcode::TAILCALL | Opcode::RETURN | Opcode::SETLIST) && self.b() == 0
    }

    /// The next word belongs to this instruction.
    pub fn is_extended(self) -> bool {
        match self.opcode() {
            Opcode::NEWTABLE | Opcode::LOADKX => true,
            opcode => opcode == Opcode::SETLIST && self.k(),
        }
    }
}

/// The instructions of a function, as they lie in the chunk.
#[derive(Clone, Copy)]
pub struct Code<'a>(pub &'a [u8]);

impl Code<'_> {
    pub fn length(self) -> usize {
        self.0.len() / 4
    }

    /// The instruction at `index`, `NONE` outside.
    pub fn at(self, index: usize) -> Instruction {
        let bytes = index.checked_mul(4).and_then(|offset| self.0.get(offset..)).and_then(<[u8]>::first_chunk);
        bytes.map_or(Instruction::NONE, |bytes| Instruction(u32::from_le_bytes(*bytes)))
    }

    /// The instruction before `index`.
    pub fn before(self, index: usize) -> Instruction {
        self.at(index.wrapping_sub(1))
    }
}
