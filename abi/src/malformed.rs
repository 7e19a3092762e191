//! What is wrong with bytes that are no value, no key, no page or no call record.
//!
//! Invariant: each problem has one text, and the offset beside it is that of the first byte that cannot be right.

/// A malformed encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset in bytes of the first byte that cannot be right, from the start of what was read.
    pub offset: usize,
    /// What is wrong there.
    pub problem: Problem,
}

impl Malformed {
    /// The error that the byte at `offset` cannot be right.
    #[inline]
    pub const fn new(offset: usize, problem: Problem) -> Malformed {
        Malformed { offset, problem }
    }
}

/// What can be wrong with a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Problem {
    /// The frame ends within a field.
    CutOff,
    /// A length is more than what is left of the frame.
    LengthTooLong,
    /// Bytes follow the one value that was expected.
    BytesAfter,
    /// No value begins with this tag, or none that may stand here.
    UnknownTag,
    /// A table lies in more tables than any may.
    TooDeep,
    /// A boolean other than 0 and 1.
    Boolean,
    /// The id of a function has a length other than 4.
    FunctionId,
    /// A library function without a name.
    NoName,
    /// A byte that no library function's name has.
    NameByte,
    /// A big integer without a sign.
    NoSign,
    /// A sign other than 0 and 1.
    Sign,
    /// A table's length leaves no room for its number of pairs.
    NoCount,
    /// More pairs than half the bytes after their number.
    TooManyPairs,
    /// Bytes follow the last pair of a table.
    AfterPairs,
    /// nil or NaN as the key of a table's pair.
    NoKey,
    /// What a script may not hold.
    Unfit,
    /// No key of an external table begins with this byte.
    KeyTag,
    /// A key of more bytes than any may have.
    KeyTooLong,
    /// A key of a fixed length has another one.
    KeyLength,
    /// An integer as a key takes more bytes than it needs, or more than 64 bits.
    KeyInteger,
    /// NaN, or a float that is an integer, as a key.
    KeyFloat,
    /// A string as a key does not end.
    KeyUnended,
    /// Bytes follow the end of a string as a key.
    KeyEndsEarly,
    /// A call record begins with something else.
    NoCall,
    /// A call record of another version.
    CallVersion,
    /// A flag that call records do not have.
    CallFlag,
    /// A way, or a name in it, is empty.
    NoWay,
    /// An argument is neither a value nor a way.
    CallForm,
    /// More arguments than a call may have.
    TooManyArguments,
    /// The first byte of an answer to a call says neither that there are results nor an error.
    AnswerForm,
    /// More results than a call may have, or more than one error.
    TooManyResults,
}

impl Problem {
    /// The problem in words.
    pub const fn text(self) -> &'static str {
        match self {
            Problem::CutOff => "the value is cut off",
            Problem::LengthTooLong => "the length exceeds what is left",
            Problem::BytesAfter => "bytes after the value",
            Problem::UnknownTag => "the tag is unknown",
            Problem::TooDeep => "tables are nested too deep",
            Problem::Boolean => "a boolean is neither 0 nor 1",
            Problem::FunctionId => "the id of a function has 4 bytes",
            Problem::NoName => "a library function has no name",
            Problem::NameByte => "no letter of a library function's name",
            Problem::NoSign => "a big integer has no sign",
            Problem::Sign => "a sign is neither 0 nor 1",
            Problem::NoCount => "a table has no room for its count",
            Problem::TooManyPairs => "more pairs than the table has room for",
            Problem::AfterPairs => "a table is longer than its pairs",
            Problem::NoKey => "nil and NaN are no keys",
            Problem::Unfit => "no value that a script may hold",
            Problem::KeyTag => "no key begins like this",
            Problem::KeyTooLong => "a key of more than 4096 bytes",
            Problem::KeyLength => "a key of the wrong length",
            Problem::KeyInteger => "an integer as a key that is not as short as can be",
            Problem::KeyFloat => "NaN or an integral float as a key",
            Problem::KeyUnended => "a string as a key without an end",
            Problem::KeyEndsEarly => "a string as a key ends early",
            Problem::NoCall => "no call record begins like this",
            Problem::CallVersion => "a call record of another version",
            Problem::CallFlag => "an unknown flag",
            Problem::NoWay => "a name of a way is empty",
            Problem::CallForm => "an argument is neither a value nor a way",
            Problem::TooManyArguments => "more than 250 arguments",
            Problem::AnswerForm => "an answer begins with 0 or 1",
            Problem::TooManyResults => "more than 200 results, or more than one error",
        }
    }
}
