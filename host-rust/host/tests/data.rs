//! Tables as data from Rust: indexes and batches, on both engines.

use cu_host::{
    BatchOptions, Changes, ComputeOptions, Engine, Error, EventKind, Instance, MODULE, MemoryStore, Module, Operation,
    Options, Outcome, Permissions, Table, Value, table,
};
use std::sync::mpsc;

fn instances() -> Vec<Instance> {
    let module = |engine: &Engine| Module::with_engine(*engine, MODULE).unwrap();
    Engine::ALL.iter().map(|engine| furnished(&module(engine), Options::default())).collect()
}

fn furnished(module: &Module, options: Options) -> Instance {
    let mut instance = Instance::new(module, MemoryStore::default(), options).unwrap();
    instance
        .compute(
            "_home.users = {}
             for i, name in ipairs { 'Ada', 'Bob', 'Eve' } do
               _home.users[name:lower()] = { name = name, age = 20 + i, address = { city = i == 2 and 'Oslo' or 'Bergen' } }
             end",
        )
        .unwrap();
    instance
}

fn message<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Lua(error)) => error.message.clone(),
        other => panic!("an error of the script was expected: {other:?}"),
    }
}

fn argument<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Argument(problem)) => problem,
        other => panic!("a wrong argument was expected: {other:?}"),
    }
}

#[test]
fn indexes_are_made_listed_checked_and_dropped() {
    for mut instance in instances() {
        let mut data = instance.data();
        assert_eq!(data.create_index("_home.users", "address.city", Value::Nil).unwrap(), "address.city");
        let paths = Value::from(vec!["name", "age"]);
        let options = Value::Table(vec![("name".into(), "both".into()), ("unique".into(), true.into())]);
        assert_eq!(data.create_index("_home.users", paths, options).unwrap(), "both");
        let indexes = data.indexes("_home.users").unwrap();
        assert_eq!(indexes.len(), 2);
        let both = indexes.iter().find(|index| index.get("name") == Some(&"both".into())).unwrap();
        assert_eq!((both.get("entries"), both.get("unique")), (Some(&3.into()), Some(&true.into())));
        assert_eq!(data.check("_home.users").unwrap(), []);
        let twice = Value::Table(vec![("name".into(), "Ada".into()), ("age".into(), 21.into())]);
        assert!(data.batch(&[Operation::set("_home.users", "x", twice)]).is_err());
        assert_eq!(data.drop_index("_home.users", "both"), Ok(true));
        assert_eq!(data.drop_index("_home.users", "both"), Ok(false));
        assert!(message(data.indexes("_home.nobody")).contains("leads to nothing"));
    }
}

#[test]
fn a_batch_answers_in_the_order_of_its_operations() {
    for mut instance in instances() {
        let users = instance.compute("return _home.users").unwrap();
        let Value::External(id) = *users.value() else { panic!("{users:?}") };
        let results = instance
            .data()
            .batch(&[
                Operation::set(id, "zoe", Value::from([("name", "Zoe")])),
                Operation::get("_home.users", "zoe"),
                Operation::get(Table::Id(id), "nobody"),
                Operation::delete(id, "ada"),
                Operation::set(id, 2.5, &b"\xff"[..]),
                Operation::get(id, 2.5),
                Operation::get("_home.users", "ada"),
            ])
            .unwrap();
        let wanted = [
            true.into(),
            Value::from([("name", "Zoe")]),
            Value::Nil,
            true.into(),
            true.into(),
            Value::from(&b"\xff"[..]),
            Value::Nil,
        ];
        assert_eq!(results, wanted);
        assert_eq!(instance.data().batch(&[]), Ok(Vec::new()));
    }
}

