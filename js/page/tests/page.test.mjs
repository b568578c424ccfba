import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { address, browser, open } from "./open.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SMALL = `format: 1
id: small
version: 1.0.0
title: A small matrix
status: local
inputs:
  arrests: { type: integer, range: [0, 60], label: Arrests in twelve months, unit: arrests, missing: unknown, changeable: true }
  rosh: { type: level, values: [low, medium, high], label: Risk of serious harm, missing: unknown }
  place: { type: category, values: [a, b, c, d, e, f, g], label: Place, missing: absent }
  offences: { type: set, values: [robbery, burglary], label: Kinds of offence, missing: absent }
  rsr: { type: decimal, places: 2, range: [0, 99.99], label: RSR, missing: { assume: 1.50 } }
  seen: { type: date, range: [2000-01-01, 2100-01-01], label: Last seen, missing: absent }
  lead: { type: boolean, label: Leads a group, missing: unknown }
criteria:
  arrests: { title: Arrests, input: arrests, bands: [ { from: 0, points: 0 }, { from: 5, points: 10 } ] }
  harm: { title: Harm, input: rosh, values: { low: 0, medium: 5, high: 10 } }
  offences: { title: Kinds, input: offences, absent: 0, each_member: 1 }
dimensions:
  risk: { title: Risk, score: [arrests, harm, offences], levels: [ { level: high, from: 10 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { risk: high } }, { tier: low } ] }
`;

let own;
before(async () => (own = await browser()));
after(() => own.close());

/** Opens the page with a matrix, lets somebody do something, and holds it to having left nothing behind and sent nothing. */
async function visit(what, { text, ...options } = {}) {
  const { page, context, left, complaints } = await open(own, options);
  if (text !== undefined) await file(page, "#opened", text);
  await what(page);
  assert.deepEqual(left, [], "nothing leaves the page");
  assert.deepEqual(complaints, [], "nothing is refused or thrown");
  await context.close();
}

const file = (page, at, text) => page.setInputFiles(at, { name: "small.yaml", mimeType: "text/yaml", buffer: Buffer.from(text) });
const says = (page, at, words) => page.waitForFunction(([at, words]) => document.querySelector(at)?.textContent.includes(words), [at, words], { timeout: 10_000 });

/** Puts the cursor of the editor behind a text that stands there once. */
async function goBehind(page, words) {
  await page.locator("#editor .cm-content").click();
  await page.keyboard.press("Control+f");
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowRight");
}

/** Changes a text in the editor as somebody who types. */
async function retype(page, old, revised) {
  await goBehind(page, old);
  for (const _ of old) await page.keyboard.press("Backspace");
  await page.keyboard.insertText(revised);
}

test("a first visitor mends a matrix, scores a person, sees what would settle it, compares and prints", async () => {
  await visit(async (page) => {
    // A matrix that is at fault opens where it can be mended.
    await says(page, "#headline", "at fault");
    await says(page, "#faults", "Line 15: no input is called `arests`; did you mean `arrests`?");
    await page.locator("#faults button").first().click();
    await retype(page, "input: arests", "input: arrests");
    // What the proofs find follows.
    await says(page, "#state", "one thing to look at");
    await says(page, "#faults", "Line 17, to look at: the points of `offences` never change the result");
    assert.match(await page.textContent("#sheet"), /A small matrix/);

    await page.click("#tab-score");
    await page.fill("#input-rsr", "6.9");
    await page.getByLabel("robbery").check();
    await says(page, "#headline", "It can be high or low");
    assert.match(await page.textContent("#explanation"), /Record Arrests in twelve months and Risk of serious harm/);
    await page.fill("#input-arrests", "7");
    await says(page, "#headline", "Result: high");
    assert.match(await page.textContent("#explanation"), /What would change it/);
    assert.ok((await page.locator("#explanation svg.waterfall").count()) > 0);

    await page.fill("#person", "N-17");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save-record")]);
    const saved = readFileSync(await download.path(), "utf8");
    assert.ok(saved.endsWith("}\n"));
    const record = JSON.parse(saved);
    assert.deepEqual([record.person, record.profile.arrests, record.profile.rsr], ["N-17", 7, "6.9"]);
    assert.match(await page.textContent("#explanation"), /N-17/);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.isVisible("#profile"), false);
    assert.equal(await page.isVisible("#explanation .blanks"), true);
    const paper = await page.pdf({ preferCSSPageSize: true });
    assert.ok(paper.length > 10_000);
    await page.emulateMedia({ media: "screen" });

    await page.click("#tab-matrix");
    await page.emulateMedia({ media: "print" });
    assert.deepEqual([await page.isVisible("#sheet table"), await page.isVisible("#editor"), await page.isVisible("#explanation")], [true, false, false]);
    await page.emulateMedia({ media: "screen" });
    await retype(page, "from: 5, points: 10", "from: 9, points: 10");
    await page.click("#tab-compare");
    await file(page, "#older-file", SMALL);
    await says(page, "#comparing", "Compared");
    const proved = await page.textContent("#comparison");
    assert.match(proved, /What changed in the rules/);
    assert.match(proved, /high/);
  }, { text: SMALL.replace("input: arrests", "input: arests") });
});

test("a file is dropped on the page, changed and saved as it stands", async () => {
  await visit(async (page) => {
    const dropped = await page.evaluateHandle((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], "dropped.yaml"));
      return data;
    }, `# Ours.\r\n${SMALL}`);
    await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
    await says(page, "#title", "A small matrix");
    assert.equal(await page.textContent("#shipped option:checked"), "dropped.yaml");
    await page.click("#tab-matrix");
    await retype(page, "title: A small matrix", "title: Our matrix");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save-matrix")]);
    assert.equal(download.suggestedFilename(), "dropped.yaml");
    assert.equal(readFileSync(await download.path(), "utf8"), `# Ours.\n${SMALL.replace("A small", "Our")}`);
    // What is saved can be left without a question, and the one that was dropped can be gone back to.
    await page.selectOption("#shipped", "psa@1.0.0");
    await says(page, "#about", "psa, version 1.0.0");
    await page.selectOption("#shipped", "");
    await says(page, "#title", "A small matrix");
  });
});

