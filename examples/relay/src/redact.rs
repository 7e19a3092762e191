//! Takes a secret out of what an upstream answers, as it comes in pieces.
//!
//! Invariant: what is given out never has the secret in it, in one of the forms below, wherever the pieces are cut. Only the end
//! of what came is kept back, while it may be the beginning of the secret; so an event of a stream is not held up by this.
//!
//! Forms are: each character as it is, in small or large letters, or escaped as in JSON, HTML, URLs and programs; or all of it in
//! hexadecimal digits or base64. An upstream that wants to give its secret away can: it may write it backwards. This is against
//! echoes and error pages.

use zeroize::Zeroizing;

/// What stands in place of a secret; it needs no escape anywhere.
pub const REDACTED: &[u8] = b"(redacted)";

type Bytes = Zeroizing<Vec<u8>>;

/// Looks for one secret.
pub struct Redactor {
    /// Of each character of the secret, how it may be written.
    characters: Vec<Vec<Bytes>>,
    /// How the whole may be written.
    wholes: Vec<Bytes>,
    /// Which first bytes all these have.
    begins: [bool; 256],
    /// What came and is not given out yet.
    kept: Bytes,
}

/// Whether the secret is at the beginning of a text.
enum Found {
    /// It is, with this length.
    Here(usize),
    /// It is, as far as the text goes.
    Perhaps,
    No,
}

impl Redactor {
    /// For this secret, which is not empty.
    pub fn new(secret: &[u8]) -> Redactor {
        let characters: Vec<_> = secret.iter().map(|byte| written(*byte)).collect();
        let mut wholes = vec![digits(secret)];
        wholes.extend((0..3).flat_map(|before| [b"+/", b"-_"].map(|last| base64(secret, before, last))));
        let mut begins = [false; 256];
        for first in characters.iter().take(1).flatten().chain(&wholes).filter_map(|form| form.first()) {
            begins[usize::from(first.to_ascii_lowercase())] = true;
            begins[usize::from(first.to_ascii_uppercase())] = true;
        }
        Redactor { characters, wholes, begins, kept: Zeroizing::default() }
    }

    /// Takes a piece; what of it, and of what was kept, may be given out.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        self.kept.extend_from_slice(piece);
        self.give_out(false)
    }

    /// What is left when nothing comes any more.
    pub fn end(&mut self) -> Vec<u8> {
        self.give_out(true)
    }

    /// A text that is whole.
    pub fn whole(&mut self, text: &[u8]) -> Vec<u8> {
        let mut out = self.push(text);
        out.extend(self.end());
        out
    }

    fn give_out(&mut self, is_end: bool) -> Vec<u8> {
        let bytes = &self.kept;
        let mut out = Vec::with_capacity(bytes.len());
        let (mut at, mut from) = (0, 0);
        while at < bytes.len() {
            let found = if self.begins[usize::from(bytes[at])] { self.find(&bytes[at..]) } else { Found::No };
            match found {
                Found::Perhaps if !is_end => break,
                Found::Here(length) => {
                    out.extend_from_slice(&bytes[from..at]);
                    out.extend_from_slice(REDACTED);
                    at += length;
                    from = at;
                }
                Found::Perhaps | Found::No => at += 1,
            }
        }
        out.extend_from_slice(&bytes[from..at]);
        let rest = Zeroizing::new(bytes[at..].to_vec());
        self.kept = rest;
        out
    }

    fn find(&self, text: &[u8]) -> Found {
        let mut is_cut = false;
        let mut longest = None;
        for whole in &self.wholes {
            if text.get(..whole.len()).is_some_and(|part| part.eq_ignore_ascii_case(whole)) {
                longest = longest.max(Some(whole.len()));
            }
            is_cut |= is_beginning(text, whole);
        }
        // Where the characters so far may end: a backslash may be one, or half of one.
        let mut ends = vec![0];
        for forms in &self.characters {
            if ends.is_empty() {
                break;
            }
            let mut next = Vec::new();
            for end in ends {
                let rest = &text[end..];
                for form in forms {
                    if rest.get(..form.len()).is_some_and(|part| part.eq_ignore_ascii_case(form)) {
                        next.push(end + form.len());
                    }
                    is_cut |= is_beginning(rest, form);
                }
            }
            next.sort_unstable();
            next.dedup();
            ends = next;
        }
        match longest.max(ends.last().copied()) {
            Some(length) => Found::Here(length),
            None if is_cut => Found::Perhaps,
            None => Found::No,
        }
    }
}

fn is_beginning(text: &[u8], form: &[u8]) -> bool {
    text.len() < form.len() && form[..text.len()].eq_ignore_ascii_case(text)
}

/// How a character may be written.
fn written(byte: u8) -> Vec<Bytes> {
    let name = match byte {
        b'&' => "&amp;",
        b'<' => "&lt;",
        b'>' => "&gt;",
        b'"' => "&quot;",
        b'\'' => "&apos;",
        _ => "",
    };
    let mut forms = vec![
        vec![byte],
        format!("%{byte:02x}").into(),
        format!("%25{byte:02x}").into(),
        format!("\\u{byte:04x}").into(),
        format!("\\x{byte:02x}").into(),
        format!("&#{byte};").into(),
        format!("&#{byte:03};").into(),
        format!("&#x{byte:x};").into(),
    ];
    if byte.is_ascii_punctuation() {
        forms.push(vec![b'\\', byte]);
    }
    if !name.is_empty() {
        forms.push(name.into());
    }
    forms.into_iter().map(Zeroizing::new).collect()
}

