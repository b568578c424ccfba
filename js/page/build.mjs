// Makes dist/threshold-matrix.html: the page with its program, its style and the module of WebAssembly in one file.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const bundled = await build({
  entryPoints: ["src/main.ts"],
  alias: { "threshold-matrix/core": "../dist/core.mjs" },
  bundle: true, minify: true, write: false, format: "iife", platform: "browser", target: "es2022", charset: "ascii", legalComments: "none", logLevel: "warning",
});
const text = (path) => readFileSync(path, "utf8");
// What would end the script is written so that it does not.
const program = bundled.outputFiles[0].text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
const style = text("../../src/report/document/page.css") + text("src/page.css");
const module = gzipSync(readFileSync("../dist/threshold_matrix.wasm"), { level: 9 }).toString("base64");
const hash = (own) => `'sha256-${createHash("sha256").update(own).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash(program)} 'wasm-unsafe-eval'`,
  "worker-src blob:",
  `style-src ${hash(style)}`,
  "img-src data:",
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
].join("; ");
const parts = { policy, style, module, program };
const page = text("src/page.html").replace(/\{(policy|style|module|program)\}/g, (_, name) => parts[name]);
mkdirSync("dist", { recursive: true });
writeFileSync("dist/threshold-matrix.html", page);
console.log(`threshold-matrix.html: ${page.length} bytes, of which the program is ${program.length}`);
