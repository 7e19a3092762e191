//! Calls by record through the real module: stored functions, tables by their way, big arguments, results by content, errors.

use cu_abi::status::ErrorClass;
use cu_host::{
    Argument, Call, ComputeOptions, Error, Instance, MODULE, MemoryStore, Module, Options, SharedStore, Value,
};
use serde_json::Value as Json;

const FURNITURE: &str = "_home.users = { ada = { age = 36, tags = { 'a', 'b' } }, bob = { age = 40 } }
     _home.users.ada.friend = _home.users.bob
     _home.users.bob.friend = _home.users.ada
     local calls = 0
     function _home.count() calls = calls + 1 return calls end
     function _home.add(a, b, ...) return a + b, select('#', ...) end
     function _home.fail(user) local x = user.nothing.more end
     _home.list = { { double = function(x) return 2 * x end } }";

fn furnished() -> (Module, SharedStore<MemoryStore>) {
    let (module, store) = (Module::new(MODULE).unwrap(), SharedStore::default());
    Instance::new(&module, store.clone(), Options::default()).unwrap().compute(FURNITURE).unwrap();
    (module, store)
}

/// An instance that has to restore what it calls.
fn instance() -> Instance {
    let (module, store) = furnished();
    Instance::new(&module, store, Options::default()).unwrap()
}

fn message(answer: Result<cu_host::Response, Error>) -> (String, Option<ErrorClass>) {
    match answer {
        Err(Error::Lua(error)) => (error.message.clone(), error.class),
        other => panic!("an error of the script was expected: {other:?}"),
    }
}

#[test]
fn golden_calls_are_encoded() {
    let vectors: Json = serde_json::from_str(include_str!("../../../abi/vectors/calls.json")).unwrap();
    let hex = |text: &Json| -> Vec<u8> {
        let digits = text.as_str().unwrap();
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    };
    let value = |tagged: &Json| match tagged[0].as_str().unwrap() {
        "nil" => Value::Nil,
        "boolean" => Value::Boolean(tagged[1].as_bool().unwrap()),
        "integer" => Value::Integer(tagged[1].as_str().unwrap().parse().unwrap()),
        "string" => Value::String(hex(&tagged[1])),
        "external" => Value::External(tagged[1].as_u64().unwrap() as u32),
        "table" => Value::from([("limit", 10)]),
        other => panic!("{other}"),
    };
    let accepted = vectors["accepted"].as_array().unwrap();
    assert!(accepted.len() > 5);
    for vector in accepted {
        let mut call = Call::new(vector["way"].as_str().unwrap());
        for argument in vector["arguments"].as_array().unwrap() {
            call = match argument[0].as_str().unwrap() {
                "way" => call.way(argument[1].as_str().unwrap()),
                _ => call.value(value(&argument[1])),
            };
        }
        if vector["content"] == true {
            call = call.by_content();
        }
        assert_eq!(call.encode().unwrap(), hex(&vector["bytes"]), "{}", vector["name"]);
    }
}

#[test]
fn stored_functions_are_called_with_values_and_ways() {
    let mut instance = instance();
    for round in 1..=3 {
        assert_eq!(instance.call(&Call::new("_home.count")).unwrap().value(), &Value::Integer(round));
    }
    let sum = instance.call(&Call::new("_home.add").value(1).value(2.5).value(Value::Nil).value(Value::Nil)).unwrap();
    assert_eq!(sum.values, [Value::Float(3.5), Value::Integer(2)]);
    assert_eq!(instance.call(&Call::new("_home.list.1.double").value(21)).unwrap().value(), &Value::Integer(42));
    assert_eq!(instance.call(&Call::new("ext.size").way("_home.users")).unwrap().value(), &Value::Integer(2));
    let printed = instance.call(&Call::new("print").way("_home.users.ada.age").value("x")).unwrap();
    assert_eq!((&printed.output[..], printed.value()), (&b"36\tx\n"[..], &Value::Nil));
    let table = instance.call(&Call::new("rawget").way("_home").value("users")).unwrap();
    assert!(matches!(table.value(), Value::External(_)));
    assert_eq!(instance.call(&Call::new("ext.size").value(table.value().clone())).unwrap().value(), &Value::Integer(2));
}