test("whoever scores by a version that is not in force is told", async () => {
  await visit(async (page) => {
    await page.selectOption("#shipped", "iom-threshold@1.1.0");
    await page.fill("#input-arrests_12m", "4");
    for (const [day, isTold] of [["2027-03-31", true], ["2027-04-01", false]]) {
      await page.fill("#as-at", day);
      assert.equal(await page.isVisible("#not-in-force"), isTold, day);
    }
  });
});

test("a clock that is wrong keeps nobody out", async () => {
  const context = await own.newContext();
  const page = await context.newPage();
  await page.clock.setFixedTime(new Date("2001-01-01"));
  await page.goto(address());
  await says(page, "#about", "iom-threshold, version 1.0.0");
  await context.close();
});

test("changes are not lost without a question, and what is no text is not opened", async () => {
  await visit(async (page) => {
    const asked = [];
    let accepts = false;
    page.on("dialog", async (dialog) => {
      asked.push(dialog.message());
      await (accepts ? dialog.accept() : dialog.dismiss());
    });
    await page.click("#tab-matrix");
    await retype(page, "title: A small matrix", "title: Our matrix");
    await page.selectOption("#shipped", "psa@1.0.0");
    assert.match(asked[0], /What you changed in small.yaml is not saved/);
    assert.equal(await page.textContent("#title"), "Our matrix");
    assert.equal(await page.inputValue("#shipped"), "");
    accepts = true;
    await page.selectOption("#shipped", "psa@1.0.0");
    await says(page, "#about", "psa, version 1.0.0");
    await page.setInputFiles("#opened", { name: "old.yaml", mimeType: "text/yaml", buffer: Buffer.from([0x74, 0xe9, 0x3a]) });
    await page.waitForTimeout(100);
    assert.match(asked.at(-1), /old.yaml is not text in UTF-8/);
    assert.equal(asked.length, 3);
    await says(page, "#about", "psa, version 1.0.0");
  }, { text: SMALL });
});

