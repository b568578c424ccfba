// Holds pages to the rules of axe-core, on a telephone and on a tablet, in light and in dark: node axe.mjs FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = process.argv[2];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
let found = 0;
const pages = readdirSync(folder).filter((name) => name.endsWith(".html"));
if (pages.length === 0) throw new Error(`there is no page in ${folder}`);
for (const name of pages) {
  for (const width of [390, 794]) {
    for (const colorScheme of ["light", "dark"]) {
      // The page allows no script of its own; the rules are put in past that.
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      await page.goto(pathToFileURL(resolve(folder, name)).href);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run());
      const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      for (const own of violations) console.log(`${name} ${width} ${colorScheme}: ${own.id}: ${own.help}: ${own.nodes[0].html.slice(0, 200)}`);
      if (isWide) console.log(`${name} ${width} ${colorScheme}: it is wider than the screen`);
      found += violations.length + Number(isWide);
      await context.close();
    }
  }
}
await browser.close();
console.log(found === 0 ? `axe-core finds nothing on ${pages.length} pages` : `${found} findings`);
process.exit(found === 0 ? 0 : 1);
