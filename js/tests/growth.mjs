// Calls and loads many times, and fails if memory grows: `node --expose-gc growth.mjs CALLS LOADS`.
import { setImmediate as turn } from "node:timers/promises";
import { Matrix } from "threshold-matrix";

const [calls, loads] = process.argv.slice(2).map(Number);
const asAt = "2026-12-05";
const text = Matrix.open("iom-threshold@1.1.0").toYaml();
const profiles = [{ arrests_12m: 12, ogrs3: 75, rosh: "high" }, {}, { arrests_12m: -1 }, "{"];

async function rounds(calls, loads, closes) {
  const matrix = Matrix.load(text);
  for (let call = 0; call < calls; call++) {
    const profile = call % 100 < 3 ? profiles[1 + (call % 3)] : profiles[0];
    try {
      matrix.score(profile, { asAt });
    } catch {
      // Refused, which is what it is for.
    }
    if (call % 1000 === 0) await turn();
  }
  matrix.close();
  for (let load = 0; load < loads; load++) {
    const own = Matrix.load(text);
    if (closes) own.close();
    // What is collected gives its memory back between two turns.
    if (load % 10 === 0) await turn();
  }
}

for (const closes of [true, false]) {
  await rounds(calls / 10, loads / 10, closes);
  globalThis.gc();
  await turn();
  const before = process.memoryUsage().rss;
  await rounds(calls, loads, closes);
  globalThis.gc();
  await turn();
  const growth = (process.memoryUsage().rss - before) / 1e6;
  const how = closes ? "with" : "without";
  console.log(`${calls} calls and ${loads} loads ${how} close: memory grew by ${growth.toFixed(1)} MB, from ${(before / 1e6).toFixed(1)} MB`);
  if (growth > 64) process.exitCode = 1;
}
