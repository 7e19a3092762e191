//! Tables as data from Rust: indexes and batches, on both engines.

use cu_host::{
    BatchOptions, Changes, ComputeOptions, Engine, Error, EventKind, Instance, MODULE, MemoryStore, Module, Operation,
    Options, Outcome, Permissions, Table, Value,
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

#[test]
fn indexes_are_made_listed_checked_and_dropped() {
    for mut instance in instances() {
        let mut data = instance.data();
        assert_eq!(data.create_index("_home.users", "address.city", Value::Nil).unwrap(), "address.city");
        let paths = Value::from(vec!["name".into(), "age".into()]);
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
        assert!(matches!(&outcomes[1], Outcome::Failed(error) if error.to_string().contains("a number value")));
        assert_eq!(outcomes[2], Outcome::Done(1.into()));
        assert!(
            message(data.batch(&[Operation::get("_home.users", Value::Nil)])).contains("byte 24 of the operations")
        );
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
        let grown = || fields([("age", Value::from(vec![">=".into(), 22.into()]))]);
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
