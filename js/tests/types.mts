// Compiled and not run: what the types allow, and what they do not.
import { compare, Matrix, Refused, type Exact, type Outcome, type Problem } from "threshold-matrix";

const matrix = Matrix.open("iom-threshold@1.1.0");
const outcome: Outcome = matrix.score({ ogrs3: 75, rosh: null }, { asAt: "2026-12-05" });
const tier: string | null = outcome.tier;
const score: Exact | null | undefined = outcome.dimensions["harm"]?.score;
const shifts: string[] = compare(matrix, matrix, { asAt: "2026-12-05" }).shifts.map((shift) => shift.from);
try {
  matrix.explain("{}", { asAt: "2026-12-05", full: true }).trace.criteria.map((criterion) => criterion.name);
} catch (error) {
  if (error instanceof Refused) error.problems.map((problem: Problem) => problem.inputs);
}
// @ts-expect-error: a date is always given.
matrix.score({});
// @ts-expect-error: a `Date` is another day elsewhere.
matrix.score({}, { asAt: new Date() });
console.log(tier, score, shifts);