#[test]
fn what_is_prepared_once_is_called_with_other_arguments_in_any_instance() {
    let (module, store) = furnished();
    let [mut one, mut other] = [0; 2].map(|_| Instance::new(&module, store.clone(), Options::default()).unwrap());
    let mut count = Call::new("_home.count").prepare().unwrap();
    for round in 1..=3 {
        assert_eq!(count.call(&mut one, ()).unwrap().value(), &Value::Integer(2 * round - 1));
        assert_eq!(count.call(&mut other, ()).unwrap().value(), &Value::Integer(2 * round));
    }
    let mut add = Call::new("_home.add").value(1).prepare().unwrap();
    assert_eq!(
        add.call(&mut one, (2.5, Value::Nil, Value::Nil)).unwrap().values,
        [Value::Float(3.5), Value::Integer(2)]
    );
    assert_eq!(add.call(&mut one, (Argument::way("_home.users.ada.age"),)).unwrap().value(), &Value::Integer(37));
    let mut select = Call::new("select").value(1).by_content().prepare().unwrap();
    for length in [10, 65_536, 300_000, 10] {
        let text = "é".repeat(length / 2);
        assert_eq!(select.call(&mut one, (text.as_str(),)).unwrap().value().as_str(), Some(text.as_str()));
    }
    let answer = select.call(&mut one, (Argument::way("_home.users.ada.tags"), "x")).unwrap();
    assert_eq!(answer.values, [Value::from(vec!["a", "b"]), "x".into()]);
}

#[test]
fn what_is_prepared_sees_its_way_and_its_options_at_each_call() {
    let mut instance = instance();
    let mut price = Call::new("_home.price").prepare().unwrap();
    let nothing = ("the way '_home.price' leads to nothing".to_owned(), Some(ErrorClass::Runtime));
    assert_eq!(message(price.call(&mut instance, (1,))), nothing);
    for factor in [2, 3] {
        instance.compute(format!("function _home.price(n) return {factor} * n end")).unwrap();
        assert_eq!(price.call(&mut instance, (4,)).unwrap().value(), &Value::Integer(4 * factor));
    }
    let small = ComputeOptions { instructions: Some(50), ..ComputeOptions::default() };
    assert_eq!(message(price.call_with(&mut instance, (4,), &small)).1, Some(ErrorClass::Budget));
    assert_eq!(price.call(&mut instance, (5,)).unwrap().value(), &Value::Integer(15));
}

#[test]
fn the_traceback_begins_in_the_function_that_was_called() {
    let (module, store) = furnished();
    let code = "local function inner(user)\n  local name = user.name.first\n  return name\nend\n\
                function _home.outer(user)\n  local name = inner(user)\n  return name\nend";
    Instance::new(&module, store.clone(), Options::default()).unwrap().compute(code).unwrap();
    let mut again = Instance::new(&module, store, Options::default()).unwrap();
    let user = Value::from([("age", 7)]);
    let mut outer = Call::new("_home.outer").prepare().unwrap();
    for answer in [again.call(&Call::new("_home.outer").value(user.clone())), outer.call(&mut again, (user.clone(),))] {
        let Err(Error::Lua(error)) = answer else { panic!("{answer:?}") };
        assert_eq!(error.message, "compute:2: attempt to index a nil value (field 'name')");
        assert_eq!(error.class, Some(ErrorClass::Runtime));
        let traceback = error.traceback.unwrap();
        let levels: Vec<&str> = traceback.lines().collect();
        assert_eq!(levels[0], "stack traceback:");
        assert!(levels[1].starts_with("\tcompute:2: in "), "{traceback}");
        assert_eq!(levels[2..], ["\tcompute:6: in function <compute:5>"], "{traceback}");
    }
}

#[test]
fn what_can_be_called_like_a_function_is_called() {
    let mut instance = instance();
    instance.compute("callable = setmetatable({}, { __call = function(_, n) return n + 1 end })").unwrap();
    assert_eq!(instance.call(&Call::new("callable").value(1)).unwrap().value(), &Value::Integer(2));
}

