// Writes typescript/generated.ts from the JSON Schemas of outcomes and traces, which the program prints. `--check` only says whether it is current.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const file = new URL("typescript/generated.ts", import.meta.url);
const repository = new URL("..", import.meta.url);

function schema(name) {
  const arguments_ = ["run", "-q", "-p", "threshold-matrix-cli", "--", "schema", name];
  return JSON.parse(execFileSync("cargo", arguments_, { cwd: repository, encoding: "utf8" }));
}

/** A number may have decimal places, which are given as a text. A whole number that is counted stays one. */
function exact(schema) {
  if (Array.isArray(schema)) return schema.map(exact);
  if (schema === null || typeof schema !== "object") return schema;
  const own = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, exact(value)]));
  const types = [own.type].flat();
  if (types.includes("number")) own.type = [...new Set([...types, "string"])];
  // Lists of numbers of a fixed length are tuples, which the generator needs said in the older way.
  if (own.prefixItems) {
    own.items = own.prefixItems;
    delete own.prefixItems;
  }
  return own;
}

/** An outcome without what only a line of the program has: an id, and nulls for somebody who is refused. */
function ofOneScoring(schema) {
  for (const key of ["id", "error"]) {
    delete schema.properties[key];
    schema.required = schema.required.filter((own) => own !== key);
  }
  for (const key of ["possible", "provisional", "dimensions", "points", "flags", "decisions"]) {
    const own = schema.properties[key];
    own.type = own.type.find((type) => type !== "null");
  }
  return { ...schema, title: "Outcome" };
}

const options = { bannerComment: "", additionalProperties: false, unreachableDefinitions: false, format: true, style: { printWidth: 140 } };
const outcome = await compile(exact(ofOneScoring(schema("outcome"))), "Outcome", options);
const trace = await compile({ ...exact(schema("trace")), title: "Trace" }, "Trace", options);
const written = `// Written by generate.mjs from the JSON Schemas of the library: change those, and not this file.\n\n${outcome}\n${trace}`;
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== written) {
    console.error("typescript/generated.ts is not current; write it with `node generate.mjs`");
    process.exit(1);
  }
} else {
  writeFileSync(file, written);
}
