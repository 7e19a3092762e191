//! What is planned, and that what a plan comes to is what a walk through all rows comes to.

use super::*;
use crate::data::engine::{self, Answered, Query};
use crate::data::path;
use crate::data::program::Builder;
use crate::data::row::Eyes;
use crate::data::stop::{Look, Stop};
use crate::host::stand_in;
use crate::vm::state::exclusive;
use cu_abi::key::{Key, KeyBuffer};
use cu_abi::value::Writer;
use cu_random::Random;

fn encoded(items: &[Item<'_>]) -> Vec<u8> {
    let mut room = [0; 4096];
    let mut writer = Writer::new(&mut room);
    for item in items {
        match item {
            Item::Integer(value) => writer.integer(*value),
            Item::Float(value) => writer.float(*value),
            Item::String(value) => writer.string(value),
            Item::Boolean(value) => writer.boolean(*value),
            Item::External(id) => writer.external(*id),
            other => panic!("{other:?}"),
        }
    }
    writer.written().expect("it fits").to_vec()
}

fn path_of(text: &str) -> Vec<u8> {
    let mut room = [0; path::PATH_BYTES];
    let length = path::parse(text.as_bytes(), &mut room).expect("a path");
    let mut out = (length as u16).to_le_bytes().to_vec();
    out.extend_from_slice(&room[..length]);
    out
}

type Test<'a> = (&'a str, Operator, Vec<Item<'a>>);

fn nodes(tests: &[Test<'_>]) -> Vec<u8> {
    let mut nodes = Vec::new();
    for (text, operator, operands) in tests {
        let operands = encoded(operands);
        let mut content = path_of(text);
        content.push(*operator as u8);
        content.extend_from_slice(&(operands.len() as u32).to_le_bytes());
        content.extend_from_slice(&operands);
        nodes.push(tag::FIELD);
        nodes.extend_from_slice(&(content.len() as u32).to_le_bytes());
        nodes.extend_from_slice(&content);
    }
    nodes
}

fn program(tests: &[Test<'_>], order: &[(&str, bool)], limit: u32, flags: u32) -> Vec<u8> {
    let mut room = vec![0; 8192];
    let mut builder = Builder::new(&mut room);
    builder.out.push(&nodes(tests));
    for section in [Section::Where, Section::Select, Section::Group, Section::Aggregates] {
        builder.end(section);
    }
    for (text, descends) in order {
        builder.out.push(&[u8::from(*descends), By::PATH]);
        builder.out.push(&path_of(text));
    }
    builder.end(Section::Order);
    builder.end(Section::After);
    (builder.head.limit, builder.head.flags) = (limit, flags);
    let length = builder.finish();
    room.truncate(length);
    room
}

fn paths(texts: &[&str]) -> Vec<u8> {
    texts.iter().flat_map(|text| path_of(text)).collect()
}

fn definition(table: u32, paths: &[u8]) -> Definition<'_> {
    Definition {
        table,
        name: b"index",
        paths,
        filter: &[],
        is_ordered: true,
        is_unique: false,
        is_multi: false,
        has_strings: false,
    }
}

fn chosen(program: &[u8], definitions: &[Definition<'_>]) -> Choice {
    choose(&Program::new(program), None, definitions).expect("there is memory")
}

fn bytes(item: Item<'_>) -> Vec<u8> {
    component(&item).expect("there is memory")
}

#[test]
fn the_range_is_as_narrow_as_the_filter_says() {
    let _turn = exclusive();
    let (age, both) = (paths(&["age"]), paths(&["city", "age"]));
    let (three, five) = (Item::Integer(3), Item::Integer(5));
    let behind = |item| [bytes(item), vec![BEHIND]].concat();
    let oslo = Item::String(b"Oslo");
    use Operator::*;
    for (tests, index, low, high, is_exact) in [
        (vec![("age", Equal, vec![three])], &age, bytes(three), behind(three), true),
        (vec![("age", Less, vec![three])], &age, vec![0x11], bytes(three), true),
        (vec![("age", AtLeast, vec![three])], &age, bytes(three), vec![0x18], true),
        (vec![("age", Greater, vec![three])], &age, behind(three), vec![0x18], true),
        (vec![("age", Between, vec![three, five])], &age, bytes(three), behind(five), true),
        (vec![("age", In, vec![five, three])], &age, bytes(three), behind(five), false),
        (vec![("age", Greater, vec![three]), ("age", Less, vec![five])], &age, behind(three), bytes(five), false),
        (
            vec![("age", StartsWith, vec![Item::String(b"a\0")])],
            &age,
            b"\x01a\0\xFF".to_vec(),
            b"\x01a\x01".to_vec(),
            true,
        ),
        (vec![("age", StartsWith, vec![Item::String(b"\xFF")])], &age, b"\x01\xFF".to_vec(), b"\x02".to_vec(), true),
        (
            vec![("city", Equal, vec![oslo]), ("age", AtMost, vec![five])],
            &both,
            [bytes(oslo), vec![0x11]].concat(),
            [bytes(oslo), behind(five)].concat(),
            true,
        ),
        (vec![("city", Equal, vec![oslo]), ("name", Equal, vec![oslo])], &both, bytes(oslo), behind(oslo), false),
    ] {
        let choice = chosen(&program(&tests, &[], 10, 0), &[definition(50, index)]);
        let Plan::Range(walk) = choice.plan else { panic!("no range: {tests:?}") };
        assert_eq!((walk.low, walk.high, choice.is_exact), (low, high, is_exact), "{tests:?}");
    }
}

#[test]
fn the_best_index_is_used_and_the_others_say_why_not() {
    let _turn = exclusive();
    let (age, city, both, name) = (paths(&["age"]), paths(&["city"]), paths(&["city", "age"]), paths(&["name"]));
    let partial = nodes(&[("active", Operator::Equal, vec![Item::Boolean(true)])]);
    let definitions = [
        definition(50, &age),
        definition(51, &city),
        definition(52, &both),
        Definition { is_ordered: false, ..definition(53, &name) },
        Definition { filter: &partial, ..definition(54, &city) },
        Definition { is_unique: true, ..definition(55, &name) },
    ];
    let (three, oslo, yes) = (Item::Integer(3), Item::String(b"Oslo"), Item::Boolean(true));
    let reasons = |tests: &[Test<'_>], order: &[(&str, bool)]| {
        let choice = chosen(&program(tests, order, 10, 0), &definitions);
        (choice.reasons[..6].to_vec(), matches!(choice.plan, Plan::Both(..)), choice.is_in_order)
    };
    use Operator::*;
    use Reason::*;
    assert_eq!(
        reasons(&[("x", Equal, vec![three])], &[]),
        (vec![Field, Field, Field, Field, Partial, Field], false, false)
    );
    assert_eq!(
        reasons(&[("age", Equal, vec![three]), ("city", Equal, vec![oslo])], &[]),
        (vec![Worse, Worse, Used, Field, Partial, Field], false, false)
    );
    assert_eq!(reasons(&[("city", Equal, vec![oslo]), ("active", Equal, vec![yes])], &[]).0[4], Worse);
    assert_eq!(reasons(&[("name", Greater, vec![oslo])], &[]).0[3], Equality);
    assert_eq!(reasons(&[("name", Equal, vec![oslo]), ("age", Equal, vec![three])], &[]).0[5], Used);
    // Without the compound one, two together.
    let pair = [definitions[0], definitions[1]];
    let both = chosen(&program(&[("age", Equal, vec![three]), ("city", Equal, vec![oslo])], &[], 10, 0), &pair);
    assert!(matches!(both.plan, Plan::Both(..)) && both.reasons[..2] == [Used, Used]);
    // The order is that of an index, also behind a field that is known.
    assert_eq!(reasons(&[], &[("age", true)]), (vec![Used, Field, Field, Field, Partial, Field], false, true));
    assert!(!reasons(&[("city", Equal, vec![oslo])], &[("age", false)]).2);
    let ordered = chosen(&program(&[("city", Equal, vec![oslo])], &[("age", false)], 10, 0), &definitions[2..3]);
    assert!(ordered.is_in_order);
    let long = vec![b'x'; BOUND_BYTES];
    assert_eq!(reasons(&[("age", Equal, vec![Item::String(&long)])], &[]).0[0], Long);
}

const TABLE: u32 = 20;
const INDEXES: u32 = 1000;

fn key(key: Key<'_>) -> Vec<u8> {
    let mut buffer = KeyBuffer::new();
    buffer.encode(key).expect("it fits");
    buffer.bytes().to_vec()
}

/// A value of few, so that some are equal; none sometimes.
fn value(random: &mut Random) -> Option<Item<'static>> {
    let strings: [&[u8]; 4] = [b"", b"a", b"a\0", b"b"];
    Some(match random.below(9) {
        0 => return None,
        1..5 => Item::Integer(random.below(4) as i64),
        5 => Item::Float(random.below(8) as f64 / 2.0),
        6 => Item::Float(f64::NAN),
        7 => Item::Boolean(random.below(2) == 0),
        _ => Item::String(strings[random.below(4)]),
    })
}

/// Keys of an answer, and where it goes on.
fn answered(bytes: &[u8]) -> (Vec<Vec<u8>>, Option<Vec<u8>>, u64) {
    let answer = Answered::new(bytes);
    let (mut keys, mut place) = (Vec::new(), 0);
    while let Some((entry, next)) = answer.entry(place) {
        keys.push(entry.to_vec());
        place = next;
    }
    (keys, answer.rest().map(|(keys, _)| keys.to_vec()), answer.head.matched)
}

#[test]
fn every_plan_comes_to_the_rows_of_a_walk_through_all() {
    let _turn = exclusive();
    let fields = ["a", "b", "c"];
    let mut plans = [0; 3];
    for round in 0..120 {
        let mut random = Random::from_environment(round);
        stand_in::clear();
        let indexed: Vec<Vec<&str>> =
            vec![vec!["a"], vec!["b"], vec!["a", "b"], vec!["c", "a", "b"], vec!["b", "c"], vec!["c"]];
        for row in 0..random.below(60) {
            let row_key =
                if row % 3 == 0 { key(Key::String(&[b'k', row as u8])) } else { key(Key::Integer(row as i64)) };
            let id = 100 + row as u32;
            stand_in::put(TABLE, &row_key, &encoded(&[Item::External(id)]));
            let values: Vec<_> = fields.iter().map(|_| value(&mut random)).collect();
            for (field, value) in fields.iter().zip(&values) {
                if let Some(value) = value {
                    stand_in::put(id, &key(Key::String(field.as_bytes())), &encoded(&[*value]));
                }
            }
            for (number, fields_of) in indexed.iter().enumerate() {
                let mut entry = Vec::new();
                for field in fields_of {
                    let at = fields.iter().position(|known| known == field).expect("a field");
                    group::append_component(values[at].as_ref(), &mut entry).expect("there is memory");
                }
                entry.extend_from_slice(&row_key);
                stand_in::put(INDEXES + number as u32, &entry, &encoded(&[Item::Boolean(true)]));
            }
        }
        let all: Vec<Vec<u8>> = indexed.iter().map(|fields| paths(fields)).collect();
        for _ in 0..40 {
            let is_pair = random.one_in(3);
            let definitions: Vec<Definition<'_>> = (0..all.len())
                .filter(|number| if is_pair { indexed[*number].len() == 1 } else { random.below(2) == 0 })
                .map(|number| definition(INDEXES + number as u32, &all[number]))
                .collect();
            let operators = [
                Operator::Equal,
                Operator::Equal,
                Operator::Equal,
                Operator::Less,
                Operator::AtMost,
                Operator::Greater,
                Operator::AtLeast,
                Operator::In,
                Operator::StartsWith,
                Operator::Unequal,
            ];
            let tests: Vec<Test<'_>> = (0..random.below(4))
                .filter_map(|_| {
                    let operator = if is_pair { Operator::Equal } else { random.one_of(&operators) };
                    let count = if operator == Operator::In { 2 } else { 1 };
                    let operands: Vec<_> = (0..count).filter_map(|_| value(&mut random)).collect();
                    let is_text = matches!(operands.first(), Some(Item::String(_)));
                    (!operands.is_empty() && (is_text || operator != Operator::StartsWith)).then_some((
                        fields[random.below(3)],
                        operator,
                        operands,
                    ))
                })
                .collect();
            let order: Vec<_> = (0..random.below(3)).map(|_| (fields[random.below(3)], random.below(2) == 0)).collect();
            let flags = if random.one_in(4) { flag::ONLY_COUNT } else { 0 };
            let program = program(&tests, &order, 1 + random.below(20) as u32, flags);
            let mut scanned = Query::new(TABLE, Program::new(&program));
            scanned.offset = random.below(3) as u64;
            let mut planned = scanned;
            plans[match chosen(&program, &definitions).plan {
                Plan::Scan => 0,
                Plan::Range(_) => 1,
                Plan::Both(..) => 2,
            }] += 1;
            let context = format!("{tests:?} {order:?} {definitions:?}");
            for page in 0..4 {
                let wanted = engine::run(&scanned, &[], &mut Look::new(Eyes::Module)).expect("it is answered");
                let found = engine::run(&planned, &definitions, &mut Look::new(Eyes::Module)).expect("it is answered");
                let ((keys, rest, matched), (found, found_rest, found_matched)) = (answered(&wanted), answered(&found));
                assert_eq!((&found, &found_rest), (&keys, &rest), "page {page}, {context}");
                if flags != 0 {
                    assert_eq!(found_matched, matched, "{context}");
                }
                let Some(rest) = rest else { break };
                let last = keys.last().expect("a row").len();
                (scanned.offset, scanned.after) = (0, Some((leaked(&rest), rest.len() - last)));
                (planned.offset, planned.after) = (0, scanned.after);
            }
        }
    }
    assert!(plans.iter().all(|count| *count > 100), "{plans:?}");
}

/// For as long as the test runs.
fn leaked(bytes: &[u8]) -> &'static [u8] {
    Box::leak(bytes.to_vec().into_boxed_slice())
}

#[test]
fn an_entry_is_not_trusted() {
    let _turn = exclusive();
    stand_in::clear();
    let age = paths(&["age"]);
    let three = bytes(Item::Integer(3));
    let program = program(&[("age", Operator::Equal, vec![Item::Integer(3)])], &[], 10, 0);
    let query = Query::new(TABLE, Program::new(&program));
    let run = || {
        engine::run(&query, &[definition(50, &age)], &mut Look::new(Eyes::Module))
            .map(|answer| answered(&answer).0.len())
    };
    // It leads to no row.
    stand_in::put(50, &[three.clone(), key(Key::Integer(7))].concat(), b"\x01\x01");
    assert_eq!(run().ok(), Some(0));
    // It has no key of a row.
    stand_in::put(50, &[three, vec![0x30]].concat(), b"\x01\x01");
    assert_eq!(run(), Err(Stop::Noted));
}