#[test]
fn a_batch_does_all_or_nothing_or_each_operation_for_itself() {
    for mut instance in instances() {
        let operations = [
            Operation::set("_home.users", "x", 1),
            Operation::set("_home.users.x", "y", 2),
            Operation::get("_home.users", "x"),
        ];
        let mut data = instance.data();
        let text = message(data.batch(&operations));
        assert!(text.starts_with("operation 2: the way '_home.users.x' leads to a number value"), "{text}");
        assert_eq!(data.batch(&operations[2..]), Ok(vec![Value::Nil]));
        let outcomes = data.batch_of_each(&operations, BatchOptions::default()).unwrap();
        assert_eq!(outcomes[0], Outcome::Done(Value::Nil));
        let Outcome::Failed { error, index: 1, key } = &outcomes[1] else { panic!("{outcomes:?}") };
        assert!(*key == "y".into() && error.to_string().contains("a number value"), "{error}, {key}");
        assert_eq!(outcomes[2], Outcome::Done(1.into()));
        let keyless = [Operation::get("_home.users", 1), Operation::get("_home.users", Value::Nil)];
        assert_eq!(argument(data.batch(&keyless)), "operation 2: nil is no key");
        let tabled = [Operation::set("_home.users", table! { "id" => 1 }, 1)];
        assert_eq!(argument(data.batch_of_each(&tabled, BatchOptions::default())), "operation 1: a table is no key");
        let empty = [Operation::set("_home.users", 1, Value::Nil)];
        assert_eq!(argument(data.batch(&empty)), "operation 1: 'set' without a value: 'delete' removes one");
        let read_only =
            ComputeOptions { permissions: Some(Permissions::new().read_only()), ..ComputeOptions::default() };
        let mut data = instance.data_with(read_only);
        assert!(message(data.batch(&operations[..1])).contains("this compute is read-only"));
        assert_eq!(data.batch(&operations[2..]), Ok(vec![1.into()]));
    }
}

#[test]
fn ten_thousand_operations_fit_and_are_bounded() {
    let (sender, receiver) = mpsc::channel();
    let options = Options {
        clock: Some(Box::new(|| 0.0)),
        events: vec![EventKind::Progress],
        on_event: Some(Box::new(move |event| sender.send(event.clone()).unwrap())),
        ..Options::default()
    };
    let mut instance = furnished(&Module::new(MODULE).unwrap(), options);
    let mut operations: Vec<Operation> =
        (0..10_000).map(|number| Operation::set("_home.users", number, format!("value {number}"))).collect();
    let options = BatchOptions { timeout: Some(1.0), progress: Some(5000) };
    assert_eq!(instance.data().batch_with(&operations, options).unwrap().len(), 10_000);
    let seen: Vec<_> = receiver.try_iter().map(|event| event.get("done").and_then(Value::as_i64)).collect();
    assert_eq!(seen, [Some(5000), Some(10_000)]);
    operations.push(Operation::get("_home.users", 1));
    assert!(message(instance.data().batch(&operations)).contains("10001 operations, where 10000 are the most"));
}

#[test]
fn a_schema_is_attached_when_it_holds_told_and_taken_away() {
    let schema = |kind: &str| Value::from([("fields", Value::from([("age", Value::from([("type", kind)]))]))]);
    for mut instance in instances() {
        let mut data = instance.data();
        assert_eq!(data.schema("_home.users"), Ok(None));
        let problems = data.set_schema("_home.users", schema("string")).unwrap();
        assert_eq!(problems.len(), 3);
        assert!(problems[0].to_string().contains("age"), "{problems:?}");
        assert_eq!(data.set_schema("_home.users", schema("integer")), Ok(Vec::new()));
        assert_eq!(data.schema("_home.users"), Ok(Some(schema("integer"))));
        let wrong = [Operation::set("_home.users.ada", "age", "old")];
        assert!(message(data.batch(&wrong)).contains("age"));
        assert_eq!(data.set_schema("_home.users", false), Ok(Vec::new()));
        assert_eq!(data.batch(&wrong), Ok(vec![true.into()]));
    }
}

/// A table with text keys.
fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Value {
    Value::from(pairs)
}

