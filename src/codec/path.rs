//! Where in a result a value lies, such as `.users[3].conn`: written from its end, as an error leaves the encoder.
#![forbid(unsafe_code)]

use crate::bytes::copy_at;

/// Longest path kept; its end, nearest to the culprit, survives a cut.
const PATH_BYTES: usize = 160;
const CUT: &[u8] = b"...";

/// A path in a fixed buffer, filled from the back.
#[derive(Clone, Copy)]
pub struct Path {
    bytes: [u8; PATH_BYTES],
    start: usize,
    cut: bool,
}

impl Path {
    /// The empty path.
    pub const EMPTY: Path = Path { bytes: [0; PATH_BYTES], start: PATH_BYTES, cut: false };

    /// The text.
    pub fn text(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Puts `text` in front, or the mark of a cut when it does not fit.
    pub fn prepend(&mut self, text: &[u8]) {
        if self.cut {
            return;
        }
        let room = self.start - CUT.len();
        let text = if text.len() <= room {
            text
        } else {
            self.cut = true;
            CUT
        };
        self.start -= text.len();
        copy_at(&mut self.bytes, self.start, text);
    }

    /// Puts the access by a string key in front: `.name`, or `["any text"]` when it is no name.
    pub fn prepend_key(&mut self, key: &[u8]) {
        let is_name = key.first().is_some_and(|first| !first.is_ascii_digit())
            && key.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        if is_name {
            self.prepend(key);
            self.prepend(b".");
        } else {
            self.prepend(b"\"]");
            self.prepend(key);
            self.prepend(b"[\"");
        }
    }

    /// Puts the access by an integer in front: `[3]`.
    pub fn prepend_index(&mut self, index: i64) {
        let mut digits = [0; 20];
        let mut start = digits.len();
        let mut rest = index.unsigned_abs();
        loop {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.prepend(b"]");
        self.prepend(&digits[start..]);
        self.prepend(if index < 0 { b"[-" } else { b"[" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_lua() {
        let mut path = Path::EMPTY;
        path.prepend_key(b"conn");
        path.prepend_index(3);
        path.prepend_key(b"the users");
        path.prepend_index(-12);
        assert_eq!(path.text(), b"[-12][\"the users\"][3].conn");
    }

    #[test]
    fn a_long_path_keeps_its_end() {
        let mut path = Path::EMPTY;
        path.prepend_key(b"last");
        for _ in 0..100 {
            path.prepend_key(b"middle");
        }
        let text = String::from_utf8(path.text().to_vec()).expect("ASCII");
        assert!(text.starts_with("...") && text.ends_with(".middle.last"), "{text}");
    }
}
