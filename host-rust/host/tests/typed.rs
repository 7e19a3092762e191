//! Values as types of the program: everything comes back, and what does not fit says where.
#![cfg(feature = "serde")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use cu_host::{Args, Call, Error, Instance, MemoryStore, Module, Options, ReadOptions, Value, table};
use cu_random::for_all;
use cu_random::proptest::collection::{btree_map, vec};
use cu_random::proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

mod any_value;
use any_value::value;

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
enum Payment {
    Cash,
    Card(String),
    Split(u8, f64),
    Transfer { bank: String, reference: Option<i128> },
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Position {
    item: String,
    price: u32,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Order {
    id: u64,
    sums: (i8, f32),
    letter: char,
    is_open: bool,
    note: Option<String>,
    orders: Vec<Position>,
    by_number: BTreeMap<i16, Payment>,
    by_flag: BTreeMap<bool, Vec<Option<u8>>>,
    by_variant: BTreeMap<String, ()>,
    anything: Value,
}

fn payment() -> impl Strategy<Value = Payment> {
    prop_oneof![
        Just(Payment::Cash),
        ".*".prop_map(Payment::Card),
        (any::<u8>(), -1e9..1e9).prop_map(|(percent, sum)| Payment::Split(percent, sum)),
        (".*", any::<Option<i128>>()).prop_map(|(bank, reference)| Payment::Transfer { bank, reference }),
    ]
}

/// A list of Lua does not end with nil.
fn without_end(mut list: Vec<Option<u8>>) -> Vec<Option<u8>> {
    while let Some(None) = list.last() {
        list.pop();
    }
    // Where most is missing, it is no list.
    if list.iter().flatten().count() * 2 < list.len() { Vec::new() } else { list }
}

fn order() -> impl Strategy<Value = Order> {
    let positions = vec((".*", any::<u32>()).prop_map(|(item, price)| Position { item, price }), 0..4);
    let lists = btree_map(any::<bool>(), vec(any::<Option<u8>>(), 0..5).prop_map(without_end), 0..3);
    (
        (any::<u64>(), any::<i8>(), -1e9f32..1e9, any::<char>(), any::<bool>(), any::<Option<String>>()),
        (positions, btree_map(any::<i16>(), payment(), 0..4), lists, any::<Vec<u8>>()),
    )
        .prop_map(|((id, small, float, letter, is_open, note), (orders, by_number, by_flag, bytes))| Order {
            id,
            sums: (small, float),
            letter,
            is_open,
            note,
            orders,
            by_number,
            by_flag,
            by_variant: BTreeMap::new(),
            anything: Value::String(bytes),
        })
}

#[test]
fn a_struct_of_everything_comes_back_also_through_the_module_and_its_store() {
    let options = || Options::default().typed_function("echo", |(order,): (Order,)| Ok::<_, String>(order));
    let module = Module::embedded().unwrap();
    for_all(100, order(), |order| {
        let value = Value::from_serialize(&order).unwrap();
        assert_eq!(value.to::<Order>().unwrap(), order);
        let mut instance = Instance::new(&module, MemoryStore::default(), options()).unwrap();
        instance.compute("function _home.keep(order) _home.order = host.echo(order) return _home.order end").unwrap();
        assert_eq!(instance.call_typed::<Order>("_home.keep", (&order,)).unwrap(), order);
        let kept = instance.compute("return _home.order").unwrap();
        let read = instance.read(kept.value(), ReadOptions::default()).unwrap();
        assert_eq!(read.get::<Order>().unwrap(), order);
    });
}

/// JSON without what Lua does not have: nothing in a table, and tables that are not filled.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        // Its reader is exact for numbers of few digits only.
        any::<i32>().prop_map(|number| (f64::from(number) / 4.0).into()),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..5).prop_map(serde_json::Value::Array),
            btree_map(".*", inner, 1..5).prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn json_of_another_crate_comes_back_and_means_what_ours_does() {
    for_all(500, json(), |json| {
        let value = Value::from_serialize(&json).unwrap();
        let decoded = Value::decode(&value.encode().unwrap()).unwrap();
        assert_eq!(decoded.to::<serde_json::Value>().unwrap(), json);
        // From the text, by their reader into our values.
        let text = json.to_string();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value, "{text}");
        assert_eq!(serde_json::to_value(&value).unwrap_or_default(), json_with_marked_integers(&json));
    });
}