#[test]
fn a_query_answers_rows_as_values_page_by_page() {
    for mut instance in instances() {
        instance.compute("_home.many = {} for i = 1, 2500 do _home.many[i] = { n = i % 10 } end").unwrap();
        let mut data = instance.data();
        let spec = fields([("where", fields([("address.city", "Bergen".into())])), ("order", "age".into())]);
        let found = data.query("_home.users", spec).unwrap();
        assert_eq!(found.keys, ["ada".into(), "eve".into()]);
        assert_eq!(found.rows[1].to_string(), "{address = {city = \"Bergen\"}, age = 23, name = \"Eve\"}");
        assert_eq!(found.cursor, None);
        let first = data.query("_home.many", fields([("limit", 3.into())])).unwrap();
        assert_eq!(first.keys, [1.into(), 2.into(), 3.into()]);
        let next = fields([("limit", 3.into()), ("after", first.cursor.unwrap())]);
        assert_eq!(data.query("_home.many", next).unwrap().keys, [4.into(), 5.into(), 6.into()]);
        assert!(message(data.query("_home.users", fields([("wehre", 1.into())]))).contains("wehre"));

        let all: Vec<_> = data.each("_home.many", Value::Nil).map(|row| row.unwrap().0).collect();
        assert_eq!((all.len(), &all[2499]), (2500, &Value::Integer(2500)));
        let spec = fields([("where", fields([("n", 3.into())])), ("limit", 120.into()), ("offset", 10.into())]);
        let some: Vec<_> = data.each("_home.many", spec).map(Result::unwrap).collect();
        assert_eq!((some.len(), &some[0].0, &some[119].0), (120, &103.into(), &1293.into()));
        assert_eq!(data.each("_home.many", fields([("limit", 0.into())])).count(), 0);
        let mut failing = data.each("_home.many", fields([("order", 7.into())]));
        assert!(failing.next().unwrap().is_err() && failing.next().is_none());
    }
}

#[test]
fn counts_first_rows_and_plans() {
    for mut instance in instances() {
        let mut data = instance.data();
        let grown = || fields([("age", table![">=", 22])]);
        assert_eq!((data.count("_home.users", Value::Nil), data.count("_home.users", grown())), (Ok(3), Ok(2)));
        assert_eq!(data.exists("_home.users", fields([("name", "Zoe".into())])), Ok(false));
        assert_eq!(data.exists("_home.users", grown()), Ok(true));
        let oldest = fields([("order", fields([("field", "age".into()), ("desc", true.into())]))]);
        let (key, row) = data.first("_home.users", oldest).unwrap().unwrap();
        assert_eq!((key, row.get("age")), ("eve".into(), Some(&23.into())));
        let none = fields([("where", fields([("age", 1.into())]))]);
        assert_eq!(data.first("_home.users", none), Ok(None));
        let plan = data.explain("_home.users", fields([("where", grown())])).unwrap();
        assert_eq!(plan.get("returned"), Some(&2.into()));
    }
}

#[test]
fn feeds_tell_what_changed_and_migrations_upgrade_once() {
    for mut instance in instances() {
        instance
            .compute("function _home.upgrade(t) for _, user in pairs(t) do user.age = user.age + 1 end end")
            .unwrap();
        let mut data = instance.data();
        assert_eq!(data.feed("_home.users", Value::Nil), Ok(Value::Nil));
        let feed = data.feed("_home.users", fields([("count", 2.into())])).unwrap();
        assert_eq!(feed.get("last"), Some(&0.into()));
        data.batch(&[Operation::set("_home.users", "zoe", 1), Operation::delete("_home.users", "zoe")]).unwrap();
        let Ok(Changes::Kept { position: 2, changes }) = data.changes("_home.users", None, 10) else { panic!() };
        assert_eq!(changes.len(), 2);
        let more = [Operation::set("_home.users", "zoe", 2), Operation::delete("_home.users", "zoe")];
        data.batch(&more).unwrap();
        assert!(matches!(data.changes("_home.users", Some(0), 10), Ok(Changes::Lost { position: 4, .. })));
        assert_eq!(data.feed("_home.users", false), Ok(Value::Nil));

        assert_eq!(data.version("_home.users"), Ok(0));
        assert_eq!(data.migrate("_home.users", 1, "_home.upgrade", true).unwrap().get("to"), Some(&1.into()));
        assert_eq!(data.version("_home.users"), Ok(0));
        data.migrate("_home.users", 1, "_home.upgrade", false).unwrap();
        assert_eq!(data.version("_home.users"), Ok(1));
        assert_eq!(data.batch(&[Operation::get("_home.users.ada", "age")]), Ok(vec![22.into()]));
    }
}