test("the program puts a matrix into the page", async () => {
  const { page, context, left, complaints } = await open(own, {}, process.env.CALCULATOR);
  assert.equal(await page.textContent("#shipped option:checked"), "1.0.0.yaml");
  await says(page, "#about", "psa, version 1.0.0");
  await page.click("#tab-matrix");
  await says(page, "#editor-title", "The file");
  assert.match(await page.locator("#editor .cm-content").textContent(), /^#|format: 1/);
  assert.deepEqual([left, complaints], [[], []]);
  await context.close();
});

test("what was entered stays under the same names while the matrix changes", async () => {
  await visit(async (page) => {
    await page.fill("#input-arrests", "7");
    await page.getByRole("radio", { name: "medium" }).check();
    await page.click("#tab-matrix");
    await retype(page, "label: Arrests in twelve months", "label: Arrests in a year");
    await page.click("#tab-score");
    assert.equal(await page.inputValue("#input-arrests"), "7");
    assert.ok(await page.getByRole("radio", { name: "medium" }).isChecked());
    await page.getByRole("checkbox", { name: "Arrests in a year: Not known" }).check();
    assert.equal(await page.inputValue("#input-arrests"), "");
    await page.click("#clear");
    assert.equal(await page.getByRole("radio", { name: "medium" }).isChecked(), false);
  }, { text: SMALL });
});

test("what cannot be read is told at its field, and no older result stays", async () => {
  await visit(async (page) => {
    await page.fill("#input-arrests", "7");
    await says(page, "#headline", "Result: high");
    assert.equal(await page.getAttribute("#input-arrests", "aria-invalid"), null);
    await page.fill("#input-arrests", "seven");
    await says(page, "#headline", "No result yet");
    assert.match(await page.textContent("#input-arrests-problem"), /Arrests in twelve months.*seven/);
    assert.equal(await page.getAttribute("#input-arrests", "aria-invalid"), "true");
    assert.equal(await page.isEnabled("#save-record"), false);
    await page.fill("#input-arrests", "7");
    await page.fill("#as-at", "");
    await says(page, "#headline", "give the date of the scoring");
    assert.doesNotMatch(await page.textContent("#explanation"), /Result/);
    await page.fill("#as-at", "2026-12-05");
    await says(page, "#headline", "Result: high");
    await page.fill("#input-arrests", "0.07");
    assert.match(await page.textContent("#input-arrests-problem"), /Arrests in twelve months/);
    await page.click("#tab-matrix");
    await retype(page, "id: small", "id: [");
    await says(page, "#headline", "at fault");
    assert.match(await page.textContent("#explanation"), /at fault/);
  }, { text: SMALL });
});

test("the editor offers what can stand at a place", async () => {
  const offered = async (page, behind, typed) => {
    await goBehind(page, behind);
    await page.keyboard.type(typed);
    await page.keyboard.press("Control+Space");
    const list = page.locator("#editor .cm-tooltip-autocomplete li .cm-completionLabel");
    await list.first().waitFor();
    const labels = await list.allTextContents();
    await page.keyboard.press("Escape");
    for (const _ of typed) await page.keyboard.press("Backspace");
    return labels;
  };
  await visit(async (page) => {
    await page.click("#tab-matrix");
    assert.deepEqual(await offered(page, "title: Arrests, input:", " a"), ["arrests"]);
    assert.ok((await offered(page, "label: Arrests in twelve months,", " ")).includes("missing"));
    assert.ok((await offered(page, "seen: { type: date,", " pr")).includes("protected"));
    assert.ok((await offered(page, "tiers: [high, low]", "\nover")).includes("overrides"));
    assert.ok((await offered(page, "status:", " ill")).includes("illustrative"));
    assert.ok((await offered(page, "score: [arrests,", " ")).includes("offences"));
  }, { text: SMALL });
});

test("the keyboard alone goes through the tabs", async () => {
  await visit(async (page) => {
    await page.focus("#tab-score");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => document.activeElement.id), "tab-matrix");
    assert.ok(await page.isVisible("#matrix-view"));
    // The editor takes tabs, and lets go of whoever presses Escape first.
    await page.locator("#editor .cm-content").focus();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "save-matrix");
    await page.focus("#tab-matrix");
    await page.keyboard.press("End");
    assert.ok(await page.isVisible("#compare"));
    await page.keyboard.press("Home");
    assert.ok(await page.isVisible("#score"));
    assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id).filter((id, at, all) => all.indexOf(id) !== at)), []);
  });
});

