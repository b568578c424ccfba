// Times one profile, beside a general rule engine that has only a table of fifteen rows to look into: `npm install && node speed.mjs` after `../build.sh`.
import { ZenEngine } from "@gorules/zen-engine";
import { bench, run, summary } from "mitata";
import { Matrix } from "threshold-matrix";

const asAt = "2026-12-05";
const utm = Matrix.open("hmpps-utm@2.0.0");
const profile = {
  female: false, rsr: "3.61", ogrs3: 99, rosh: "high", mappa_level: "m2", complexity: [], previous_enforcement: false, iom_nominal: false,
  mandate_for_change: true, assessed: true, strengths_and_needs: true, impulsivity: 1, temper_control: 1, parenting_responsibilities: false,
  accommodation: 7, employment: 0, relationships: 6, lifestyle: 0, drugs: 2, alcohol: 2, thinking: 7, attitudes: 0,
};
const text = JSON.stringify(profile);
const unknown = Matrix.open("iom-threshold@1.1.0");
const unknownProfile = { arrests_12m: 12, ogrs3: 75, rosh: "high" };

const cutOffs = [0, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95];
const rules = cutOffs.map((from, row) => ({ _id: `r${row}`, i1: `[${from}..${(cutOffs[row + 1] ?? 101) - 1}]`, i2: row % 2 ? '"high", "very_high"' : "", o1: String(row) }));
const table = {
  contentType: "application/vnd.gorules.decision",
  nodes: [
    { id: "in", type: "inputNode", name: "in", position: { x: 0, y: 0 } },
    { id: "out", type: "outputNode", name: "out", position: { x: 0, y: 0 } },
    {
      id: "table", type: "decisionTableNode", name: "table", position: { x: 0, y: 0 },
      content: {
        hitPolicy: "collect",
        inputs: [{ id: "i1", name: "ogrs3", field: "ogrs3" }, { id: "i2", name: "rosh", field: "rosh" }],
        outputs: [{ id: "o1", name: "points", field: "points" }],
        rules,
      },
    },
  ],
  edges: [{ id: "a", sourceId: "in", targetId: "table", type: "edge" }, { id: "b", sourceId: "table", targetId: "out", type: "edge" }],
};
const decision = new ZenEngine().createDecision(Buffer.from(JSON.stringify(table)));
console.log("zen-engine", JSON.stringify((await decision.evaluate(profile)).result));
console.log("threshold-matrix", JSON.stringify(utm.score(profile, { asAt }).dimensions));

summary(() => {
  bench("score: hmpps-utm, an object", () => utm.score(profile, { asAt }));
  bench("score: hmpps-utm, a text", () => utm.score(text, { asAt }));
  bench("score to JSON: hmpps-utm, a text", () => utm.scoreToJson(text, { asAt }));
  bench("score: iom-threshold, most of it not known", () => unknown.score(unknownProfile, { asAt }));
  bench("trace to JSON: hmpps-utm", () => utm.explain(profile, { asAt }).traceToJson());
  bench("zen-engine: a table of 15 rows", async () => await decision.evaluate(profile));
});
await run();
