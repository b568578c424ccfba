import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as package_ from "threshold-matrix";
import { check, compare, Matrix, MatrixError, matrices, matrixText, Refused, ThresholdMatrixError } from "threshold-matrix";

const TEXT = `format: 1
id: small
version: 1.0.0
title: A small matrix
status: local
inputs:
  arrests: { type: integer, range: [0, 999999999999999], missing: unknown }
  rsr: { type: decimal, places: 2, range: [0, 100], missing: absent }
  flags: { type: set, values: [fire, knife], missing: absent }
criteria:
  arrests: { title: Arrests, input: arrests, bands: [ { from: 0, points: 0 }, { from: 5, points: 1.5 } ] }
  rsr: { title: Risk, input: rsr, absent: 0, bands: [ { from: 0, points: 0 }, { from: 6.90, points: 0.1 } ] }
dimensions:
  risk: { title: Risk, score: [arrests, rsr], levels: [ { level: high, from: 1.6 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { risk: high } }, { tier: low } ] }
`;
const asAt = "2026-12-05";
const small = Matrix.load(TEXT);

test("whole points are numbers, and others are texts of their digits", () => {
  const outcome = small.score({ arrests: 5, rsr: "6.90" }, { asAt });
  assert.equal(outcome.tier, "high");
  assert.deepEqual(outcome.dimensions.risk, { score: "1.6", range: ["1.6", "1.6"], level: "high", scaled: null });
  assert.deepEqual(outcome.points, { arrests: "1.5", rsr: "0.1" });
  assert.equal(small.score({ arrests: 1 }, { asAt }).dimensions.risk.score, 0);
});

test("the same value in every form that JavaScript has", () => {
  const expected = small.score('{"arrests": 999999999999999, "rsr": 6.90, "flags": ["fire", "knife"]}', { asAt });
  const decimal = { toJSON: () => "6.90" };
  for (const arrests of [999999999999999, 999999999999999n, "999999999999999"]) {
    for (const rsr of [6.9, "6.90", decimal]) {
      for (const flags of [["fire", "knife"], new Set(["knife", "fire"])]) {
        const profile = { arrests, rsr, flags };
        assert.deepEqual(small.score(profile, { asAt }), expected);
        assert.deepEqual(profile, { arrests, rsr, flags });
      }
    }
  }
});

test("what is not recorded is null, undefined or left out", () => {
  for (const profile of [{}, { arrests: null }, { arrests: undefined }, "{}"]) {
    const outcome = small.score(profile, { asAt });
    assert.equal(outcome.provisional, false);
    assert.equal(outcome.tier, "low");
    assert.equal(outcome.dimensions.risk.score, null);
    assert.deepEqual(outcome.dimensions.risk.range, [0, "1.5"]);
  }
});

test("everything that is wrong with a profile is told at once", () => {
  const profile = { arrests: NaN, rsr: 6.905, flags: new Date(0), shots: 1, born: () => 1, count: 2 ** 53 };
  const refused = caught(Refused, () => small.score(profile, { asAt }));
  assert.deepEqual(
    refused.problems.map(({ kind, inputs }) => [kind, ...inputs]),
    [["wrong_type", "arrests"], ["wrong_type", "flags"], ["wrong_type", "born"], ["wrong_type", "count"], ["unknown_input", "shots"], ["too_many_places", "rsr"]],
  );
  assert.match(refused.message, /`arrests` is NaN, which is not a number; write null/);
  assert.equal(caught(Refused, () => small.explain({ arrests: -1 }, { asAt })).problems[0].message, "`arrests` is -1, outside 0 to 999999999999999");
});

test("what is no profile and no date is said", () => {
  for (const profile of [null, 1, [], new Map(), "[", "{\"arrests\": {}}"]) caught(ThresholdMatrixError, () => small.score(profile, { asAt }));
  for (const day of ["2026-02-30", "5 December", new Date(0), undefined, null]) {
    caught(ThresholdMatrixError, () => small.score({}, { asAt: day }));
  }
  assert.match(caught(ThresholdMatrixError, () => Matrix.open("iom-threshold")).message, /does not say which version/);
  assert.equal(Matrix.open("iom-threshold", { asAt }).id, "iom-threshold");
});

test("faults of a matrix have places in the text as JavaScript counts it", () => {
  const text = TEXT.replace("title: A small matrix", "title: \"é 😀 small\" # 😀").replace("input: arrests", "input: arests");
  const error = caught(MatrixError, () => Matrix.load(text, { file: "area.yaml" }));
  const [fault] = error.faults;
  assert.equal(fault.code, "undeclared-name");
  assert.equal(fault.help, "did you mean `arrests`?");
  assert.equal(text.slice(fault.place.from, fault.place.to), "arests");
  assert.match(error.message, /area\.yaml:/);
  const checked = check(text);
  assert.equal(checked.loads, false);
  assert.deepEqual(checked.faults, error.faults);
});

