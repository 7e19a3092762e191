//! Routes: Lua functions, installed from a folder, which are stored and called for requests.
//!
//! Invariant: each request has an instance of its own over a copy of the routes in memory. So nothing that one request leaves
//! behind reaches another one, and scripts store nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cu_host::{Call, Error, Instance, MODULE, MemoryStore, Module, Options, Store, StoreError, Value};

use crate::functions;

/// Takes a table of files, by the names of their routes.
const INSTALL: &str = "function install(files)
  local routes = {}
  for name, text in pairs(files) do
    local chunk, problem = load(text, '@' .. name .. '.lua', 't')
    if not chunk then error(problem, 0) end
    routes[name] = chunk()
    if type(routes[name]) ~= 'function' then
      error(name .. '.lua returns a value of type ' .. type(routes[name]) .. ', not the function of the route', 0)
    end
  end
  _home.routes = routes
end";

const NAMES: &str =
    "local names = {} for name in pairs(_home.routes or {}) do names[#names + 1] = name end return names";

/// Names that the relay answers itself.
const RESERVED: [&str; 2] = ["healthz", "relay"];

/// Bytes of one file.
const FILE: u64 = 256 * 1024;

/// Levels of folders.
const DEPTH: usize = 8;

/// What was installed, ready to run.
pub struct Routes {
    module: Module,
    store: MemoryStore,
    names: BTreeSet<String>,
}

impl Routes {
    /// Reads what is installed in a store.
    pub fn load(module: &Module, from: &mut dyn Store) -> Result<Routes, String> {
        let mut routes = Routes { module: module.clone(), store: copy(from).map_err(text)?, names: BTreeSet::new() };
        let names =
            routes.instance(functions::stubs()).and_then(|mut instance| instance.compute(NAMES)).map_err(text)?;
        let names = (1..).map_while(|at| names.value().at(at)?.as_str().map(str::to_owned));
        routes.names = names.collect();
        Ok(routes)
    }

    /// Whether there is one of that name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// An instance for one request.
    pub fn instance(&self, options: Options) -> Result<Instance, Error> {
        Instance::new(&self.module, self.store.clone(), options)
    }
}

/// The call of a route with a request.
pub fn call(name: &str, request: Value) -> Result<Vec<u8>, Error> {
    Call::new(format!("_home.routes.{name}")).value(request).by_content().encode()
}

/// Installs all files of a folder, in place of those that were there; the names of the routes.
pub fn install(store: Box<dyn Store>, folder: &Path) -> Result<Vec<String>, String> {
    let mut files = BTreeMap::new();
    read(folder, "", &mut files, DEPTH)?;
    if files.is_empty() {
        return Err(format!("{} has no file NAME.lua", folder.display()));
    }
    let names = files.keys().cloned().collect();
    let put = || -> Result<(), Error> {
        let options = Options { atomic_by_store: true, ..functions::stubs() };
        let mut instance = Instance::new(&Module::new(MODULE)?, store, options)?;
        instance.compute(INSTALL)?;
        instance.call(&Call::new("install").value(files.into_iter().collect::<Value>()))?;
        // What the routes of before had.
        instance.run_gc()
    };
    put().map_err(text)?;
    Ok(names)
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>, depth: usize) -> Result<(), String> {
    let failed = |path: &Path, error: std::io::Error| format!("cannot read {}: {error}", path.display());
    for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        let is_folder = path.is_dir();
        if !is_folder && path.extension().is_none_or(|ending| ending != "lua") {
            continue;
        }
        let name = path.file_stem().and_then(|name| name.to_str()).filter(|name| crate::vault::is_name(name));
        let wanted = "names of routes are of small letters, digits, - and _";
        let name = name.ok_or_else(|| format!("{}: {wanted}", path.display()))?;
        if prefix.is_empty() && RESERVED.contains(&name) {
            return Err(format!("{}: the relay answers /{name} itself", path.display()));
        }
        let name = format!("{prefix}{name}");
        if is_folder {
            let depth =
                depth.checked_sub(1).ok_or_else(|| format!("{}: more than {DEPTH} folders deep", path.display()))?;
            read(&path, &format!("{name}/"), files, depth)?;
            continue;
        }
        let length = path.metadata().map_err(|error| failed(&path, error))?.len();
        if length > FILE {
            return Err(format!("{} has {length} bytes; {FILE} are the most", path.display()));
        }
        files.insert(name, std::fs::read_to_string(&path).map_err(|error| failed(&path, error))?);
    }
    Ok(())
}

/// All tables of a store in memory.
fn copy(from: &mut dyn Store) -> Result<MemoryStore, StoreError> {
    let mut copy = MemoryStore::default();
    let mut last = None;
    while let Some(table) = from.next_table(last)? {
        let mut keys = Vec::new();
        from.keys(table, None, false, &mut |key| {
            keys.push(key.to_vec());
            true
        })?;
        for key in keys {
            if let Some(value) = from.get(table, &key)? {
                copy.set(table, &key, &value)?;
            }
        }
        last = Some(table);
    }
    Ok(copy)
}

fn text(error: impl ToString) -> String {
    format!("the routes: {}", error.to_string())
}
