// Makes dist/ of what was built: the module, the code for Node and for browsers, and the types for both kinds of modules.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

mkdirSync("dist", { recursive: true });
copyFileSync("built/threshold_matrix_js_bg.wasm", "dist/threshold_matrix.wasm");
const entries = [
  ["typescript/node.mts", "dist/node.mjs", "node", "esm"],
  ["typescript/node.cts", "dist/node.cjs", "node", "cjs"],
  ["typescript/browser.mts", "dist/browser.mjs", "browser", "esm"],
  ["typescript/core.ts", "dist/core.mjs", "browser", "esm"],
];
for (const [entry, outfile, platform, format] of entries) {
  await build({ entryPoints: [entry], outfile, platform, format, bundle: true, target: "es2022", logLevel: "warning" });
}
execFileSync("node_modules/.bin/tsc", ["-p", "."], { stdio: "inherit" });
for (const [folder, type] of [["esm", "module"], ["cjs", "commonjs"]]) {
  const types = `dist/types/${folder}`;
  mkdirSync(types, { recursive: true });
  for (const name of ["core", "data", "generated"]) cpSync(`built/types/typescript/${name}.d.ts`, `${types}/${name}.d.ts`);
  writeFileSync(`${types}/package.json`, `{ "type": "${type}" }\n`);
}
const sizes = ["threshold_matrix.wasm", "browser.mjs"].map((name) => [name, readFileSync(`dist/${name}`)]);
for (const [name, bytes] of sizes) console.log(`${name}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} compressed`);
