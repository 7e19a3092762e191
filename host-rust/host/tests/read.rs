//! External tables as plain values: tables that scripts stored, limits, damage.

use std::sync::LazyLock;

use cu_abi::tables;
use cu_host::{Error, Instance, MODULE, MemoryStore, Module, Options, ReadOptions, Store, StoreError, Value};

static COMPILED: LazyLock<Module> = LazyLock::new(|| Module::new(MODULE).unwrap());

fn instance(store: impl Store + 'static) -> Instance {
    Instance::new(&COMPILED, store, Options::default()).unwrap()
}

/// An instance whose table 7, and other tables, have these rows.
fn with_rows(rows: &[(u32, Value, Value)]) -> Instance {
    let mut store = MemoryStore::default();
    for (table, key, value) in rows {
        store.set(*table, &key.encode_key().unwrap(), &value.encode().unwrap()).unwrap();
    }
    instance(store)
}

const SEVEN: Value = Value::External(7);

fn with_depth(depth: usize) -> ReadOptions {
    ReadOptions { depth, ..ReadOptions::default() }
}

fn with_limit(limit: usize) -> ReadOptions {
    ReadOptions { limit, ..ReadOptions::default() }
}

#[test]
fn what_a_script_stored_is_read_as_it_stored_it() {
    let mut instance = instance(MemoryStore::default());
    let response = instance.compute(
        "_home.shared = { 1, 2, 3 }
         _home.users = { ada = { age = 36, tags = _home.shared }, [1] = 'mixed', [-0.5] = false }
         _home.me = _home
         _home.f, _home.format, _home.text = function() end, string.format, ('long '):rep(1000)
         return _home.users",
    );
    let users = instance.read(response.unwrap().value(), ReadOptions::default()).unwrap();
    assert_eq!(users.to_string(), "{ada = {age = 36, tags = {1, 2, 3}}, \"mixed\", [-0.5] = false}");

    let home = instance.read_home(ReadOptions::default()).unwrap();
    let field = |name| home.follow(home.value().get(name).unwrap());
    assert_eq!(field("me"), home.value(), "it contains itself");
    assert_eq!(field("users"), users.value());
    assert_eq!(home.follow(field("users").get("ada").unwrap()).get("tags"), home.value().get("shared"));
    assert_eq!(field("text").as_str(), Some(&"long ".repeat(1000)[..]));
    assert!(matches!(field("f"), Value::Function(_)));
    assert_eq!(field("format"), &Value::Library("string.format".to_owned()));
    assert_eq!(home.tables().len(), 4);

    let top = instance.read_home(with_depth(1)).unwrap();
    assert!(matches!(top.follow(top.value().get("users").unwrap()), Value::External(_)));
    let nothing = instance.read_home(with_depth(0)).unwrap();
    assert_eq!(nothing.value(), &Value::External(tables::HOME));
}

#[test]
fn any_value_is_read_with_the_tables_in_it() {
    let mut instance = with_rows(&[(7, "x".into(), 1.into())]);
    for (value, text) in [
        (vec![SEVEN, Value::External(8)].into(), "{{x = 1}, {}}"),
        (vec![SEVEN, SEVEN].into(), "{table: external 7 {x = 1}, table: external 7}"),
        (Value::from("text"), "text"),
    ] {
        assert_eq!(instance.read(&value, ReadOptions::default()).unwrap().to_string(), text);
    }
}

#[test]
fn a_table_has_the_least_depth_that_it_can_have() {
    let reference = Value::External;
    let mut instance = with_rows(&[
        (7, "deep".into(), reference(8)),
        (7, "near".into(), reference(9)),
        (8, 1.into(), reference(9)),
        (9, 1.into(), reference(10)),
        (10, 1.into(), "bottom".into()),
    ]);
    let mut text = |depth| instance.read(&SEVEN, with_depth(depth)).unwrap().to_string();
    assert_eq!(text(1), "{deep = table: external 8, near = table: external 9}");
    assert_eq!(text(2), "{deep = {table: external 9 {table: external 10}}, near = table: external 9}");
    assert_eq!(text(3), "{deep = {table: external 9 {{\"bottom\"}}}, near = table: external 9}");
}

#[test]
fn a_long_chain_of_tables_needs_no_stack() {
    let rows: Vec<_> = (7..50_000).map(|id| (id, "next".into(), Value::External(id + 1))).collect();
    let chain = with_rows(&rows).read(&SEVEN, ReadOptions::default()).unwrap();
    assert_eq!(chain.tables().len(), 49_994);
    let text = chain.to_string();
    assert!(text.ends_with(&format!("next = table: external 135{}", "}".repeat(128))), "{text}");
}