/// An integer beyond 64 bits with a sign has a form of its own.
fn json_with_marked_integers(json: &serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::Number(number) if number.is_u64() && !number.is_i64() => {
            serde_json::json!({ "$integer": number.to_string() })
        }
        serde_json::Value::Array(list) => list.iter().map(json_with_marked_integers).collect(),
        serde_json::Value::Object(map) => {
            map.iter().map(|(key, value)| (key.clone(), json_with_marked_integers(value))).collect()
        }
        other => other.clone(),
    }
}

fn has_wrong_key(value: &Value) -> bool {
    let is_wrong = |key: &Value| match key {
        Value::Boolean(_) | Value::Integer(_) | Value::String(_) => false,
        Value::Float(number) => number.is_nan(),
        _ => true,
    };
    let pairs = value.as_table().unwrap_or_default();
    pairs.iter().any(|(key, value)| is_wrong(key) || has_wrong_key(value))
}

#[test]
fn a_value_among_types_is_itself_and_what_is_no_type_is_an_error() {
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Wrapped {
        inner: Option<Value>,
        list: Vec<Value>,
    }
    for_all(1000, value(), |value| {
        match Value::from_serialize(&value) {
            Ok(same) => assert_eq!(same, value),
            Err(Error::Type { problem, .. }) => assert!(has_wrong_key(&value), "{problem}"),
            Err(other) => panic!("{other:?}"),
        }
        assert_eq!(value.to::<Value>().unwrap(), value);
        let inner = Some(value.clone()).filter(|value| !value.is_nil());
        let wrapped = Wrapped { inner, list: vec![1.into(), value.clone(), 2.into()] };
        if !has_wrong_key(&value) {
            assert_eq!(Value::from_serialize(&wrapped).unwrap().to::<Wrapped>().unwrap(), wrapped);
        }
        // Whatever it is, there is an answer.
        let _ = value.to::<Order>();
        let _ = value.to::<Vec<Payment>>();
        let _ = value.to::<HashMap<String, f32>>();
        let _ = value.to::<(u8, Option<char>, Vec<u8>)>();
        let _ = value.to::<serde_json::Value>();
        let _ = serde_json::to_string(&value);
    });
}

#[test]
fn numbers_of_all_sizes_come_back() {
    fn same<T: Debug + DeserializeOwned + PartialEq + Serialize>(number: T) {
        let value = Value::from_serialize(&number).unwrap();
        let decoded = Value::decode(&value.encode().unwrap()).unwrap();
        assert_eq!(decoded.to::<T>().unwrap(), number, "{value:?}");
    }
    for number in [0, 1, -1, i64::MIN as i128, i64::MAX as i128 + 1, u64::MAX.into(), i128::MIN, i128::MAX] {
        same(number);
    }
    same(u128::MAX);
    same(u64::MAX);
    same(f64::MIN_POSITIVE);
    same(f32::MAX);
    assert_eq!(Value::from_serialize(&u64::MAX).unwrap().to_string(), u64::MAX.to_string());
    assert_eq!(Value::Float(3.0).to::<u8>().unwrap(), 3);
    assert_eq!(Value::Integer(3).to::<f64>().unwrap(), 3.0);
    assert!(Value::from_serialize(&f64::NAN).unwrap().to::<f64>().unwrap().is_nan());
}

