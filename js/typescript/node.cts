import { readFileSync } from "node:fs";
import { join } from "node:path";
import { initialise } from "./core.js";

initialise(readFileSync(join(__dirname, "threshold_matrix.wasm")));

export * from "./core.js";
