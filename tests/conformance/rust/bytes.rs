//! Bytes as the kit writes them: hexadecimal, with pieces that are repeated, or their length and hash.

/// Bytes of which a line may show the digits, and lines or text that it may show: more than the recorder of the kit ever does.
const MOST_SHOWN: usize = 16_384;

pub fn to_hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".into();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `-` is no bytes; `a0+61*3` is a0 61 61 61.
pub fn from_hex(word: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    if word == "-" {
        return bytes;
    }
    for piece in word.split('+') {
        let (digits, times) = piece.split_once('*').unwrap_or((piece, "1"));
        assert!(digits.len().is_multiple_of(2), "'{digits}' is no hexadecimal");
        let part: Vec<u8> =
            (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
        bytes.extend(part.repeat(times.parse().unwrap()));
    }
    bytes
}

/// FNV-1a of 64 bits.
pub fn hash(bytes: &[u8]) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, step))
}

/// An expectation can be written in several ways.
pub type Forms = Vec<String>;

/// A line with bytes.
pub fn bytes_forms(head: &str, bytes: &[u8]) -> Forms {
    let mut forms = vec![format!("{head} {} {}", bytes.len(), hash(bytes))];
    if bytes.len() <= MOST_SHOWN {
        forms.insert(0, format!("{head} {}", to_hex(bytes)));
    }
    forms
}

/// A line with text below it; `end` is what the text ends with and the lines do not show.
pub fn text_forms(head: &str, bytes: &[u8], end: &str) -> Forms {
    let mut forms = vec![format!("{head} {} {}", bytes.len(), hash(bytes))];
    let text = std::str::from_utf8(bytes).ok().and_then(|text| text.strip_suffix(end));
    if let Some(text) = text.filter(|text| text.len() <= MOST_SHOWN) {
        forms.insert(0, format!("{head}\n{}", indented(text.split('\n'))));
    }
    forms
}

/// A line with lines below it, or their number and the hash of all.
pub fn lines_forms(head: &str, lines: &[String]) -> Forms {
    let all: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let short =
        if lines.is_empty() { head.into() } else { format!("{head}\n{}", indented(lines.iter().map(|line| &**line))) };
    vec![short, format!("{head} {} {}", lines.len(), hash(all.as_bytes()))]
}

fn indented<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
