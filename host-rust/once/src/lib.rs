//! Nothing: what counts are the features in `Cargo.toml`.
//!
//! Invariant: Wasmtime and everything below it has the same features wherever it is built in this workspace.
//!
//! Cargo builds a package once for each set of features. The build script of `cu-host` uses Wasmtime, and so does the
//! crate itself; what else is built with the crate, other packages of the workspace say, adds features to packages that
//! Wasmtime uses, but not to those of the build script. Then Wasmtime, two thirds of the work of `make run`, is built
//! again. This crate asks for all of those features, and `cu-host` depends on it in both places.
#![forbid(unsafe_code)]
