//! Tables as data from Rust: indexes and batches, on both engines.

use cu_host::{
    BatchOptions, ComputeOptions, Engine, Error, EventKind, Instance, MODULE, MemoryStore, Module, Operation, Options,
    Outcome, Permissions, Table, Value,
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
