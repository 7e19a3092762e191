//! Whether a row matches a filter.
//!
//! Invariant: nothing here runs Lua. An operator matches only values of its operand's class; NaN is equal to nothing, and neither
//! less nor greater.
#![forbid(unsafe_code)]

use core::cmp::Ordering;

use cu_abi::key::IntegerKey;
use cu_abi::value::{Item, Reader};

use crate::budget::{self, cost};
use crate::data::component;
use crate::data::path::Path;
use crate::data::pattern;
use crate::data::program::{Operator, Parts, tag};
use crate::data::row::Row;
use crate::data::stop::{Look, Stop};

/// Hands each path that the nodes look at to `visit`.
pub fn each_path(nodes: &[u8], visit: &mut dyn FnMut(Path<'_>)) {
    let mut parts = Parts(nodes);
    while let Some((kind, content)) = parts.node() {
        if kind == tag::FIELD {
            visit(Path::new(Parts(content).short().unwrap_or_default()));
        } else {
            each_path(content, visit);
        }
    }
}

/// Whether the row matches all of these nodes.
pub fn matches<'a>(nodes: &'a [u8], row: &Row<'_>, look: &mut Look<'a>) -> Result<bool, Stop> {
    let mut parts = Parts(nodes);
    while let Some((kind, content)) = parts.node() {
        if !node(kind, content, row, look)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn node<'a>(kind: u8, content: &'a [u8], row: &Row<'_>, look: &mut Look<'a>) -> Result<bool, Stop> {
    budget::spend(cost::TEST);
    match kind {
        tag::FIELD => field(content, row, look),
        tag::ALL => matches(content, row, look),
        _ => {
            let mut parts = Parts(content);
            while let Some((inner, content)) = parts.node() {
                if node(inner, content, row, look)? {
                    return Ok(kind == tag::ANY);
                }
            }
            Ok(kind != tag::ANY)
        }
    }
}

fn field<'a>(content: &'a [u8], row: &Row<'_>, look: &mut Look<'a>) -> Result<bool, Stop> {
    let mut parts = Parts(content);
    let path = Path::new(parts.short().unwrap_or_default());
    let mut value = look.field(row, path)?;
    while let Some((operator, operand)) = parts.test() {
        budget::spend(cost::TEST);
        let is_match = match (operator, value.item()) {
            (Operator::Contains, Some(Item::External(id))) => {
                let is_match = has_element(id, operand, path, look)?;
                if is_match && !parts.0.is_empty() {
                    // Its place was used for the elements.
                    value = look.field(row, path)?;
                }
                is_match
            }
            (_, item) => test(operator, operand, item.as_ref()),
        };
        if !is_match {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether an external table has an element like that, from 1 on as far as there are any.
fn has_element<'a>(id: u32, operand: &[u8], path: Path<'a>, look: &mut Look<'a>) -> Result<bool, Stop> {
    for number in 1.. {
        let value = look.element(id, IntegerKey::new(number).bytes(), path, number)?;
        let Some(item) = value.item() else { break };
        if test(Operator::Equal, operand, Some(&item)) {
            return Ok(true);
        }
        if budget::is_exhausted() {
            break;
        }
    }
    Ok(false)
}

/// The same of an inline one.
fn has_inline_element(pairs: u32, content: &[u8], operand: &[u8]) -> bool {
    budget::spend(content.len() / cost::BYTES_DECODED);
    // Lists are written in their order, so there is seldom more than one walk.
    let (mut wanted, mut is_found) = (1, true);
    while is_found {
        is_found = false;
        let mut reader = Reader::new(content);
        for _ in 0..pairs {
            let (Ok(key), Ok(value)) = (reader.item(), reader.item()) else { return false };
            let number = match key {
                Item::Integer(number) => number,
                Item::Float(number) if number as i64 as f64 == number => number as i64,
                _ => continue,
            };
            if number != wanted || matches!(value, Item::Nil) {
                continue;
            }
            if test(Operator::Equal, operand, Some(&value)) {
                return true;
            }
            (wanted, is_found) = (wanted + 1, true);
        }
        budget::spend(content.len() / cost::BYTES_DECODED);
        if budget::is_exhausted() {
            return false;
        }
    }
    false
}

/// The order of two values of one class that are comparable.
fn order(item: &Item<'_>, operand: &Item<'_>) -> Option<Ordering> {
    if component::class(Some(item)) != component::class(Some(operand))
        || component::is_nan(item)
        || component::is_nan(operand)
    {
        return None;
    }
    match (item, operand) {
        (Item::String(left), Item::String(right)) => {
            budget::spend_bytes(left.len().min(right.len()), cost::BYTES_COMPARED);
        }
        (Item::BigInteger(_, magnitude), _) => budget::spend(magnitude.len()),
        _ => {}
    }
    Some(component::compare(item, operand))
}

/// Whether a value, or none, passes a test.
pub fn test(operator: Operator, operands: &[u8], item: Option<&Item<'_>>) -> bool {
    let mut reader = Reader::new(operands);
    let first = reader.item();
    let (Some(item), Ok(operand)) = (item, first) else {
        // `in` an empty list matches nothing, either.
        return operator == Operator::Exists && first == Ok(Item::Boolean(false));
    };
    match operator {
        Operator::Contains => {
            return match item {
                Item::Table(pairs, content) => has_inline_element(*pairs, content, operands),
                item => text(item, &operand, contains),
            };
        }
        Operator::StartsWith => return text(item, &operand, |text, part| text.starts_with(part)),
        Operator::EndsWith => return text(item, &operand, |text, part| text.ends_with(part)),
        Operator::Matches => return text(item, &operand, pattern::is_in),
        Operator::Exists => return operand == Item::Boolean(true),
        _ => {}
    }
    let mut order_of_first = order(item, &operand);
    match operator {
        Operator::Equal => order_of_first == Some(Ordering::Equal),
        Operator::Less => order_of_first == Some(Ordering::Less),
        Operator::AtMost => order_of_first.is_some_and(Ordering::is_le),
        Operator::Greater => order_of_first == Some(Ordering::Greater),
        Operator::AtLeast => order_of_first.is_some_and(Ordering::is_ge),
        Operator::Unequal => {
            let class = component::class(Some(item));
            order_of_first != Some(Ordering::Equal) && class == component::class(Some(&operand))
        }
        Operator::Between => {
            let last = reader.item().unwrap_or(Item::Nil);
            order_of_first.is_some_and(Ordering::is_ge) && order(item, &last).is_some_and(Ordering::is_le)
        }
        _ => {
            while order_of_first != Some(Ordering::Equal) {
                budget::spend(cost::TEST);
                let Ok(operand) = reader.item() else { return false };
                order_of_first = order(item, &operand);
            }
            true
        }
    }
}

/// Whether two strings pass a test.
fn text(item: &Item<'_>, operand: &Item<'_>, test: fn(&[u8], &[u8]) -> bool) -> bool {
    let (Item::String(text), Item::String(part)) = (item, operand) else { return false };
    budget::spend_bytes(part.len(), cost::BYTES_COMPARED);
    test(text, part)
}

/// Whether a text has a part.
fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    let mut text = text;
    while let Some(at) = text.iter().position(|byte| byte == first) {
        let behind = text.get(at + 1..).unwrap_or_default();
        budget::spend(1 + at / cost::BYTES_COMPARED + rest.len() / cost::BYTES_COMPARED);
        if behind.starts_with(rest) {
            return true;
        }
        if behind.len() < rest.len() || budget::is_exhausted() {
            return false;
        }
        text = behind;
    }
    budget::spend(text.len() / cost::BYTES_COMPARED);
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::state::exclusive;
    use cu_abi::value::Writer;

    fn encoded(items: &[Item<'_>]) -> Vec<u8> {
        let mut room = [0; 256];
        let mut writer = Writer::new(&mut room);
        for item in items {
            match item {
                Item::Boolean(value) => writer.boolean(*value),
                Item::Integer(value) => writer.integer(*value),
                Item::Float(value) => writer.float(*value),
                Item::String(value) => writer.string(value),
                Item::BigInteger(negative, magnitude) => writer.big_integer(*negative, magnitude),
                other => panic!("{other:?}"),
            }
        }
        writer.written().expect("it fits").to_vec()
    }

    #[test]
    fn operators_compare_values_of_one_class() {
        let _turn = exclusive();
        let nan = Item::Float(f64::NAN);
        let (three, text, yes) = (Item::Integer(3), Item::String(b"b"), Item::Boolean(true));
        use Operator::*;
        for (operator, operands, item, wanted) in [
            (Equal, vec![three], Some(Item::Float(3.0)), true),
            (Equal, vec![three], Some(Item::BigInteger(false, &[3])), true),
            (Equal, vec![Item::Integer((1 << 53) + 1)], Some(Item::Float(9_007_199_254_740_992.0)), false),
            (Equal, vec![three], Some(text), false),
            (Equal, vec![three], None, false),
            (Equal, vec![nan], Some(nan), false),
            (Unequal, vec![three], Some(Item::Integer(4)), true),
            (Unequal, vec![three], Some(nan), true),
            (Unequal, vec![nan], Some(three), true),
            (Unequal, vec![three], Some(text), false),
            (Unequal, vec![three], None, false),
            (Unequal, vec![three], Some(Item::External(3)), false),
            (Less, vec![three], Some(Item::Float(2.5)), true),
            (Less, vec![three], Some(nan), false),
            (AtLeast, vec![three], Some(nan), false),
            (AtMost, vec![nan], Some(three), false),
            (Greater, vec![text], Some(Item::String(b"ba")), true),
            (Less, vec![yes], Some(Item::Boolean(false)), true),
            (Between, vec![three, Item::Integer(5)], Some(Item::Float(5.0)), true),
            (Between, vec![three, Item::Integer(5)], Some(Item::Float(5.5)), false),
            (In, vec![text, three], Some(Item::Float(3.0)), true),
            (In, vec![], Some(three), false),
            (Contains, vec![Item::String(b"ell")], Some(Item::String(b"hello")), true),
            (Contains, vec![Item::String(b"")], Some(Item::String(b"")), true),
            (Contains, vec![Item::String(b"lo!")], Some(Item::String(b"hello")), false),
            (StartsWith, vec![text], Some(Item::String(b"bc")), true),
            (EndsWith, vec![text], Some(Item::String(b"bc")), false),
            (Matches, vec![Item::String(b"^%d+$")], Some(Item::String(b"123")), true),
            (Matches, vec![Item::String(b"^%d+$")], Some(three), false),
            (Exists, vec![Item::Boolean(true)], Some(Item::External(3)), true),
            (Exists, vec![Item::Boolean(false)], Some(three), false),
            (Exists, vec![Item::Boolean(false)], None, true),
            (Exists, vec![Item::Boolean(true)], None, false),
        ] {
            assert_eq!(
                test(operator, &encoded(&operands), item.as_ref()),
                wanted,
                "{operator:?} {operands:?} {item:?}"
            );
        }
    }

    #[test]
    fn elements_of_an_inline_list_are_looked_at_as_far_as_it_goes() {
        let _turn = exclusive();
        let list = |elements: &[(Item<'_>, i64)]| -> Vec<u8> {
            elements.iter().flat_map(|(key, value)| encoded(&[*key, Item::Integer(*value)])).collect()
        };
        let has = |elements: &[(Item<'_>, i64)], wanted: i64| {
            has_inline_element(elements.len() as u32, &list(elements), &encoded(&[Item::Integer(wanted)]))
        };
        let (one, two, four) = (Item::Integer(1), Item::Float(2.0), Item::Integer(4));
        assert!(has(&[(one, 10), (two, 20)], 20));
        assert!(has(&[(two, 20), (one, 10)], 20));
        assert!(!has(&[(one, 10), (two, 20), (four, 40)], 40));
        assert!(!has(&[(two, 20)], 20));
        assert!(!has(&[], 20));
        assert!(!has(&[(Item::String(b"x"), 7), (one, 10)], 7));
    }
}
