//! Lua's patterns, for the operator `matches`: the same language as `string.find`, without Lua, so that nothing is raised and no
//! string is made of a value that does not match.
//!
//! Invariant: a search charges for its steps and stops when the budget is used up; how deep it goes is bounded as in Lua.
#![forbid(unsafe_code)]

use crate::budget::{self, cost};

/// The most captures, as in Lua.
const CAPTURES: usize = 32;

/// How deep a match may go, as in Lua.
const DEPTH: usize = 200;

const ESCAPE: u8 = b'%';

/// Why a text is no pattern, in Lua's words.
pub type Malformed = &'static str;

/// Whether a text is a pattern: all of it, where Lua looks only as far as it comes.
pub fn check(pattern: &[u8]) -> Result<(), Malformed> {
    let mut at = usize::from(pattern.first() == Some(&b'^'));
    let (mut open, mut closed) = ([0_usize; CAPTURES], [false; CAPTURES]);
    let (mut depth, mut count) = (0, 0);
    while let Some(byte) = pattern.get(at) {
        match byte {
            b'(' => {
                let place = open.get_mut(depth).filter(|_| count < CAPTURES).ok_or("too many captures")?;
                (*place, depth, count) = (count, depth + 1, count + 1);
                at += 1;
                // That of a position ends at once.
                if pattern.get(at) == Some(&b')') {
                    depth -= 1;
                    closed[count - 1] = true;
                    at += 1;
                }
            }
            b')' => {
                depth = depth.checked_sub(1).ok_or("invalid pattern capture")?;
                closed[open[depth]] = true;
                at += 1;
            }
            &ESCAPE if pattern.get(at + 1) == Some(&b'b') => {
                if pattern.len() < at + 4 {
                    return Err("missing arguments to '%b'");
                }
                at += 4;
            }
            &ESCAPE if pattern.get(at + 1) == Some(&b'f') => {
                at += 2;
                if pattern.get(at) != Some(&b'[') {
                    return Err("missing '[' after '%f' in pattern");
                }
                at = class_end(pattern, at)?;
            }
            &ESCAPE if pattern.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                let number = usize::from(pattern[at + 1] - b'0');
                if number == 0 || !closed.get(number - 1).is_some_and(|closed| *closed) {
                    return Err("invalid capture index in pattern");
                }
                at += 2;
            }
            _ => {
                at = class_end(pattern, at)?;
                if let Some(b'*' | b'+' | b'?' | b'-') = pattern.get(at) {
                    at += 1;
                }
            }
        }
    }
    if depth == 0 { Ok(()) } else { Err("unfinished capture") }
}

/// Where the single character, class or set at `at` ends.
fn class_end(pattern: &[u8], at: usize) -> Result<usize, Malformed> {
    match pattern.get(at) {
        Some(&ESCAPE) if at + 1 < pattern.len() => Ok(at + 2),
        Some(&ESCAPE) => Err("ends with '%'"),
        Some(b'[') => {
            let mut at = at + 1;
            if pattern.get(at) == Some(&b'^') {
                at += 1;
            }
            // The first character may be the one that ends a set.
            loop {
                match pattern.get(at) {
                    None => return Err("missing ']'"),
                    Some(&ESCAPE) if at + 1 >= pattern.len() => return Err("missing ']'"),
                    Some(&ESCAPE) => at += 2,
                    Some(_) => at += 1,
                }
                if pattern.get(at) == Some(&b']') {
                    return Ok(at + 1);
                }
            }
        }
        _ => Ok(at + 1),
    }
}

/// A capture: where it starts, and where it ends, none while it is open.
type Capture = (usize, Option<usize>);

struct Search<'a> {
    text: &'a [u8],
    pattern: &'a [u8],
    captures: [Capture; CAPTURES],
    level: usize,
    depth: usize,
    is_too_deep: bool,
}

/// Whether the pattern, which was checked, matches somewhere in the text.
pub fn is_in(text: &[u8], pattern: &[u8]) -> bool {
    let is_anchored = pattern.first() == Some(&b'^');
    let mut search =
        Search { text, pattern, captures: [(0, None); CAPTURES], level: 0, depth: DEPTH, is_too_deep: false };
    for start in 0..=text.len() {
        search.level = 0;
        if search.matches(start, usize::from(is_anchored)).is_some() {
            return true;
        }
        if is_anchored || search.is_too_deep || budget::is_exhausted() {
            break;
        }
    }
    false
}