#[cfg(feature = "num-bigint")]
#[test]
fn a_big_integer_is_a_field() {
    use num_bigint::BigInt;

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Account {
        #[serde(with = "cu_host::typed::big_integer")]
        cents: BigInt,
    }
    for cents in [0.into(), BigInt::from(i64::MIN), BigInt::from(-10).pow(99)] {
        let account = Account { cents };
        let value = Value::from_serialize(&account).unwrap();
        assert_eq!(value.to::<Account>().unwrap(), account);
        assert_eq!(value.get("cents").and_then(Value::to_big_int), Some(account.cents));
    }
    assert_eq!(table! { "cents" => 2.0 }.to::<Account>().unwrap().cents, 2.into());
    assert_eq!(message(table! { "cents" => 2.5 }.to::<Account>()), "cents: 2.5 is no integer");
}

#[test]
fn lists_may_have_gaps_and_no_more() {
    let sparse = |numbers: &[i64]| numbers.iter().map(|number| (*number, *number)).collect::<Value>();
    let list = |numbers| sparse(numbers).to::<Vec<Option<i64>>>();
    assert_eq!(list(&[3, 1]).unwrap(), [Some(1), None, Some(3)]);
    assert!(sparse(&[]).to::<Vec<i64>>().unwrap().is_empty());
    assert_eq!(sparse(&[3]).to::<(Option<i64>, (), i64)>().unwrap(), (None, (), 3));
    for far in [&[5, 1][..], &[i64::MAX], &[0], &[-1, 1], &[i64::MIN]] {
        assert!(message(list(far)).contains("invalid type: map, expected a sequence"), "{far:?}");
    }
    assert_eq!(message(sparse(&[1, 2, 3]).to::<(i64, i64)>()), "invalid length 3, expected 2 elements");
}

#[test]
fn strings_are_text_and_bytes() {
    assert_eq!(Value::from("ab").to::<Vec<u8>>().unwrap(), b"ab");
    assert_eq!(Value::from("ab").to::<&str>().unwrap(), "ab");
    assert_eq!(Value::from(&b"\xff"[..]).to::<&[u8]>().unwrap(), b"\xff");
    assert_eq!(message(Value::from(&b"\xff"[..]).to::<String>()), "invalid value: byte array, expected a string");
    assert_eq!(
        message(Value::from("ab").to::<Vec<String>>()),
        "invalid type: string, expected a list of something else than bytes"
    );
}

fn message<T: Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(error @ Error::Type { .. }) => error.to_string(),
        other => panic!("an error of types was expected: {other:?}"),
    }
}

