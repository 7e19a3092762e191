//! The contract of a store, over a real cluster of three nodes, of which one is killed under load.

mod cluster;

use cluster::Cluster;
use cu_etcd::EtcdOptions;
use cu_host::store::{BUSY, LOST, TOO_LARGE};
use cu_host::{Store, StoreError};
use cu_testkit::{Kills, Place, conformance, handles, killed, killed_instances, namespaces};

#[test]
fn it_keeps_the_contract() {
    let cluster = Cluster::start("contract");
    let place = || {
        let url = cluster.url();
        Place::new(move || Box::new(cu_etcd::open(&url).unwrap())).slow()
    };
    conformance(place);
    handles(place);
}

#[test]
fn many_namespaces_are_many_stores() {
    let cluster = Cluster::start("many");
    let options = || EtcdOptions::from_url(&cluster.url()).unwrap();
    namespaces(|| Box::new(cu_etcd::Cluster::open(options()).unwrap()));
}

#[test]
fn a_unit_beyond_one_transaction_is_kept_as_a_whole() {
    let cluster = Cluster::start("large");
    let url = cluster.url();
    let mut store = cu_etcd::open(&url).unwrap();
    let first = store.version().unwrap();
    let value = vec![7; 400_000];
    store.begin().unwrap();
    (0..12_u8).for_each(|key| store.set(7, &[key], &value).unwrap());
    (0..500_u32).for_each(|key| store.set(8, &key.to_be_bytes(), b"v").unwrap());
    store.commit().unwrap();
    store.begin().unwrap();
    store.clear(8).unwrap();
    store.set(8, b"k", b"v").unwrap();
    store.commit().unwrap();
    let mut other = cu_etcd::open(&url).unwrap();
    assert_eq!((other.size(7), other.size(8), other.version()), (Ok(12), Ok(1), Ok(first + 2)));
    assert!(other.get(7, &[11]).unwrap().as_deref() == Some(&value[..]));
    let error = other.set(7, b"k", &vec![0; 2_000_000]).unwrap_err();
    assert_eq!(error.code, TOO_LARGE);
    assert_eq!(error.message, "table 7: a key with its value has 2000001 bytes; in etcd it has at most 1400000");
    assert_eq!((store.size(7), store.size(9)), (Ok(12), Ok(0)));
    store.set(9, b"k", b"it goes on").unwrap();
}

fn open_as_soon_as_possible(url: &str) -> cu_etcd::EtcdStore {
    let began = std::time::Instant::now();
    loop {
        match cu_etcd::open(url) {
            Ok(store) => return store,
            Err(error) if error.code == LOST && began.elapsed().as_secs() < 60 => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn killing(name: &str, test: &str, kill: impl Fn(&Place, Kills<'_>, &mut dyn FnMut(usize))) {
    let given = std::env::var("CU_TEST_URL").ok();
    let cluster = given.is_none().then(|| Cluster::start(name));
    let url = given.or_else(|| Some(cluster.as_ref()?.url())).unwrap();
    let path = url.clone();
    let place = Place::new(move || Box::new(open_as_soon_as_possible(&path)));
    let kills = cu_testkit::seeds::given("CU_KILLS").unwrap_or(6) as usize;
    let variables = [("CU_TEST_URL", &*url)];
    kill(&place, Kills { test, variables: &variables, workers: 2, kills }, &mut |kill| {
        if let (Some(cluster), 0) = (&cluster, kill % 3) {
            let node = kill / 3 % 3;
            cluster.kill(node);
            cluster.wait();
            cluster.run(node);
        }
    });
}

#[test]
fn processes_and_nodes_are_killed() {
    killing("killed", "processes_and_nodes_are_killed", |place, kills, between| killed(place, kills, between));
}

#[test]
fn instances_and_nodes_are_killed() {
    let kill =
        |place: &Place, kills: Kills<'_>, between: &mut dyn FnMut(usize)| killed_instances(place, kills, between);
    killing("killed-instances", "instances_and_nodes_are_killed", kill);
}

#[test]
fn a_cluster_that_is_away_is_an_error_and_a_turn_ends_with_its_lease() {
    let message = |error: StoreError| error.message;
    let error = message(cu_etcd::open("etcd://127.0.0.1:1").err().unwrap());
    assert!(error.starts_with("no answer from the node http://127.0.0.1:1 of the cluster: "), "{error}");
    let cluster = Cluster::start("lease");
    let url = cluster.url();
    let mut first = cu_etcd::open(&url).unwrap();
    let mut second = cu_etcd::open(&format!("{url}&wait=0.2")).unwrap();
    first.begin().unwrap();
    first.set(7, b"k", b"1").unwrap();
    // The lease of two seconds is renewed as long as the unit takes.
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(second.begin().unwrap_err().code, BUSY);
    first.commit().unwrap();
    second.set(7, b"k", b"2").unwrap();
}