fn digits(secret: &[u8]) -> Bytes {
    Zeroizing::new(crate::hex::hex(secret).into_bytes())
}

/// The characters of base64 that depend on the secret alone, if so many bytes of a group are in front of it.
fn base64(secret: &[u8], before: usize, last: &[u8; 2]) -> Bytes {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let bit = |at: usize| usize::from(secret[at / 8] >> (7 - at % 8) & 1);
    // Where the first character begins that has no bit of what is in front.
    let first = (6 - before * 8 % 6) % 6;
    let number = |at: usize| (0..6).fold(0, |value, next| value << 1 | bit(first + 6 * at + next));
    let letter = |number: usize| LETTERS.get(number).copied().unwrap_or_else(|| last[number - LETTERS.len()]);
    Zeroizing::new((0..(secret.len() * 8 - first) / 6).map(|at| letter(number(at))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cu_random::Random;

    const SECRET: &[u8] = b"sk-\"Very&Secret\\/key+1<2>'";

    /// As other programs write it. The last ones are base64: alone, behind one byte, behind two.
    fn forms() -> Vec<Vec<u8>> {
        let each = |write: &dyn Fn(&u8) -> String| SECRET.iter().map(write).collect::<String>().into_bytes();
        vec![
            SECRET.to_vec(),
            SECRET.to_ascii_uppercase(),
            b"sk-\\\"Very&Secret\\\\\\/key+1<2>'".to_vec(),
            b"sk-\\\"Very\\u0026Secret\\\\/key+1\\u003C2\\u003e'".to_vec(),
            b"sk-&quot;Very&amp;Secret\\/key+1&lt;2&gt;&#39;".to_vec(),
            b"sk-%22Very%26Secret%5C%2Fkey%2B1%3C2%3E'".to_vec(),
            each(&|byte| format!("%{byte:02X}")),
            each(&|byte| format!("{byte:02X}")),
            each(&|byte| format!("\\x{byte:02x}")),
            b"c2stIlZlcnkmU2VjcmV0XC9rZXkrMTwyPic=".to_vec(),
            b"YXNrLSJWZXJ5JlNlY3JldFwva2V5KzE8Mj4n".to_vec(),
            b"YWFzay0iVmVyeSZTZWNyZXRcL2tleSsxPDI-Jw==".to_vec(),
        ]
    }

    #[test]
    fn no_form_is_given_out_wherever_the_pieces_are_cut() {
        let mut random = Random::from_clock();
        for form in forms() {
            for cut in 0..=form.len() {
                let text = [b"data: s ".as_slice(), &form, b" end"].concat();
                let mut redactor = Redactor::new(SECRET);
                let (first, second) = text.split_at(8 + cut);
                let mut out = redactor.push(first);
                for piece in second.chunks(1 + random.below(5)) {
                    out.extend(redactor.push(piece));
                }
                out.extend(redactor.end());
                let out = String::from_utf8(out).unwrap();
                // Of base64, a character at each end may have bits of what is beside it.
                assert!(out.starts_with("data: s ") && out.ends_with(" end"), "{out}");
                assert!(out.contains("(redacted)") && out.len() <= 8 + 2 + 10 + 4 + 4, "{out}");
            }
        }
    }

    #[test]
    fn a_piece_is_given_out_at_once_unless_it_ends_like_a_beginning() {
        let mut redactor = Redactor::new(b"Z123456789abcdefgh");
        assert_eq!(redactor.push(b"data: x\n\n"), b"data: x\n\n");
        assert_eq!(redactor.push(b"to Z123"), b"to ");
        assert_eq!(redactor.push(b"Z123456789abcdefg"), b"Z123");
        assert_eq!(redactor.push(b"H!"), b"(redacted)!");
        assert_eq!(redactor.push(b"Z"), b"");
        assert_eq!(redactor.end(), b"Z");
    }

    #[test]
    fn a_megabyte_of_beginnings_takes_no_long_time() {
        let secret = b"sk-0123456789abcdefghijklmnopqrstuvwxyz0123456789";
        let text = secret[..secret.len() - 1].repeat(20_000);
        let begun = std::time::Instant::now();
        let mut redactor = Redactor::new(secret);
        let mut out = redactor.push(&text);
        out.extend(redactor.end());
        assert_eq!(out, text);
        assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
    }

    #[test]
    fn what_may_be_read_in_many_ways_is_found() {
        let mut redactor = Redactor::new(&[b'\\'; 20]);
        assert_eq!(redactor.push(&[b'\\'; 19]), b"");
        assert_eq!(redactor.push(b"y"), vec![b'\\'; 19].into_iter().chain([b'y']).collect::<Vec<_>>());
        assert_eq!(redactor.whole(&[b'\\'; 40]), REDACTED);
    }
}