#[test]
fn an_error_names_the_place_and_what_is_there() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shop {
        #[allow(dead_code, reason = "it is read only to fail")]
        orders: Vec<Position>,
        #[allow(dead_code, reason = "it is read only to fail")]
        paid: Option<BTreeMap<String, Payment>>,
    }
    let good = || table! { "item" => "tea", "price" => 1 };
    let shop = |third: Value| table! { "orders" => table![good(), good(), third] };
    let paid = |payment: Value| table! { "orders" => table![], "paid" => table! { "by me" => payment } };
    let long = "x".repeat(1_000_000);
    for (value, expected) in [
        (shop(table! { "item" => "jam", "price" => -5 }), "orders[3].price: invalid value: integer `-5`, expected u32"),
        (shop(table! { "item" => 7, "price" => 5 }), "orders[3].item: invalid type: integer `7`, expected a string"),
        (shop(table! { "item" => "jam" }), "orders[3]: missing field `price`"),
        (
            shop(Value::External(9)),
            "orders[3]: invalid type: a reference to the external table 9, whose content was not read, expected struct Position",
        ),
        (
            paid("Gold".into()),
            r#"paid["by me"]: unknown variant `Gold`, expected one of `Cash`, `Card`, `Split`, `Transfer`"#,
        ),
        (
            paid(table! { "Split" => table![1, "x"] }),
            r#"paid["by me"].Split[2]: invalid type: string "x", expected f64"#,
        ),
        (
            paid(table! { "Transfer" => table! { "bank" => true } }),
            r#"paid["by me"].Transfer.bank: invalid type: boolean `true`, expected a string"#,
        ),
        (paid(table! { "Cash" => 1 }), r#"paid["by me"].Cash: invalid type: integer `1`, expected unit"#),
        (
            paid(table! {}),
            r#"paid["by me"]: invalid value: table of 0 entries, expected a table with the name of a variant and what is in it"#,
        ),
        (table! { "orders" => table![], "other" => 1 }, "other: unknown field `other`, expected `orders` or `paid`"),
        (table! { "orders" => table![], 0 => 1 }, "[0]: unknown field `[0]`, expected `orders` or `paid`"),
        (Value::Library("print".into()), "invalid type: function: print, expected struct Shop"),
    ] {
        assert_eq!(message(value.to::<Shop>()), expected);
    }
    let long = message(shop(table! { "item" => "x", "price" => long.as_str() }).to::<Shop>());
    assert!(
        long.len() < 400
            && long.starts_with("orders[3].price: invalid type: string \"xxx")
            && long.ends_with("expected u32"),
        "{long}"
    );
    let big = Value::BigInteger { negative: true, magnitude: vec![1; 17] };
    assert_eq!(message(big.to::<i128>()), format!("invalid value: integer `{big}`, expected i128"));
    let huge = Value::BigInteger { negative: true, magnitude: vec![1; 1_000_000] };
    assert_eq!(message(huge.to::<i64>()), "invalid value: an integer of 1000000 bytes, expected i64");
}

#[test]
fn what_has_no_form_in_lua_is_refused_with_its_place() {
    let keys: BTreeMap<&str, HashMap<(u8, u8), u8>> = [("a", HashMap::from([((1, 2), 3)]))].into();
    assert_eq!(message(Value::from_serialize(&keys)), "a: a table is no key");
    assert_eq!(message(Value::from_serialize(&[HashMap::from([(u64::MAX, 1)])])), "[1]: a big integer is no key");
    assert_eq!(message(Value::from_serialize(&HashMap::from([(None::<u8>, 1)]))), "nil is no key");
}

/// A list of Rust that is one table within another.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Chain {
    next: Option<Box<Chain>>,
}

#[test]
fn what_is_nested_too_deep_or_within_itself_is_an_error_and_no_end() {
    let chain = |length| (1..length).fold(Chain::default(), |chain, _| Chain { next: Some(Box::new(chain)) });
    let deepest = Value::from_serialize(&chain(128)).unwrap();
    assert!(deepest.encode().is_ok() && deepest.to::<Chain>().is_ok());
    assert!(message(Value::from_serialize(&chain(129))).ends_with("next: tables are nested deeper than 128"));
    let deeper = table! { "next" => deepest };
    assert!(message(deeper.to::<Chain>()).ends_with("next: tables are nested deeper than 128"));

    let mut home = cu_host::in_memory().unwrap();
    let answer = home.compute("_home.ring = {} _home.ring.next = _home.ring return _home.ring").unwrap();
    let tables = home.read(answer.value(), ReadOptions::default()).unwrap();
    assert!(message(tables.get::<Chain>()).ends_with("next: tables are nested deeper than 128"));
    assert!(message(tables.get::<serde_json::Value>()).ends_with("deeper than 128"));
}

