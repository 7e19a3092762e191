/** Where cu.wasm is. */
export function wasmUrl(): URL;

/** The compiled module, which instances and workers may share: compiled once. */
export function wasmModule(): Promise<WebAssembly.Module>;