#[test]
fn more_entries_than_the_limit_are_an_error_with_the_number() {
    let mut instance =
        with_rows(&[(7, 1.into(), Value::External(8)), (7, 2.into(), "x".into()), (8, 1.into(), "y".into())]);
    assert_eq!(instance.read(&SEVEN, with_limit(3)).unwrap().to_string(), r#"{{"y"}, "x"}"#);
    let error = instance.read(&SEVEN, with_limit(2)).unwrap_err();
    assert_eq!(error, Error::Limit { limit: 2, table: 8 });
    assert_eq!(error.to_string(), "more than 2 entries; table 8 goes beyond the limit");
    assert_eq!(instance.read(&SEVEN, with_limit(0)), Err(Error::Limit { limit: 0, table: 7 }));
    assert!(instance.read(&Value::External(9), with_limit(0)).is_ok(), "an empty table");
}

#[test]
fn damage_is_named_with_table_and_key() {
    for (key, value, message) in [
        (&b"\x15\x01"[..], &b"\x04\x09\0\0\0"[..], "table 7, key 1501: malformed at byte 1: the length exceeds"),
        (b"\x15\x01", b"\0\0", "table 7, key 1501: malformed at byte 1: bytes after the value"),
        (b"\x15\x01", b"\x08\0\0", "table 7, key 1501: malformed at byte 3: the value is cut off"),
        (b"\x15\x01", b"", "table 7, key 1501: malformed at byte 0: the value is cut off"),
        (b"\x30", b"\0", "table 7, key 30: malformed at byte 0: no key begins like this"),
        (b"\x01a", b"\0", "table 7, key 0161: malformed at byte 2: a string as a key without an end"),
    ] {
        let mut store = MemoryStore::default();
        store.set(7, key, value).unwrap();
        let error = instance(store).read(&SEVEN, ReadOptions::default()).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}

/// A store that lists keys but has no values for them.
struct Lying;

impl Store for Lying {
    fn get(&mut self, _: u32, _: &[u8]) -> Result<Option<std::borrow::Cow<'_, [u8]>>, StoreError> {
        Ok(None)
    }

    fn set(&mut self, _: u32, _: &[u8], _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }

    fn delete(&mut self, _: u32, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }

    fn size(&mut self, _: u32) -> Result<u32, StoreError> {
        Ok(1)
    }

    /// Up to a bound, lists keys without end and ignores the visitor's answer.
    fn keys(
        &mut self,
        _: u32,
        _: Option<&[u8]>,
        _: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        (0..1000).for_each(|_| _ = visit(b"\x14"));
        Ok(())
    }
}

#[test]
fn a_lying_store_ends_in_an_error() {
    let mut instance = instance(Lying);
    let error = instance.read(&SEVEN, ReadOptions::default()).unwrap_err();
    assert!(error.to_string().ends_with("it lists a key of table 7 that it does not have"), "{error}");
    assert_eq!(instance.read(&SEVEN, with_limit(10)), Err(Error::Limit { limit: 10, table: 7 }));
}

#[test]
fn io_is_read_also_while_it_holds_a_spilled_result() {
    let mut instance = instance(MemoryStore::default());
    instance.compute_raw(b"_io.output = { list = { 1, 2 } } return ('x'):rep(70000), 2").unwrap().unwrap();
    assert_eq!(instance.store().size(tables::IO), Ok(2));
    let io = instance.read(&Value::External(tables::IO), ReadOptions::default()).unwrap();
    assert_eq!(io.to_string(), "{output = {list = {1, 2}}}");
}

#[test]
fn options_for_what_is_stored_reach_the_module() {
    let stored = |options| {
        let mut instance = Instance::new(&COMPILED, MemoryStore::default(), options).unwrap();
        instance.compute("_home.text = ('x'):rep(4000) _home.f = function() error('no') end").unwrap();
        let key = Value::from("text").encode_key().unwrap();
        let length = instance.store().get(tables::HOME, &key).unwrap().unwrap().len();
        let mut later = self::instance(instance.into_store());
        (length, later.compute("return select(2, pcall(_home.f))").unwrap().value().to_string())
    };
    assert_eq!(stored(Options { strip: true, compression: Some(0), ..Options::default() }), (4005, "no".to_owned()));
    let (length, message) = stored(Options::default());
    assert!(length < 100 && message == "compute:1: no", "{length} {message}");
}

#[test]
fn the_module_writes_the_same_keys() {
    let mut instance = instance(MemoryStore::default());
    instance
        .compute(
            "for _, key in ipairs { 'result', 'a\\0b', '', '\\xff\\0', 0, 1, -1, 255, 256, -255, -256, 1 << 53, -(1 << 53),
               math.maxinteger, math.mininteger, 1.5, -1.5, 1/0, -1/0, 2^63, false, true } do _home[key] = key end",
        )
        .unwrap();
    let home = instance.read_home(ReadOptions::default()).unwrap();
    let pairs = home.value().as_table().unwrap();
    assert_eq!(pairs.len(), 22);
    for (key, value) in pairs {
        assert_eq!(key, value);
        let bytes = key.encode_key().unwrap();
        assert!(instance.store().get(tables::HOME, &bytes).unwrap().is_some(), "{key}");
    }
}

#[test]
fn objects_are_read_with_the_names_of_their_classes() {
    let mut instance = instance(MemoryStore::default());
    let made = "local Account = { __name = 'Account' }
        _home.a, _home.b = setmetatable({ n = 1 }, Account), setmetatable({}, { __name = 'the\\n' })
        _home.c, _home.again, _home.plain = setmetatable({}, {}), _home.a, {}
        return _home, _home.a, _home.plain";
    let values = instance.compute(made).unwrap().values;
    let home = instance.read(&values[0], ReadOptions::default()).unwrap();
    let Value::External(a) = values[1] else { panic!("{:?}", values[1]) };
    let text = format!(
        "{{a = Account: external {a} {{n = 1}}, again = Account: external {a}, b = \"the\\n\" {{}}, c = {{}}, plain = {{}}}}"
    );
    assert_eq!(home.to_string(), text);
    assert_eq!(home.class_name(a), Some("Account"));
    assert_eq!(instance.read(&values[1], ReadOptions::default()).unwrap().to_string(), "Account {n = 1}");
    assert_eq!(instance.class_name(&values[1]).unwrap().as_deref(), Some("Account"));
    for other in [&values[0], &values[2], &Value::from(7)] {
        assert_eq!(instance.class_name(other), Ok(None));
    }
}
