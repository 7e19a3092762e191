//! A query as plain bytes: what `spec.rs` makes of a script's table, and the engine works off.
//!
//! Invariant: it holds no reference, so it may lie in a block of Lua's for as long as that is on the stack. What reads it looks at
//! no byte outside of it; bytes that are no program match nothing.
//!
//! ```text
//! head          Head
//! where         nodes, all of which a row has to match
//! select        columns
//! group         columns
//! aggregates    for each: u8 kind, u8 whether it is one of a list, column
//! order         for each field: u8 descending, u8 kind, u16 number or length, path
//! after         u32 length of the sort key, sort key, row key
//!
//! node          u8 tag, u32 length, content
//! all any none  nodes
//! field         u16 length, path, tests
//! test          u8 operator, u32 length, encoded values
//! column        u16 length, name, u16 length, path
//! ```
#![forbid(unsafe_code)]

use bytemuck::{Pod, Zeroable};

use crate::data::component::Buffer;
use crate::data::path::Path;

/// The tags of nodes.
pub mod tag {
    /// Matches when all do.
    pub const ALL: u8 = 1;
    /// Matches when one does.
    pub const ANY: u8 = 2;
    /// Matches when none does.
    pub const NONE: u8 = 3;
    /// Tests of a field.
    pub const FIELD: u8 = 4;
}

/// What a test asks of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `between`
    Between,
    /// `in`
    In,
    /// `contains`
    Contains,
    /// `startsWith`
    StartsWith,
    /// `endsWith`
    EndsWith,
    /// `matches`
    Matches,
    /// `exists`
    Exists,
}

impl Operator {
    /// All of them, as scripts write them.
    pub const ALL: [(&'static str, Operator); 13] = [
        ("=", Operator::Equal),
        ("!=", Operator::Unequal),
        ("<", Operator::Less),
        ("<=", Operator::AtMost),
        (">", Operator::Greater),
        (">=", Operator::AtLeast),
        ("between", Operator::Between),
        ("in", Operator::In),
        ("contains", Operator::Contains),
        ("startsWith", Operator::StartsWith),
        ("endsWith", Operator::EndsWith),
        ("matches", Operator::Matches),
        ("exists", Operator::Exists),
    ];

    /// The one of that name.
    pub fn named(name: &[u8]) -> Option<Operator> {
        Operator::ALL.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, operator)| *operator)
    }

    fn of(byte: u8) -> Option<Operator> {
        Operator::ALL.get(usize::from(byte)).map(|(_, operator)| *operator)
    }
}

/// The parts behind the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The filter.
    Where,
    /// The columns of a projection.
    Select,
    /// The columns that make groups.
    Group,
    /// What is computed of a group.
    Aggregates,
    /// The order.
    Order,
    /// Behind which row it goes on.
    After,
}

impl Section {
    /// In their order.
    pub const ALL: [Section; SECTIONS] =
        [Section::Where, Section::Select, Section::Group, Section::Aggregates, Section::Order, Section::After];
}

/// How many there are.
const SECTIONS: usize = 6;

/// What a query is besides its sections.
#[derive(Clone, Copy, Default, Pod, Zeroable)]
#[repr(C)]
pub struct Head {
    /// Rows that are left out at the beginning.
    pub offset: u64,
    /// Tells queries apart, for cursors.
    pub digest: u64,
    /// The most rows.
    pub limit: u32,
    /// `flag`
    pub flags: u32,
    /// Where the sections end.
    ends: [u32; SECTIONS],
}

/// Bits of `Head::flags`.
pub mod flag {
    /// The number of rows is wanted.
    pub const COUNT: u32 = 1;
    /// Rows are put together to groups, or to a single one.
    pub const GROUPS: u32 = 2;
    /// There is no cursor.
    pub const NO_CURSOR: u32 = 4;
    /// Only how many rows there are is wanted.
    pub const ONLY_COUNT: u32 = 8;
    /// Only whether there is a row is wanted.
    pub const ANY_ROW: u32 = 32;
    /// There is one group even where there are no rows.
    pub const ONE_GROUP: u32 = 16;
}

const HEAD_BYTES: usize = size_of::<Head>();

/// Writes a program: a head, then its sections in their order.
pub struct Builder<'a> {
    /// Where it is written to. It counts on when it is full.
    pub out: Buffer<'a>,
    /// The head.
    pub head: Head,
}

impl<'a> Builder<'a> {
    /// Begins one.
    pub fn new(room: &'a mut [u8]) -> Builder<'a> {
        let mut out = Buffer::new(room);
        out.push(&[0; HEAD_BYTES]);
        Builder { out, head: Head::zeroed() }
    }

    /// A section ends here.
    pub fn end(&mut self, section: Section) {
        self.head.ends[section as usize] = self.out.length() as u32;
    }

    /// Begins something whose length, in four bytes, is not known yet.
    pub fn open(&mut self) -> usize {
        self.out.push(&[0; 4]);
        self.out.length()
    }

    /// Ends it.
    pub fn close(&mut self, opened: usize) {
        let length = (self.out.length() - opened) as u32;
        self.out.patch(opened - 4, &length.to_le_bytes());
    }

    /// Bytes behind their length, in two bytes.
    pub fn short(&mut self, bytes: &[u8]) {
        self.out.push(&(bytes.len() as u16).to_le_bytes());
        self.out.push(bytes);
    }

    /// Writes the head; how many bytes all of it takes.
    pub fn finish(mut self) -> usize {
        let head = self.head;
        self.out.patch(0, bytemuck::bytes_of(&head));
        self.out.length()
    }

    /// What was written so far.
    pub fn program(&self) -> Program<'_> {
        Program { head: self.head, bytes: self.out.bytes() }
    }
}

