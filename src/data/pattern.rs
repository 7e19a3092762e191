//! Lua's patterns, matched without Lua: for what is looked at while rows change, where nothing may raise.
//!
//! Invariant: matching ends, and takes a bounded depth of calls: what a pattern asks for beyond that, or beyond the budget, does not
//! match.
#![forbid(unsafe_code)]

use crate::budget::{self, cost};

/// As in Lua.
const CAPTURES: usize = 32;

/// The most calls within one another.
const DEPTH: usize = 160;

const ESCAPE: u8 = b'%';

/// Why a text is no pattern, in Lua's words.
pub type Malformed = &'static str;

const ENDS: Malformed = "ends with '%'";
const NO_BRACKET: Malformed = "missing ']'";
const NO_ARGUMENT: Malformed = "missing arguments to '%b' or '%f'";
const CAPTURE: Malformed = "unfinished capture, or one that was not opened";
const MANY: Malformed = "too many captures";

/// Whether a pattern is the text that it matches: as in Lua, a bracket that closes nothing is one too.
fn is_plain(pattern: &[u8]) -> bool {
    !pattern.iter().any(|byte| b"^$*+?.([%-".contains(byte))
}

/// Accepts a pattern.
pub fn check(pattern: &[u8]) -> Result<(), Malformed> {
    if is_plain(pattern) {
        return Ok(());
    }
    let (mut at, mut open, mut closed) = (usize::from(pattern.first() == Some(&b'^')), [0; CAPTURES], 0_usize);
    let (mut depth, mut count) = (0_usize, 0_usize);
    while let Some(byte) = pattern.get(at) {
        match byte {
            b'(' => {
                *open.get_mut(depth).ok_or(MANY)? = count;
                (depth, count) = (depth + 1, count + 1);
                if count > CAPTURES {
                    return Err(MANY);
                }
                at += 1;
            }
            b')' => {
                depth = depth.checked_sub(1).ok_or(CAPTURE)?;
                closed |= 1 << open[depth];
                at += 1;
            }
            b'%' => match pattern.get(at + 1) {
                Some(b'b') => at = if pattern.len() >= at + 4 { at + 4 } else { return Err(NO_ARGUMENT) },
                Some(b'f') if pattern.get(at + 2) == Some(&b'[') => at = set_end(pattern, at + 2)?,
                Some(b'f') => return Err(NO_ARGUMENT),
                Some(digit @ b'0'..=b'9') => {
                    let number = digit.checked_sub(b'1').ok_or(CAPTURE)?;
                    if closed >> number & 1 == 0 {
                        return Err(CAPTURE);
                    }
                    at += 2;
                }
                Some(_) => at += 2,
                None => return Err(ENDS),
            },
            b'[' => at = set_end(pattern, at)?,
            _ => at += 1,
        }
    }
    if depth == 0 { Ok(()) } else { Err(CAPTURE) }
}

/// Where the set that begins at `at` ends.
fn set_end(pattern: &[u8], at: usize) -> Result<usize, Malformed> {
    let mut at = at + 1 + usize::from(pattern.get(at + 1) == Some(&b'^'));
    loop {
        let byte = *pattern.get(at).ok_or(NO_BRACKET)?;
        at += 1 + usize::from(byte == ESCAPE);
        if byte == ESCAPE && at > pattern.len() {
            return Err(ENDS);
        }
        if pattern.get(at) == Some(&b']') {
            return Ok(at + 1);
        }
    }
}

