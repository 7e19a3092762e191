//! What the file says of itself, for hosts and people that look into it: the custom section `cu`
//! (`abi/README.md`, "What the file says of itself"). `build.rs` writes its text. It takes no memory of the module.

const JSON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/section.json"));

// SAFETY: for WebAssembly a section of a name of its own is a custom section: nothing that runs reads it.
#[unsafe(link_section = "cu")]
#[used]
static SECTION: [u8; JSON.len()] = *include_bytes!(concat!(env!("OUT_DIR"), "/section.json"));