/// A program where it lies.
#[derive(Clone, Copy)]
pub struct Program<'a> {
    /// The head.
    pub head: Head,
    bytes: &'a [u8],
}

impl<'a> Program<'a> {
    /// Looks at one.
    pub fn new(bytes: &'a [u8]) -> Program<'a> {
        let head = bytes.get(..HEAD_BYTES).map_or(Head::zeroed(), bytemuck::pod_read_unaligned);
        Program { head, bytes }
    }

    /// All of it.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// A section.
    pub fn section(&self, section: Section) -> &'a [u8] {
        let end = self.head.ends[section as usize] as usize;
        let start = match (section as usize).checked_sub(1) {
            Some(before) => self.head.ends[before] as usize,
            None => HEAD_BYTES,
        };
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Whether all of these flags are set.
    #[inline]
    pub fn has(&self, flags: u32) -> bool {
        self.head.flags & flags == flags
    }

    /// Behind which sort key and row key it goes on: their bytes, and how many of them are the sort key.
    pub fn after(&self) -> Option<(&'a [u8], usize)> {
        let mut parts = Parts(self.section(Section::After));
        let length = parts.number()?;
        Some((parts.0, length))
    }
}

/// Reads the parts of a section.
#[derive(Clone, Copy)]
pub struct Parts<'a>(pub &'a [u8]);

impl<'a> Parts<'a> {
    /// A byte.
    #[inline]
    pub fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// A number of four bytes.
    #[inline]
    fn number(&mut self) -> Option<usize> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*number) as usize)
    }

    #[inline]
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Bytes behind their length in two bytes.
    #[inline]
    pub fn short(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        self.take(u16::from_le_bytes(*length).into())
    }

    /// A node: its tag and content.
    #[inline]
    pub fn node(&mut self) -> Option<(u8, &'a [u8])> {
        let tag = self.byte()?;
        let length = self.number()?;
        Some((tag, self.take(length)?))
    }

    /// A test: its operator and operands.
    #[inline]
    pub fn test(&mut self) -> Option<(Operator, &'a [u8])> {
        let operator = Operator::of(self.byte()?)?;
        let length = self.number()?;
        Some((operator, self.take(length)?))
    }

    /// A column: its name and path.
    pub fn column(&mut self) -> Option<(&'a [u8], Path<'a>)> {
        Some((self.short()?, Path::new(self.short()?)))
    }

    /// What is computed: kind, whether it is one of a list, and column.
    pub fn aggregate(&mut self) -> Option<Aggregate<'a>> {
        let kind = Kind::of(self.byte()?)?;
        let is_listed = self.byte()? != 0;
        let (name, path) = self.column()?;
        Some(Aggregate { kind, is_listed, name, path })
    }

    /// By what is ordered: whether it descends, and what it is.
    pub fn order(&mut self) -> Option<(bool, By<'a>)> {
        let descends = self.byte()? != 0;
        let kind = self.byte()?;
        let by = match kind {
            By::PATH => By::Path(Path::new(self.short()?)),
            kind => {
                let (number, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                let number = u16::from_le_bytes(*number).into();
                match kind {
                    By::COLUMN => By::Column(number),
                    By::AGGREGATE => By::Aggregate(number),
                    _ => By::Count,
                }
            }
        };
        Some((descends, by))
    }
}

/// What is computed of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The sum.
    Sum,
    /// The least number.
    Least,
    /// The greatest number.
    Greatest,
    /// The mean.
    Average,
}

impl Kind {
    /// All of them, as scripts write them.
    pub const ALL: [(&'static str, Kind); 4] =
        [("sum", Kind::Sum), ("min", Kind::Least), ("max", Kind::Greatest), ("average", Kind::Average)];

    fn of(byte: u8) -> Option<Kind> {
        Kind::ALL.get(usize::from(byte)).map(|(_, kind)| *kind)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Kind::ALL.get(self as usize).map_or("", |(name, _)| name)
    }
}

/// The same, with what it is computed of.
#[derive(Clone, Copy)]
pub struct Aggregate<'a> {
    /// What.
    pub kind: Kind,
    /// Whether it is one of a list.
    pub is_listed: bool,
    /// The path, as it was written.
    pub name: &'a [u8],
    /// The path.
    pub path: Path<'a>,
}

/// By what rows or groups are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By<'a> {
    /// A field of the row.
    Path(Path<'a>),
    /// A column of the group.
    Column(usize),
    /// Something that is computed of it.
    Aggregate(usize),
    /// The number of its rows.
    Count,
}

impl By<'_> {
    /// Kinds, as programs have them.
    pub const PATH: u8 = 0;
    /// See `By::Column`.
    pub const COLUMN: u8 = 1;
    /// See `By::Aggregate`.
    pub const AGGREGATE: u8 = 2;
    /// See `By::Count`.
    pub const COUNT: u8 = 3;
}
