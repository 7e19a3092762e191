//! The parts of a schema, as they lie in its bytes: an encoded value, which `spec.rs` accepted when it was attached.
#![forbid(unsafe_code)]

use cu_abi::key::KeyBuffer;
use cu_abi::value::{Item, Reader};

use crate::data::scratch;

/// What one value has to be.
#[derive(Clone, Copy)]
pub struct Rule<'a> {
    /// The word for its type, empty for any.
    pub kind: &'a [u8],
    /// The pairs of its table; none where the rule is a word.
    content: &'a [u8],
}

impl<'a> Rule<'a> {
    /// The rule that a value is: a word for a type, or a table.
    pub fn of(item: Item<'a>) -> Option<Rule<'a>> {
        match item {
            Item::String(kind) => Some(Rule { kind, content: &[] }),
            Item::Table(_, content) => {
                let rule = Rule { kind: &[], content };
                let kind = match rule.option(b"type") {
                    Some(Item::String(kind)) => kind,
                    _ => &[],
                };
                Some(Rule { kind, content })
            }
            _ => None,
        }
    }

    /// The schema that these bytes are.
    pub fn of_bytes(bytes: &'a [u8]) -> Option<Rule<'a>> {
        Rule::of(Reader::new(bytes).item().ok()?)
    }

    /// Whether it says more than a type.
    pub fn has_options(self) -> bool {
        !self.content.is_empty()
    }

    /// What the rule says under a name.
    pub fn option(self, name: &[u8]) -> Option<Item<'a>> {
        let mut pairs = Reader::new(self.content);
        while !pairs.is_at_end() {
            let (key, value) = (pairs.item().ok()?, pairs.item().ok()?);
            if matches!(key, Item::String(known) if known == name) {
                return Some(value);
            }
        }
        None
    }

    /// Whether it says `true` under a name, or what `otherwise` is if it says nothing.
    pub fn says(self, name: &[u8], otherwise: bool) -> bool {
        match self.option(name) {
            Some(Item::Boolean(value)) => value,
            _ => otherwise,
        }
    }

    /// The pairs under a name that is a table.
    pub fn pairs(self, name: &[u8]) -> Pairs<'a> {
        match self.option(name) {
            Some(Item::Table(_, content)) => Pairs(Reader::new(content)),
            _ => Pairs(Reader::new(&[])),
        }
    }

    /// The rule of an entry of the table that it is a rule of, by the entry's key.
    pub fn inner(self, key: &[u8]) -> Option<Rule<'a>> {
        if let Some(Item::Table(_, fields)) = self.option(b"fields")
            && let Some(rule) = find(fields, key)
        {
            return Rule::of(rule);
        }
        self.option(b"items").and_then(Rule::of)
    }
}

/// What lies under an encoded key in the pairs of an inline table.
pub fn find<'a>(content: &'a [u8], wanted: &[u8]) -> Option<Item<'a>> {
    let mut key = KeyBuffer::new();
    Pairs(Reader::new(content))
        .find(|(name, _)| scratch::encode_key(name, &mut key) && key.bytes() == wanted)
        .map(|(_, value)| value)
}

/// Pairs of an inline table.
pub struct Pairs<'a>(Reader<'a>);

impl<'a> Iterator for Pairs<'a> {
    type Item = (Item<'a>, Item<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_at_end() {
            return None;
        }
        Some((self.0.item().ok()?, self.0.item().ok()?))
    }
}
