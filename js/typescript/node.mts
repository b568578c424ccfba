import { readFileSync } from "node:fs";
import { initialise } from "./core.js";

initialise(readFileSync(new URL("./threshold_matrix.wasm", import.meta.url)));

export * from "./core.js";