#[test]
fn a_condition_without_a_value_is_refused_wherever_it_is() {
    let mut instance = furnished(&Module::new(MODULE).unwrap(), Options::default());
    let mut data = instance.data();
    let filters = [
        (table! { "tenant" => None::<&str> }, "where.tenant"),
        (table! { "name" => table!["in", table!["x", Value::Nil]] }, "where.name[2][2]"),
        (table! { "any" => table![table! { "name" => "Ada" }, table! { "a.b" => Value::Nil }] }, "where.any[2].a.b"),
        (table![table! { "none" => table! { "name" => Value::Nil } }], "where[1].none.name"),
        (table! { "field" => "name", "op" => "=", "value" => Value::Nil }, "where.value"),
    ];
    for (filter, place) in filters {
        let spec = || table! { "where" => filter.clone() };
        let walked = data.each("_home.users", spec()).next().unwrap();
        let refusals = [
            argument(walked),
            argument(data.count("_home.users", filter.clone())),
            argument(data.exists("_home.users", filter.clone())),
            argument(data.query("_home.users", spec())),
            argument(data.first("_home.users", spec())),
            argument(data.explain("_home.users", spec())),
            argument(data.create_index("_home.users", "name", spec())),
        ];
        for refusal in refusals {
            assert_eq!(refusal, format!("{place}: no value; for missing fields use {{\"exists\", false}}"));
        }
    }
    for (spec, place) in [
        (table! { "order" => table!["name", Value::Nil] }, "order[2]"),
        (table! { "select" => table! { "town" => Value::Nil } }, "select.town"),
    ] {
        assert_eq!(argument(data.query("_home.users", spec)), format!("{place}: no value"));
    }
    let left_out = table! { "where" => Value::Nil, "limit" => Value::Nil, "order" => table! { "field" => "age", "desc" => Value::Nil } };
    assert_eq!(data.query("_home.users", left_out.clone()).unwrap().rows.len(), 3);
    assert_eq!(data.each("_home.users", left_out).count(), 3);

    let whole = table! { "where" => table! { "name" => "Ada" } };
    assert_eq!(argument(data.count("_home.users", whole)), "count takes the filter itself, not { where = filter }");
    assert_eq!(data.count("_home.users", table! { "where" => table!["=", "here"] }), Ok(0));
    let grouped = data.each("_home.users", table! { "group" => "age", "count" => true }).next().unwrap();
    assert_eq!(argument(grouped), "group: groups and distinct rows are for query");
}

#[test]
fn single_rows_are_read_written_changed_and_removed() {
    for mut instance in instances() {
        let Value::External(id) = *instance.compute("return _home.users").unwrap().value() else { panic!() };
        let mut data = instance.data();
        for users in [Table::from("_home.users"), Table::Id(id)] {
            for key in ["zoe".into(), "a.b".into(), "7".into(), 7.into(), Value::from(-7), 1.5.into(), true.into()] {
                assert_eq!(data.get(&users, key.clone()), Ok(None));
                data.set(&users, key.clone(), table! { "n" => 1, "m" => 1 }).unwrap();
                data.update(&users, key.clone(), table! { "n" => "two", "m" => Value::Nil }).unwrap();
                assert_eq!(data.get(&users, key.clone()), Ok(Some(table! { "n" => "two" })), "{key}");
                data.delete(&users, key).unwrap();
            }
            data.set(&users, "x.y", "_home.users.ada").unwrap();
            assert_eq!(argument(data.update(&users, "x.y", table! { "n" => 1 })), "there is no row under the key x.y");
            data.delete(&users, "x.y").unwrap();
            assert!(data.update(&users, "nobody", table! { "n" => 1 }).is_err());
            assert_eq!(argument(data.set(&users, "x", Value::Nil)), "'set' without a value: 'delete' removes one");
            assert_eq!(argument(data.get(&users, Value::Nil)), "nil is no key");
            assert_eq!(argument(data.update(&users, "ada", 7)), "changes are a table of fields");
        }
        assert_eq!(data.count("_home.users", Value::Nil), Ok(3));

        assert_eq!((data.create_table("_home.orders"), data.create_table("_home.orders")), (Ok(true), Ok(false)));
        data.set("_home.orders", 7, 1).unwrap();
        assert_eq!(argument(data.create_table("_home.orders.7")), "at '_home.orders.7' is something else than a table");
        assert!(message(data.create_table("_home.nobody.x")).contains("leads to nothing"));
        for wrong in ["users", "_home."] {
            assert!(argument(data.create_table(wrong)).contains("is no way of a table"));
        }
    }
}