test("every matrix that comes with the page has a form and is compared with itself", async () => {
  await visit(async (page) => {
    for (const name of await page.locator("#shipped option").evaluateAll((all) => all.map(({ value }) => value))) {
      await page.click("#tab-score");
      await page.selectOption("#shipped", name);
      await says(page, "#about", name.replace("@", ", version "));
      assert.ok((await page.locator("#profile > *").count()) > 0, name);
      const inputs = await page.locator("#profile > *").count();
      const labelled = await page.locator("#profile .name, #profile legend").count();
      assert.equal(labelled, inputs, name);
      await page.click("#tab-matrix");
      await says(page, "#sheet", name.split("@")[0]);
      await page.click("#tab-compare");
      await says(page, "#comparison", "No rule is written differently");
    }
  });
});

for (const width of [390, 1280]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`axe finds nothing at ${width} pixels, ${colorScheme}`, async () => {
      await visit(async (page) => {
        page.on("dialog", (dialog) => dialog.accept());
        const hold = async (where) => {
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => globalThis.axe.run(document));
          assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes[0].html]), [], where);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${where} is not wider than the screen`);
        };
        await hold("at first");
        await page.fill("#input-arrests_12m", "4");
        await hold("with a result");
        await page.fill("#input-arrests_12m", "x");
        await hold("with a problem");
        await page.click("#tab-matrix");
        await retype(page, "status: illustrative", "status: ilustrative");
        await says(page, "#state", "fault");
        await hold("with a fault");
        await page.click("#tab-compare");
        await page.selectOption("#shipped", "iom-threshold@1.0.0");
        await page.selectOption("#older", "iom-threshold@1.1.0");
        await says(page, "#comparing", "Compared");
        await hold("with a comparison");
      }, { viewport: { width, height: 900 }, colorScheme });
    });
  }
}

test("from a change to its result", async (context) => {
  await visit(async (page) => {
    await page.fill("#input-arrests_12m", "4");
    await page.fill("#input-ogrs3", "75");
    const times = async (act) => {
      const taken = [];
      for (let round = 0; round < 15; round += 1) {
        await page.evaluate(() => performance.clearMeasures());
        await act(round);
        taken.push(await page.evaluate(() => performance.getEntriesByName("change to result").at(-1).duration));
      }
      taken.sort((one, other) => one - other);
      return `median ${taken[7].toFixed(1)} ms, at most ${taken[14].toFixed(1)} ms`;
    };
    context.diagnostic(`iom-threshold, an answer: ${await times((round) => page.fill("#input-arrests_12m", String(round)))}`);
    await page.click("#tab-matrix");
    await goBehind(page, "title: IOM threshold matrix");
    context.diagnostic(`iom-threshold, a letter of the file: ${await times(() => page.keyboard.type("x"))}`);
  });
});
