// Opens the built page in a browser, and counts what leaves it.
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const page = process.env.PAGE ?? fileURLToPath(new URL("../dist/threshold-matrix.html", import.meta.url));
const found = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));

export async function browser() {
  if (found === undefined) throw new Error("install Chromium, or say where it is in CHROMIUM");
  return chromium.launch({ executablePath: found, args: ["--no-sandbox"] });
}

/** Returns where the page is. */
export const address = (path = page) => pathToFileURL(path).href;

/** Opens the page as a file. Every request but for the file itself and what is in it, and everything that the browser complains of, is noted. */
export async function open(own, options = {}, path = page) {
  const context = await own.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const opened = await context.newPage();
  const left = [];
  const complaints = [];
  const here = address(path);
  context.on("request", (request) => {
    const url = request.url();
    if (url !== here && !url.startsWith("blob:") && !url.startsWith("data:")) left.push(url);
  });
  opened.on("pageerror", (error) => complaints.push(String(error)));
  opened.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  await opened.goto(here);
  await opened.waitForFunction(() => document.getElementById("headline").textContent !== "The page is being made ready.");
  return { page: opened, context, left, complaints };
}
