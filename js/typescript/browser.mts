import { initialise } from "./core.js";

const wasm = await fetch(new URL("./threshold_matrix.wasm", import.meta.url));
if (!wasm.ok) throw new Error(`threshold_matrix.wasm cannot be fetched: ${wasm.status}`);
initialise(await WebAssembly.compile(await wasm.arrayBuffer()));

export * from "./core.js";