impl Search<'_> {
    /// Where a match of the pattern from `p` on ends that begins at `s`.
    fn matches(&mut self, mut s: usize, mut p: usize) -> Option<usize> {
        if self.is_too_deep || self.depth == 0 {
            // Lua raises here: there is no match that was looked for in another way.
            self.is_too_deep = true;
            return None;
        }
        self.depth -= 1;
        let found = self.steps(&mut s, &mut p);
        self.depth += 1;
        found
    }

    fn steps(&mut self, s: &mut usize, p: &mut usize) -> Option<usize> {
        loop {
            budget::spend(cost::ITEM);
            if budget::is_exhausted() {
                return None;
            }
            match self.pattern.get(*p) {
                None => return Some(*s),
                Some(b'(') => {
                    let is_position = self.pattern.get(*p + 1) == Some(&b')');
                    return self.open(*s, *p + 1 + usize::from(is_position), is_position);
                }
                Some(b')') => return self.close(*s, *p + 1),
                Some(b'$') if *p + 1 == self.pattern.len() => return (*s == self.text.len()).then_some(*s),
                Some(&ESCAPE) => match self.pattern.get(*p + 1) {
                    Some(b'b') => {
                        *s = self.balanced(*s, *p + 2)?;
                        *p += 4;
                        continue;
                    }
                    Some(b'f') => {
                        *p += 2;
                        let end = class_end(self.pattern, *p).ok()?;
                        let before = if *s == 0 { 0 } else { self.text[*s - 1] };
                        let here = self.text.get(*s).copied().unwrap_or(0);
                        if self.is_in_set(before, *p, end - 1) || !self.is_in_set(here, *p, end - 1) {
                            return None;
                        }
                        *p = end;
                        continue;
                    }
                    Some(digit) if digit.is_ascii_digit() => {
                        *s = self.again(*s, usize::from(*digit - b'0'))?;
                        *p += 2;
                        continue;
                    }
                    _ => {}
                },
                _ => {}
            }
            let end = class_end(self.pattern, *p).ok()?;
            match self.pattern.get(end) {
                Some(b'?') => {
                    if self.is_single(*s, *p, end)
                        && let Some(found) = self.matches(*s + 1, end + 1)
                    {
                        return Some(found);
                    }
                    *p = end + 1;
                }
                Some(b'+') if self.is_single(*s, *p, end) => return self.most(*s + 1, *p, end),
                Some(b'*') => return self.most(*s, *p, end),
                Some(b'-') => return self.fewest(*s, *p, end),
                Some(b'+') => return None,
                _ if self.is_single(*s, *p, end) => {
                    *s += 1;
                    *p = end;
                }
                _ => return None,
            }
        }
    }

    fn most(&mut self, s: usize, p: usize, end: usize) -> Option<usize> {
        let mut count = 0;
        while self.is_single(s + count, p, end) {
            count += 1;
        }
        budget::spend(count * cost::MATCH);
        loop {
            if let Some(found) = self.matches(s + count, end + 1) {
                return Some(found);
            }
            count = count.checked_sub(1)?;
        }
    }

    fn fewest(&mut self, mut s: usize, p: usize, end: usize) -> Option<usize> {
        loop {
            if let Some(found) = self.matches(s, end + 1) {
                return Some(found);
            }
            if !self.is_single(s, p, end) {
                return None;
            }
            s += 1;
        }
    }

    fn open(&mut self, s: usize, p: usize, is_position: bool) -> Option<usize> {
        *self.captures.get_mut(self.level)? = (s, is_position.then_some(s));
        self.level += 1;
        let level = self.level;
        let found = self.matches(s, p);
        if found.is_none() {
            self.level = level - 1;
        }
        found
    }

    fn close(&mut self, s: usize, p: usize) -> Option<usize> {
        let last = self.captures.get(..self.level)?.iter().rposition(|(_, end)| end.is_none())?;
        self.captures[last].1 = Some(s);
        let found = self.matches(s, p);
        if found.is_none() {
            self.captures[last].1 = None;
        }
        found
    }

    /// Where the text of a capture, which stands here again, ends.
    fn again(&self, s: usize, number: usize) -> Option<usize> {
        let (start, end) = *self.captures.get(..self.level)?.get(number.checked_sub(1)?)?;
        let captured = self.text.get(start..end?)?;
        budget::spend(captured.len() / cost::BYTES_COMPARED);
        self.text.get(s..)?.starts_with(captured).then_some(s + captured.len())
    }

    /// `%bxy`: where the part that begins with x ends, with as many y.
    fn balanced(&self, s: usize, p: usize) -> Option<usize> {
        let (begin, end) = (*self.pattern.get(p)?, *self.pattern.get(p + 1)?);
        if self.text.get(s) != Some(&begin) {
            return None;
        }
        let mut open = 0_usize;
        for (at, byte) in self.text.iter().enumerate().skip(s) {
            budget::spend(1);
            if *byte == end && at > s {
                open -= 1;
                if open == 0 {
                    return Some(at + 1);
                }
            } else if *byte == begin {
                open += 1;
            }
        }
        None
    }

    fn is_single(&self, s: usize, p: usize, end: usize) -> bool {
        let Some(&byte) = self.text.get(s) else { return false };
        match self.pattern[p] {
            b'.' => true,
            ESCAPE => is_of_class(byte, self.pattern[p + 1]),
            b'[' => self.is_in_set(byte, p, end - 1),
            literal => literal == byte,
        }
    }

    /// Whether a byte is in the set from the bracket at `p` to the one at `last`.
    fn is_in_set(&self, byte: u8, mut p: usize, last: usize) -> bool {
        let mut answer = true;
        if self.pattern[p + 1] == b'^' {
            (answer, p) = (false, p + 1);
        }
        p += 1;
        while p < last {
            if self.pattern[p] == ESCAPE {
                if is_of_class(byte, self.pattern[p + 1]) {
                    return answer;
                }
                p += 2;
            } else if self.pattern[p + 1] == b'-' && p + 2 < last {
                if (self.pattern[p]..=self.pattern[p + 2]).contains(&byte) {
                    return answer;
                }
                p += 3;
            } else {
                if self.pattern[p] == byte {
                    return answer;
                }
                p += 1;
            }
        }
        !answer
    }
}