test("a matrix without faults is checked by its examples and by proofs", () => {
  const text = `${TEXT}examples: [ { title: few, profile: { arrests: 1 }, expect: { tier: high } } ]\n`;
  const checked = check(text, { asAt });
  assert.equal(checked.loads, true);
  assert.deepEqual(checked.examples.map(({ title, differences }) => [title, differences]), [["few", ["`tier` is low, not high"]]]);
  assert.ok(checked.complete);
  assert.deepEqual(check(TEXT).findings, []);
});

test("a revision is compared by proofs", () => {
  const revised = Matrix.load(TEXT.replace("from: 1.6", "from: 1.5").replace("1.0.0", "1.1.0"));
  const comparison = compare(small, revised, { asAt });
  assert.deepEqual(comparison.open, []);
  assert.deepEqual(comparison.shifts.map(({ from, to }) => [from, to]), [["low", "high"]]);
  assert.match(small.compareToHtml(revised, { asAt }), /What changed in the rules/);
  assert.deepEqual(small.score(comparison.shifts[0].witness, { asAt }).tier, "low");
  assert.deepEqual(revised.score(comparison.shifts[0].witness, { asAt }).tier, "high");
});

test("an explanation is told in every form", () => {
  const explanation = small.explain({ arrests: 5, rsr: "6.90" }, { asAt });
  assert.match(String(explanation), /Result: high/);
  assert.match(explanation.toMarkdown(), /^#/m);
  assert.match(explanation.toHtml(), /^<!doctype html>/i);
  assert.match(explanation.traceToJson(), /"points":1\.5/);
  assert.equal(explanation.trace.criteria[0].points, "1.5");
  assert.doesNotMatch(String(small.explain({ arrests: 5, rsr: "6.90" }, { asAt, redacted: true })), /6\.90/);
  assert.match(String(small.explain({ arrests: 5 }, { asAt, person: "N-17" })), /About: N-17/);
});

test("changes and records are those of the library", () => {
  const iom = Matrix.open("iom-threshold@1.1.0");
  const changes = iom.changes({ arrests_12m: 4, ogrs3: 75 }, { asAt });
  assert.ok(changes.unknown.some(({ input }) => input === "rosh"));
  const record = JSON.parse(small.record({ arrests: 5 }, { asAt, person: "N-17" }));
  assert.equal(record.person, "N-17");
  assert.equal(record.matrix.hash, small.hash);
});

test("a matrix says what a form needs", () => {
  assert.deepEqual(small.tiers, ["high", "low"]);
  const [arrests, rsr, flags] = small.inputs;
  assert.deepEqual([arrests.kind, arrests.missing, arrests.to], ["integer", "unknown", "999999999999999"]);
  assert.deepEqual([rsr.kind, rsr.places], ["decimal", 2]);
  assert.deepEqual(flags.values.map(({ name }) => name), ["fire", "knife"]);
  assert.equal(Matrix.load(small.toYaml()).hash, small.hash);
  assert.ok(matrices().includes("hmpps-utm@2.0.0"));
  assert.equal(Matrix.load(matrixText("hmpps-utm@2.0.0")).hash, Matrix.open("hmpps-utm@2.0.0").hash);
  assert.match(caught(ThresholdMatrixError, () => matrixText("hmpps-utm")).message, /write an id and a version/);
});

test("a closed matrix cannot be used", () => {
  const closed = Matrix.load(TEXT);
  closed.close();
  assert.throws(() => closed.score({}, { asAt }));
  assert.equal(small.score({}, { asAt }).tier, "low");
});

test("hostile texts are faults", () => {
  for (const text of ["[".repeat(100_000), "{a: ".repeat(50_000), "a: &a [*a]", "\u0000", "- ".repeat(100_000), "x".repeat(2_000_000)]) {
    caught(MatrixError, () => Matrix.load(text));
  }
  caught(ThresholdMatrixError, () => small.score(`{"arrests": ${"[".repeat(200_000)}`, { asAt }));
  assert.equal(small.score({}, { asAt }).tier, "low");
});

test("CommonJS has the same names", () => {
  const required = createRequire(import.meta.url)("threshold-matrix");
  assert.deepEqual(Object.keys(required).sort(), Object.keys(package_).sort());
  assert.equal(required.Matrix.open("psa@1.0.0").id, "psa");
});

test("the code for browsers fetches the module, and a page may bring it", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = async (url) => new Response(readFileSync(url));
  try {
    const browser = await import("../dist/browser.mjs");
    assert.equal(browser.Matrix.open("psa@1.0.0").id, "psa");
  } finally {
    globalThis.fetch = fetch;
  }
  const core = await import("../dist/core.mjs");
  core.initialise(readFileSync(new URL("../dist/threshold_matrix.wasm", import.meta.url)));
  assert.equal(core.Matrix.open("psa@1.0.0").id, "psa");
});

function caught(kind, make) {
  try {
    make();
  } catch (error) {
    assert.ok(error instanceof kind, `${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}