/// Whether a text has a part that matches, as `string.find` finds it. The pattern was accepted.
pub fn is_in(text: &[u8], pattern: &[u8]) -> bool {
    if is_plain(pattern) {
        budget::spend(text.len() / cost::BYTES_DECODED);
        return pattern.is_empty() || text.windows(pattern.len()).any(|part| part == pattern);
    }
    let (pattern, is_anchored) = match pattern.strip_prefix(b"^") {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let ends = if is_anchored { 0 } else { text.len() };
    (0..=ends).any(|start| {
        let mut matcher = Matcher { text, pattern, captures: [(0, Length::Open); CAPTURES], count: 0 };
        matcher.go(start, 0, 0).is_some()
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Length {
    Open,
    /// It captures a place, which no text is equal to.
    Place,
    Closed(usize),
}

struct Matcher<'a> {
    text: &'a [u8],
    pattern: &'a [u8],
    captures: [(usize, Length); CAPTURES],
    count: usize,
}

impl Matcher<'_> {
    /// The end of the match of the pattern from `item` on at `at`.
    fn go(&mut self, mut at: usize, mut item: usize, depth: usize) -> Option<usize> {
        if depth > DEPTH {
            return None;
        }
        loop {
            budget::spend(1);
            if budget::is_exhausted() {
                return None;
            }
            let Some(byte) = self.pattern.get(item) else { return Some(at) };
            match byte {
                b'(' => return self.open(at, item, depth),
                b')' => return self.close(at, item, depth),
                b'$' if item + 1 == self.pattern.len() => return (at == self.text.len()).then_some(at),
                b'%' => match self.pattern.get(item + 1)? {
                    b'b' => {
                        at = self.balanced(at, *self.pattern.get(item + 2)?, *self.pattern.get(item + 3)?)?;
                        item += 4;
                        continue;
                    }
                    b'f' => {
                        let end = set_end(self.pattern, item + 2).ok()?;
                        let before = at.checked_sub(1).and_then(|before| self.text.get(before)).copied().unwrap_or(0);
                        let now = self.text.get(at).copied().unwrap_or(0);
                        if self.in_set(before, item + 2, end) || !self.in_set(now, item + 2, end) {
                            return None;
                        }
                        item = end;
                        continue;
                    }
                    digit @ b'1'..=b'9' => {
                        let (start, Length::Closed(length)) = *self.captures.get(usize::from(digit - b'1'))? else {
                            return None;
                        };
                        let captured = self.text.get(start..start + length)?;
                        if !self.text.get(at..)?.starts_with(captured) {
                            return None;
                        }
                        at += length;
                        item += 2;
                        continue;
                    }
                    _ => {}
                },
                _ => {}
            }
            let end = self.single_end(item)?;
            match self.pattern.get(end) {
                Some(b'?') => {
                    if self.is_single(at, item, end)
                        && let Some(found) = self.go(at + 1, end + 1, depth + 1)
                    {
                        return Some(found);
                    }
                    item = end + 1;
                }
                Some(b'-') => loop {
                    if let Some(found) = self.go(at, end + 1, depth + 1) {
                        return Some(found);
                    }
                    if !self.is_single(at, item, end) {
                        return None;
                    }
                    at += 1;
                },
                Some(sign @ (b'*' | b'+')) => {
                    let least = at + usize::from(*sign == b'+');
                    let mut most = at;
                    while self.is_single(most, item, end) {
                        most += 1;
                    }
                    return (least..=most).rev().find_map(|at| self.go(at, end + 1, depth + 1));
                }
                _ if self.is_single(at, item, end) => (at, item) = (at + 1, end),
                _ => return None,
            }
        }
    }

    fn open(&mut self, at: usize, item: usize, depth: usize) -> Option<usize> {
        let place = self.count;
        let is_place = self.pattern.get(item + 1) == Some(&b')');
        *self.captures.get_mut(place)? = (at, if is_place { Length::Place } else { Length::Open });
        self.count += 1;
        let found = self.go(at, item + 1 + usize::from(is_place), depth + 1);
        if found.is_none() {
            self.count = place;
        }
        found
    }

    fn close(&mut self, at: usize, item: usize, depth: usize) -> Option<usize> {
        let open = self.captures.get(..self.count)?.iter().rposition(|(_, length)| *length == Length::Open)?;
        let start = self.captures[open].0;
        self.captures[open].1 = Length::Closed(at - start);
        let found = self.go(at, item + 1, depth + 1);
        if found.is_none() {
            self.captures[open].1 = Length::Open;
        }
        found
    }

    fn balanced(&self, at: usize, open: u8, close: u8) -> Option<usize> {
        if *self.text.get(at)? != open {
            return None;
        }
        let mut depth = 1_usize;
        for (place, byte) in self.text.iter().enumerate().skip(at + 1) {
            budget::spend(1);
            if *byte == close {
                depth -= 1;
                if depth == 0 {
                    return Some(place + 1);
                }
            } else if *byte == open {
                depth += 1;
            }
        }
        None
    }

    /// Where the item that matches one byte ends.
    fn single_end(&self, item: usize) -> Option<usize> {
        match self.pattern.get(item)? {
            b'%' => Some(item + 2),
            b'[' => set_end(self.pattern, item).ok(),
            _ => Some(item + 1),
        }
    }

    /// Whether the item matches the byte at `at`.
    fn is_single(&self, at: usize, item: usize, end: usize) -> bool {
        let Some(byte) = self.text.get(at).copied() else { return false };
        budget::spend(1);
        match self.pattern.get(item) {
            Some(b'.') => true,
            Some(b'%') => self.pattern.get(item + 1).is_some_and(|class| in_class(byte, *class)),
            Some(b'[') => self.in_set(byte, item, end),
            Some(own) => *own == byte,
            None => false,
        }
    }

    /// Whether the byte is in the set from `start` to `end`.
    fn in_set(&self, byte: u8, start: usize, end: usize) -> bool {
        let is_negated = self.pattern.get(start + 1) == Some(&b'^');
        let set = self.pattern.get(start + 1 + usize::from(is_negated)..end - 1).unwrap_or_default();
        let mut at = 0;
        while let Some(first) = set.get(at) {
            let (is_in, next) = match (first, set.get(at + 1), set.get(at + 2)) {
                (b'%', Some(class), _) => (in_class(byte, *class), at + 2),
                (low, Some(b'-'), Some(high)) => ((*low..=*high).contains(&byte), at + 3),
                (own, ..) => (*own == byte, at + 1),
            };
            if is_in {
                return !is_negated;
            }
            at = next;
        }
        is_negated
    }
}

fn in_class(byte: u8, class: u8) -> bool {
    let is_in = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'g' => byte.is_ascii_graphic(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        b's' => byte == b' ' || (9..=13).contains(&byte),
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        _ => return class == byte,
    };
    is_in != class.is_ascii_uppercase()
}