/// Whether a byte is of the class of that letter; for what is no letter of a class, whether it is that byte.
fn is_of_class(byte: u8, class: u8) -> bool {
    let is_of = match class.to_ascii_lowercase() {
        b'a' => byte.is_ascii_alphabetic(),
        b'c' => byte.is_ascii_control(),
        b'd' => byte.is_ascii_digit(),
        b'g' => byte.is_ascii_graphic(),
        b'l' => byte.is_ascii_lowercase(),
        b'p' => byte.is_ascii_punctuation(),
        // The vertical tab is a space for C.
        b's' => byte.is_ascii_whitespace() || byte == 0x0B,
        b'u' => byte.is_ascii_uppercase(),
        b'w' => byte.is_ascii_alphanumeric(),
        b'x' => byte.is_ascii_hexdigit(),
        _ => return class == byte,
    };
    is_of != class.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::state::exclusive;

    #[test]
    fn it_matches_as_lua_does() {
        let _turn = exclusive();
        for (text, pattern, wanted) in [
            ("hello", "ell", true),
            ("hello", "^ell", false),
            ("hello", "^h.*o$", true),
            ("hello", "l+o", true),
            ("hello", "x*", true),
            ("hello", "x+", false),
            ("hello", "he?l", true),
            ("hello", "h.-o$", true),
            ("key = value", "^(%w+)%s*=%s*(%w+)$", true),
            ("abcabc", "(abc)%1", true),
            ("abcabd", "(abc)%1", false),
            ("f(a(b)c)d", "%b()d", true),
            ("f(a(b)c", "^f%b()$", false),
            ("THE (quick) fox", "%f[%a]%a+%f[%A]", true),
            ("x]y", "[]]", true),
            ("x-y", "[a%-]", true),
            ("5", "[^%D]", true),
            ("b", "[a-c]", true),
            ("-", "[a-]", true),
            ("a.b", "a%.b", true),
            ("", "", true),
            ("", "^$", true),
            ("a$", "a$", false),
            ("a$b", "a$b", true),
            ("ab", "()b", true),
            ("(())", "%b((", true),
            ("xx", "%bxx", true),
        ] {
            assert_eq!(check(pattern.as_bytes()), Ok(()), "{pattern}");
            assert_eq!(is_in(text.as_bytes(), pattern.as_bytes()), wanted, "{text} {pattern}");
        }
    }

    #[test]
    fn what_is_malformed_is_said_in_advance() {
        for pattern in ["%", "[a", "[]", "[%", "(a", "a)", "%1", "(a%1)", "%b", "%bx", "%f", "%fa", "%0", "a%"] {
            assert!(check(pattern.as_bytes()).is_err(), "{pattern}");
        }
        let many = "()".repeat(33);
        assert_eq!(check(many.as_bytes()), Err("too many captures"));
        assert_eq!(check("()".repeat(32).as_bytes()), Ok(()));
    }

    #[test]
    fn no_search_goes_deeper_than_lua_would() {
        let _turn = exclusive();
        let text = "a".repeat(300);
        assert!(is_in(text.as_bytes(), b"^a-$"));
        assert!(is_in(text.as_bytes(), format!("^{}$", "a?".repeat(DEPTH - 2) + "a*").as_bytes()));
        // Lua raises that the pattern is too complex.
        assert!(!is_in(text.as_bytes(), format!("^{}$", "a?".repeat(300)).as_bytes()));
    }
}
