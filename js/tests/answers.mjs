// Answers questions, so that `check.sh` can hold the answers to those of the library: `answers.mjs < questions.tsv > answered.txt`.
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

const { Matrix, MatrixError, Refused, ThresholdMatrixError } = createRequire(import.meta.url)("threshold-matrix");

const opened = new Map();
function open(name) {
  if (!opened.has(name)) opened.set(name, name.endsWith(".yaml") ? Matrix.load(readFileSync(name, "utf8"), { file: name }) : Matrix.open(name));
  return opened.get(name);
}

/** What is wrong, as the library writes it. */
function wrong(error) {
  const { message } = error;
  if (error instanceof Refused) return { kind: "refused", message, problems: error.problems };
  if (error instanceof MatrixError) throw error;
  if (error instanceof ThresholdMatrixError) return { kind: "usage", message };
  throw error;
}

const answered = [];
for (const line of readFileSync(0, "utf8").trimEnd().split("\n")) {
  const [name, asAt, profile] = line.split("\t");
  for (const ask of [(matrix) => matrix.scoreToJson(profile, { asAt }), (matrix) => matrix.explain(profile, { asAt }).traceToJson()]) {
    try {
      answered.push(ask(open(name)));
    } catch (error) {
      answered.push(JSON.stringify(wrong(error)));
    }
  }
}
const bytes = Buffer.from(`${answered.join("\n")}\n`);
for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
