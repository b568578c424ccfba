// Shows pages that the library writes as parts of this one.

/** What is on a page of the library: its parts, and how it is printed. */
export interface Told {
  parts: Node[];
  headline: string;
  paper: CSSStyleSheet;
}

/** Reads a page that the library wrote. Its headings become one step less, and its names become those of a part of this page. */
export function told(html: string, prefix: string): Told {
  // The style is taken out, since the policy of this page holds for what is read as well.
  const style = /<style>([^<]*)<\/style>/.exec(html);
  const page = new DOMParser().parseFromString(style === null ? html : html.replace(style[0], ""), "text/html");
  const main = page.querySelector("main") ?? page.body;
  for (const old of main.querySelectorAll("h1, h2, h3")) {
    const heading = page.createElement(`h${Number(old.tagName[1]) + 1}`);
    for (const { name, value } of old.attributes) heading.setAttribute(name, value);
    heading.append(...old.childNodes);
    old.replaceWith(heading);
  }
  for (const own of main.querySelectorAll("[id]")) own.id = prefix + own.id;
  for (const own of main.querySelectorAll("[aria-labelledby]")) own.setAttribute("aria-labelledby", prefix + own.getAttribute("aria-labelledby"));
  for (const own of main.querySelectorAll('[href^="#"]')) own.setAttribute("href", `#${prefix}${own.getAttribute("href")?.slice(1)}`);
  // A list of what follows stands aside until somebody wants it.
  for (const nav of main.querySelectorAll("nav")) {
    const summary = page.createElement("summary");
    summary.textContent = "Contents";
    const folded = page.createElement("details");
    folded.append(summary, ...nav.childNodes);
    nav.replaceChildren(folded);
    nav.setAttribute("aria-label", `Contents of the ${prefix.replace("-", "")}`);
  }
  return {
    parts: [...main.childNodes],
    headline: main.querySelector(".headline")?.textContent ?? "",
    paper: paper(style?.[1] ?? ""),
  };
}

/** Returns what a style says of sheets of paper. The rest of it is the style of this page already. */
function paper(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  for (let at = sheet.cssRules.length - 1; at >= 0; at -= 1) if (!(sheet.cssRules[at] instanceof CSSPageRule)) sheet.deleteRule(at);
  return sheet;
}
