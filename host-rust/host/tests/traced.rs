//! Computes as spans, and events in them, as a subscriber sees them.
#![cfg(feature = "tracing")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use cu_host::{
    Call, ComputeOptions, Error, Instance, MemoryStore, Module, Options, Permissions, Step, Store, StoreError, Values,
};
use tracing::Level;
use tracing_subscriber::fmt::format::FmtSpan;

mod faulty;
use faulty::Faulty;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The lines that a subscriber writes: one for each event, one for each span at its end.
fn traced(level: Level, act: impl FnOnce()) -> Vec<String> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        .without_time()
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(move || writer.clone());
    tracing::subscriber::with_default(subscriber.finish(), act);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn instance(store: impl Store + 'static, options: Options) -> Instance {
    Instance::new(&Module::embedded().unwrap(), store, options).unwrap()
}

/// Of a span that has ended.
fn field(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!("{name}="))?;
    Some(rest.split([' ', '}']).next()?.trim_matches('"').to_owned())
}

#[test]
fn each_compute_is_a_span_with_its_home_its_work_and_its_outcome() {
    let lines = traced(Level::INFO, || {
        let options = Options { home: Some("shop".into()), ..Options::default() }.later_function("ask");
        let mut instance = instance(MemoryStore::default(), options);
        instance.compute("function _home.work(n) for i = 1, n do end end").unwrap();
        let own = ComputeOptions { home: Some("other".into()), ..ComputeOptions::default() };
        instance.compute_with("_home.work = print", &own).unwrap();
        instance.call(&Call::new("_home.work").value(10_000)).unwrap();
        let Step::Waits(pending) = instance.start("return host.ask()").unwrap() else { panic!("it waits") };
        instance.resume(pending, Ok(Values::from(1))).unwrap();
        instance.transaction(|instance| instance.compute("").map(drop)).unwrap();
        instance.compute("error { code = 7 }").unwrap_err();
    });
    let spans: Vec<_> = lines.iter().filter(|line| line.ends_with(" cu_host: close")).collect();
    let of = |name| spans.iter().map(|line| field(line, name).unwrap_or_default()).collect::<Vec<_>>();
    assert_eq!(of("home"), ["shop", "other", "shop", "shop", "shop", "shop", "shop", "shop"]);
    assert_eq!(of("of"), ["source", "source", "call", "source", "answer", "source", "commit", "source"]);
    assert_eq!(of("way"), ["", "", "_home.work", "", "", "", "", ""]);
    assert_eq!(of("outcome"), ["done", "done", "done", "waits", "done", "done", "done", "error"]);
    assert_eq!(of("class")[7], "runtime");
    let instructions: Vec<u64> = of("instructions").iter().map(|number| number.parse().unwrap()).collect();
    assert!(instructions[2] > 10_000 && instructions[1] < 10_000, "{instructions:?}");
    assert!(of("memory").iter().all(|bytes| bytes.parse::<u64>().unwrap() > 10_000));
}

#[test]
fn what_the_module_reports_is_an_event_in_the_span() {
    let lines = traced(Level::INFO, || {
        let options = Options { output: Some(0), permissions: Permissions::new().forbid("os"), ..Options::default() };
        let mut instance = instance(MemoryStore::default(), options);
        instance.compute("print('hello') os.clock()").unwrap_err();
    });
    let [limit, output, _newline, refused, error, close] = &lines[..] else { panic!("{lines:#?}") };
    let span = r#"compute{bytes=25 of="source""#;
    assert!(
        limit.starts_with(&format!(" INFO {span}}}: cu_host: audit action=\"limit_hit\" sequence=1 details=")),
        "{limit}"
    );
    assert!(output.starts_with(&format!(" INFO {span}}}: cu_host: output text=\"hello\" offset=0")), "{output}");
    assert!(refused.contains("audit action=\"permission_refused\" sequence=2 details="), "{refused}");
    assert!(error.starts_with(&format!(" WARN {span}")) && error.contains("os.clock may not be called"), "{error}");
    assert!(close.ends_with(": cu_host: close"), "{close}");
}

#[test]
fn what_the_host_cannot_do_has_failed_and_what_the_store_cannot_is_an_error_of_the_script() {
    let lines = traced(Level::INFO, || {
        let failure = StoreError::new(-100, "no disk".to_owned());
        let mut instance = instance(Faulty::from_call(1_000, MemoryStore::default(), failure), Options::default());
        assert!(matches!(instance.compute("for i = 1, 5000 do _home[i] = i end"), Err(Error::Host { .. })));
        assert!(matches!(instance.compute(" ".repeat(100 << 20)), Err(Error::CodeSize(_))));
    });
    let outcomes: Vec<_> = lines.iter().filter_map(|line| field(line, "outcome")).collect();
    assert_eq!(outcomes, ["error", "failed"], "{lines:#?}");
}

#[test]
fn nothing_is_asked_of_the_module_that_nobody_wants() {
    let errors = traced(Level::WARN, || {
        let mut instance = instance(MemoryStore::default(), Options { output: Some(0), ..Options::default() });
        instance.compute("print('hello')").unwrap();
        instance.compute("error('no')").unwrap_err();
    });
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].starts_with(" WARN cu_host: error class="), "{errors:#?}");

    // An instance of before a subscriber was there reports errors alone, and its spans lack what it was not asked for.
    let mut before = instance(MemoryStore::default(), Options::default());
    let lines = traced(Level::INFO, || drop(before.compute("return 1")));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert_eq!((field(&lines[0], "outcome").as_deref(), field(&lines[0], "instructions")), (Some("done"), None));
}

#[test]
fn a_panic_in_a_compute_leaves_its_span() {
    let lines = traced(Level::INFO, || {
        let options = Options::default()
            .function("panics", |_| -> Result<(), String> { std::panic::resume_unwind(Box::new("as wanted")) });
        let mut instance = instance(MemoryStore::default(), options);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| instance.compute("host.panics()")));
        assert!(panic.is_err());
        assert!(tracing::Span::current().is_none());
        let _: Result<_, Error> = instance.compute("return 1");
    });
    assert!(lines.iter().filter(|line| line.ends_with("close")).count() >= 2, "{lines:#?}");
}