#[test]
fn a_schema_refers_to_tables_by_their_ways_and_comes_back_as_it_was_given() {
    for mut instance in instances() {
        instance.compute("_home.orders = { { customer = 'ada', more = { 'bob' } } }").unwrap();
        let users = instance.compute("return _home.users").unwrap().value().clone();
        let mut data = instance.data();
        for reference in ["_home.users".into(), users] {
            let rule = table! { "type" => "string", "ref" => reference.clone() };
            let schema = table! { "fields" => table! { "customer" => rule, "more" => table! { "items" => table! { "ref" => reference } } } };
            assert_eq!(data.set_schema("_home.orders", schema), Ok(Vec::new()));
            for wrong in [table! { "customer" => "nobody" }, table! { "more" => table!["ada", "nobody"] }] {
                assert!(message(data.set("_home.orders", 2, wrong)).contains("schema refuses"));
            }
            let told = data.schema("_home.orders").unwrap().unwrap();
            let rule = told.get("fields").and_then(|fields| fields.get("customer")).unwrap();
            assert!(matches!(rule.get("ref"), Some(Value::External(_))), "{told}");
            assert_eq!(data.set_schema("_home.orders", told.clone()), Ok(Vec::new()));
            assert_eq!(data.schema("_home.orders"), Ok(Some(told)));
        }
        let unknown = table! { "ref" => "_home.nothing" };
        assert!(message(data.set_schema("_home.orders", unknown)).contains("leads to nothing"));
        assert_eq!(
            argument(data.set_schema("_home.orders", Value::Nil)),
            "there is no schema; false takes away the one of a table"
        );
        let empty = table! { "fields" => table! { "age" => Value::Nil } };
        assert_eq!(argument(data.set_schema("_home.orders", empty)), "schema.fields.age: no value");
        let empty = table! { "enum" => table![1, Value::Nil] };
        assert_eq!(argument(data.set_schema("_home.orders", empty)), "schema.enum[2]: no value");
    }
}

#[test]
fn a_table_is_upgraded_by_a_list_of_functions_that_is_stored() {
    for mut instance in instances() {
        instance
            .compute(
                "_home.steps = {
                   function(t) t.ada.age = 1 return 'first' end,
                   function(t, from) t.ada.age = t.ada.age + from * 10 end,
                   function(t) t.bob = nil error('no', 0) end,
                 }",
            )
            .unwrap();
        let mut data = instance.data();
        let report = data.migrate("_home.users", 2, "_home.steps", true).unwrap();
        assert_eq!(
            ["from", "to", "dry"].map(|name| report.get(name).cloned()),
            [Some(0.into()), Some(2.into()), Some(true.into())]
        );
        assert_eq!(report.get("steps").unwrap().to_string(), r#"{{result = "first", version = 1}, {version = 2}}"#);
        assert!(message(data.migrate("_home.users", 4, "_home.steps", false)).contains("no step to version 4"));
        assert_eq!(message(data.migrate("_home.users", 3, "_home.steps", true)), "no");
        assert_eq!((data.version("_home.users"), data.get("_home.users.ada", "age")), (Ok(0), Ok(Some(21.into()))));
        assert_eq!(message(data.migrate("_home.users", 3, "_home.steps", false)), "no");
        assert_eq!((data.version("_home.users"), data.get("_home.users.ada", "age")), (Ok(2), Ok(Some(11.into()))));
        assert_eq!(data.count("_home.users", Value::Nil), Ok(3));
        let report = data.migrate("_home.users", 2, "_home.steps", false).unwrap();
        assert_eq!((report.get("from"), report.get("steps")), (Some(&2.into()), Some(&table! {})));
        assert!(message(data.migrate("_home.users", 1, "_home.steps", false)).contains("newer than 1"));
        assert!(data.migrate("_home.users", 0, "_home.steps", false).is_err());
        assert!(message(data.migrate("_home.users", u32::MAX, "_home.steps", false)).contains("no step to version 4"));
        instance.begin().unwrap();
        instance.compute("_home.steps[3] = function() return 7 end").unwrap();
        assert!(instance.data().migrate("_home.users", 3, "_home.steps", true).is_ok());
        instance.roll_back().unwrap();
    }
}