#[test]
fn big_arguments_and_results_pass() {
    let mut instance = instance();
    for length in [65_520, 65_536, 70_000, 300_000] {
        let text = "é".repeat(length / 2);
        let answer = instance.call(&Call::new("select").value(1).value(text.as_str())).unwrap();
        assert_eq!(answer.value().as_str(), Some(text.as_str()), "{length}");
        assert_eq!(instance.memory_stats().map(|stats| stats.lua_bytes < 2_000_000), Ok(true));
    }
    let rows = Value::from((0..2000).map(|row| Value::from([("n", row)])).collect::<Vec<_>>());
    instance.call(&Call::new("rawset").way("_home").value("rows").value(rows)).unwrap();
    let answer = instance.call(&Call::new("rawget").way("_home").value("rows").by_content()).unwrap();
    assert_eq!(answer.value().as_table().unwrap().len(), 2000);
    assert_eq!(answer.value().at(2000).unwrap().get("n"), Some(&Value::Integer(1999)));
    // More than an arena holds.
    assert!(matches!(
        instance.call(&Call::new("select").value("x".repeat(3_000_000))),
        Err(Error::CodeSize(3_000_021))
    ));
    assert_eq!(instance.call(&Call::new("_home.count")).unwrap().value(), &Value::Integer(1));
}

#[test]
fn results_by_content_end_where_a_table_is_in_itself() {
    let mut instance = instance();
    let answer = instance.call(&Call::new("rawget").way("_home.users").value("ada").by_content()).unwrap();
    let text = answer.value().to_string();
    let Some(Value::External(id)) = answer.value().get("friend").and_then(|bob| bob.get("friend")) else {
        panic!("{text}");
    };
    assert_eq!(
        text,
        format!("{{age = 36, friend = {{age = 40, friend = table: external {id}}}, tags = {{\"a\", \"b\"}}}}")
    );
    let (text, class) = message(instance.call(&Call::new("select").value(1).way("_home.list").by_content()));
    assert_eq!(text, "result 1[1].double is a function, which cannot be a result");
    assert_eq!(class, Some(ErrorClass::Result));
}

#[test]
fn errors_name_the_way_and_the_function() {
    let mut instance = instance();
    for (call, wanted) in [
        (Call::new("nothing"), "the way 'nothing' leads to nothing"),
        (Call::new("_home.a.b.c"), "the way '_home.a.b.c' ends at '_home.a', a nil value"),
        (Call::new("_home.users"), "the way '_home.users' leads to a table value, which cannot be called"),
        (
            Call::new("_home.users.ada.age"),
            "the way '_home.users.ada.age' leads to a number value, which cannot be called",
        ),
        (
            Call::new("print").way("_home.users.ada.age.x"),
            "the way '_home.users.ada.age.x' ends at '_home.users.ada.age', a number value",
        ),
        (Call::new("ext.size").value(1), "an external table is wanted, not a number"),
        (Call::new("_home.fail").way("_home.users.ada"), "compute:7: attempt to index a nil value (field 'nothing')"),
    ] {
        assert_eq!(message(instance.call(&call)), (wanted.to_owned(), Some(ErrorClass::Runtime)), "{call:?}");
    }
    let Err(Error::Lua(error)) = instance.call(&Call::new("_home.fail").way("_home.users.ada")) else { panic!() };
    assert_eq!(error.traceback.as_deref(), Some("stack traceback:\n\tcompute:7: in function <compute:7>"));
    let function = instance.call(&Call::new("select").value(Value::Function(3)));
    assert_eq!(
        message(function),
        (
            "the call record is malformed: byte 16 cannot be right: the tag is unknown".to_owned(),
            Some(ErrorClass::Input)
        )
    );
    let small = ComputeOptions { instructions: Some(50), ..ComputeOptions::default() };
    let (text, class) = message(instance.call_with(&Call::new("_home.count"), &small));
    assert!(text.contains("the budget of 50 instructions is used up"), "{text}");
    assert_eq!(class, Some(ErrorClass::Budget));
}