#[test]
fn responses_rows_and_arguments_are_typed() {
    let options = Options::default()
        .typed_function("price", |(item, count): (String, Option<u32>)| match &item[..] {
            "tea" => Ok(Position { item, price: 3 * count.unwrap_or(1) }),
            _ => Err(format!("no {item} here")),
        })
        .typed_function("none", |(): ()| Ok::<(), String>(()))
        .typed_function("keys", |(_,): (Value,)| Ok::<_, String>(HashMap::from([((1, 2), 3)])))
        .typed_async_function("slow", |(n,): (u8,)| async move { Ok::<_, String>(vec![n; 2]) });
    let mut instance = Instance::new(&Module::embedded().unwrap(), MemoryStore::default(), options).unwrap();
    let response = instance.compute("return host.price('tea', 2), 'x', nil").unwrap();
    let (position, text, none): (Position, &str, Option<u8>) = response.get_all().unwrap();
    assert_eq!((position.price, text, none), (6, "x", None));
    assert_eq!(response.get::<Position>().unwrap(), position);
    assert_eq!(message(response.get_all::<(Position, u8)>()), r#"[2]: invalid type: string "x", expected u8"#);
    assert_eq!(instance.compute("return host.slow(7)").unwrap().get::<[u8; 2]>().unwrap(), [7, 7]);
    assert_eq!(instance.compute("return host.none()").unwrap().get::<()>(), Ok(()));
    for (code, expected) in [
        ("host.price('plum')", "compute:1: host.price: no plum here"),
        ("host.price('tea', -1)", "compute:1: host.price: [2]: invalid value: integer `-1`, expected u32"),
        ("host.price('tea', 1, 2)", "compute:1: host.price: invalid length 3, expected 2 elements"),
        ("host.price()", "compute:1: host.price: [1]: invalid type: unit value, expected a string"),
        ("host.none(1)", "compute:1: host.none: invalid type: sequence, expected unit"),
        ("host.keys(1)", "compute:1: host.keys: a table is no key"),
        ("host.slow(256)", "compute:1: host.slow: [1]: invalid value: integer `256`, expected u8"),
    ] {
        assert_eq!(instance.compute(code).unwrap_err().to_string(), expected);
    }

    let mut data = instance.data();
    data.create_table("_home.positions").unwrap();
    for (key, price) in [(1, 5), (2, 7)] {
        data.set("_home.positions", key, Value::from_serialize(&Position { item: "jam".into(), price }).unwrap())
            .unwrap();
    }
    let spec = serde_json::json!({ "where": { "price": [">", 5] }, "order": "price" });
    let rows = data.query("_home.positions", Value::from_serialize(&spec).unwrap()).unwrap();
    assert_eq!(rows.get::<Position>().unwrap(), [Position { item: "jam".into(), price: 7 }]);
    data.set("_home.positions", 3, table! { "item" => "gin" }).unwrap();
    let rows = data.query("_home.positions", table! { "order" => "item" }).unwrap();
    assert_eq!(message(rows.get::<Position>()), "[1]: missing field `price`");
}

#[test]
fn arguments_are_a_tuple_or_a_list() {
    let call = |call: Result<Call, Error>| call.unwrap();
    let plain = Call::new("f").value(1).value("x").value(Value::Nil);
    assert_eq!(call(Call::new("f").arguments(&(1, "x", None::<u8>))), plain);
    assert_eq!(call(Call::new("f").value(1).arguments(&("x", ()))), plain);
    assert_eq!(call(Call::new("f").arguments(&())), Call::new("f"));
    assert_eq!(call(Call::new("f").arguments(&[1, 2])), Call::new("f").value(1).value(2));
    for wrong in [Value::from(1), table! { "a" => 1 }, table! { 2 => 1 }] {
        assert!(matches!(Call::new("f").arguments(&wrong), Err(Error::Argument(_))), "{wrong}");
    }
    let echo = |args: Args| {
        Ok::<_, Error>(args.to::<(Option<u8>, Option<u8>)>()?.1.map_or(Value::Nil, |n| u32::from(n).into()))
    };
    let options = Options::default().function("second", echo);
    let mut instance = Instance::new(&Module::embedded().unwrap(), MemoryStore::default(), options).unwrap();
    assert_eq!(instance.call_typed::<Option<u8>>("host.second", (1,)).unwrap(), None);
    assert_eq!(instance.call_typed::<u8>("host.second", (1, 2)).unwrap(), 2);
}