#[test]
fn many_large_operations_take_several_calls_or_a_transaction() {
    let mut instance = furnished(&Module::new(MODULE).unwrap(), Options::default());
    let row = table! { "text" => "x".repeat(500) };
    let mut sets: Vec<_> = (0..12_000).map(|number| Operation::set("_home.users", number, row.clone())).collect();
    sets[5000] = Operation::set("_home.nobody", "k", 1);
    let mut data = instance.data();
    let outcomes = data.batch_of_each(&sets, BatchOptions::default()).unwrap();
    let failed: Vec<_> = outcomes.iter().filter(|outcome| !matches!(outcome, Outcome::Done(_))).collect();
    assert!(matches!(failed[..], [Outcome::Failed { index: 5000, key, .. }] if *key == "k".into()), "{failed:?}");
    assert_eq!(data.count("_home.users", Value::Nil), Ok(12_000 - 1 + 3));
    let gets: Vec<_> = (0..12_000).map(|number| Operation::get("_home.users", number)).collect();
    let outcomes = data.batch_of_each(&gets, BatchOptions::default()).unwrap();
    assert_eq!((outcomes.len(), &outcomes[11_999]), (12_000, &Outcome::Done(row)));

    let changes: Vec<_> = (0..2000).map(|number| Operation::set("_home.users", number, "y".repeat(1500))).collect();
    let text = data.batch(&changes).unwrap_err().to_string();
    assert!(text.contains("send fewer operations at once"), "{text}");
    assert_eq!(data.get("_home.users", 0), Ok(Some(table! { "text" => "x".repeat(500) })));
    instance
        .transaction(|instance| changes.chunks(100).try_for_each(|some| instance.data().batch(some).map(drop)))
        .unwrap();
    assert_eq!(instance.data().get("_home.users", 1999), Ok(Some("y".repeat(1500).into())));
}

#[test]
fn a_page_that_is_too_large_is_read_in_halves() {
    let mut instance = furnished(&Module::new(MODULE).unwrap(), Options::default());
    instance
        .compute("_home.large = {} for i = 1, 120 do _home.large[i] = { n = -i, text = ('x'):rep(30000) } end")
        .unwrap();
    let mut data = instance.data();
    assert!(data.query("_home.large", Value::Nil).is_err());
    let keys: Vec<_> = data.each("_home.large", Value::Nil).map(|row| row.unwrap().0.as_i64().unwrap()).collect();
    assert!(keys.iter().copied().eq(1..=120), "{keys:?}");
    let spec = table! { "order" => "n", "limit" => 99 };
    let keys: Vec<_> = data.each("_home.large", spec).map(|row| row.unwrap().0.as_i64().unwrap()).collect();
    assert!(keys.iter().copied().eq((22..=120).rev()), "{keys:?}");
    for field in 0..7 {
        data.update("_home.large", 50, table! { field => "x".repeat(300_000) }).unwrap();
    }
    let rows: Vec<_> = data.each("_home.large", Value::Nil).collect();
    assert!(rows.len() == 50 && rows[..49].iter().all(Result::is_ok) && rows[49].is_err());
}
