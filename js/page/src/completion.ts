// Offers what can stand at a place of a matrix, from the JSON Schema of the language and the names that the file declares.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { yamlLanguage } from "@codemirror/lang-yaml";
import type { SyntaxNode } from "@lezer/common";
import schema from "../../../matrices/format-1.schema.json";

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: unknown[];
  description?: string;
}

/** What stands for the place of the cursor while the file is read. */
const HERE = "h";
/** A step into a list. */
const ITEM = Symbol("item");
type Step = string | typeof ITEM;

/** Where names come from that are written below a key. */
const NAMES: Record<string, string[]> = {
  input: ["inputs", "derived"],
  when: ["inputs", "derived", "dimensions"],
  score: ["criteria", "groups"],
  highest: ["criteria", "groups", "dimensions"],
  lowest: ["criteria", "groups"],
  capped: ["criteria", "groups"],
  source: ["sources"],
  profile: ["inputs"],
};

export function complete(context: CompletionContext): CompletionResult | null {
  const word = context.matchBefore(/[\w-]*/);
  if (word === null || (word.from === word.to && !context.explicit)) return null;
  const text = context.state.doc.toString();
  const line = context.state.doc.lineAt(context.pos);
  const before = text.slice(line.from, word.from);
  if (/(^|\s)#/.test(before)) return null;
  const isValue = /[\w-]["']?:\s+$/.test(before);
  const put = (own: string) => text.slice(0, word.from) + own + text.slice(context.pos);
  // A key is read as one, so that the file around it is still a file.
  const inList = listAt(put(HERE), word.from);
  const isKey = !isValue && !inList;
  const rest = text.slice(context.pos, line.to);
  const made = put(isKey && !/^\s*:/.test(rest) ? `${HERE}: 0${/^\s*[\]},]/.test(rest) || rest.trim() === "" ? "" : ", "}` : HERE);
  const path = pathAt(made, word.from, isKey);
  const there = path.reduce<Schema[]>((schemas, step) => schemas.flatMap((own) => stepped(own, step)), resolved(schema as Schema));
  const options = isKey ? keys(there) : values(there);
  const key = path.findLast((step) => step !== ITEM);
  if (typeof key === "string" && !(isKey && key !== "when" && key !== "profile")) options.push(...declared(text, NAMES[key] ?? [], isKey));
  return options.length === 0 ? null : { from: word.from, options, validFor: /^[\w-]*$/ };
}

/** Returns the branches of a schema, each without references. */
function resolved(own: Schema): Schema[] {
  if (own.$ref !== undefined) {
    const named = (schema as { $defs: Record<string, Schema> }).$defs[own.$ref.replace("#/$defs/", "")];
    return named === undefined ? [] : resolved(named);
  }
  return own.anyOf === undefined ? [own] : own.anyOf.flatMap(resolved);
}

function stepped(own: Schema, step: Step): Schema[] {
  const next = step === ITEM ? own.items : (own.properties?.[step] ?? own.additionalProperties);
  return typeof next === "object" ? resolved(next) : [];
}

function keys(schemas: Schema[]): Completion[] {
  const found = schemas.flatMap(({ properties = {} }) => Object.entries(properties));
  return found.map(([label, { description }]) => ({ label, apply: `${label}: `, type: "property", ...(description ? { detail: description } : {}) }));
}

function values(schemas: Schema[]): Completion[] {
  const found = new Set(schemas.flatMap((own) => own.enum ?? []).map(String));
  return [...found].map((label) => ({ label, type: "enum" }));
}

/** Returns the names that the file declares below some of its first keys. */
function declared(text: string, of: string[], isKey: boolean): Completion[] {
  const found: Completion[] = [];
  const top = yamlLanguage.parser.parse(text).topNode.getChild("Document")?.firstChild;
  for (const pair of top?.getChildren("Pair") ?? []) {
    const kind = keyOf(pair, text);
    const map = pair.lastChild;
    if (kind === undefined || !of.includes(kind) || map === null || !map.name.endsWith("Mapping")) continue;
    for (const own of map.getChildren("Pair")) {
      const label = keyOf(own, text);
      if (label !== undefined) found.push({ label, ...(isKey ? { apply: `${label}: ` } : {}), type: "variable", detail: kind });
    }
  }
  return found;
}

function keyOf(pair: SyntaxNode, text: string): string | undefined {
  const key = pair.getChild("Key");
  return key === null ? undefined : text.slice(key.from, key.to).replace(/^["']|["']$/g, "");
}

/** Whether a word stands in a list by itself. */
function listAt(text: string, at: number): boolean {
  const node = yamlLanguage.parser.parse(text).resolveInner(at, 1);
  const around = node.name === "Literal" ? node.parent : node;
  return around?.name === "FlowSequence" || (around?.name === "Item" && around.parent?.name === "FlowSequence");
}

/** Returns the keys and lists around a place, the outermost first. A key does not count among those around itself. */
function pathAt(text: string, at: number, isKey: boolean): Step[] {
  const path: Step[] = [];
  let skip = isKey;
  let last: SyntaxNode | null = null;
  for (let node: SyntaxNode | null = yamlLanguage.parser.parse(text).resolveInner(at, 1); node !== null; last = node, node = node.parent) {
    if (node.name === "Pair") {
      const key = keyOf(node, text);
      if (skip) skip = false;
      else if (key !== undefined) path.unshift(key);
    } else if (node.name.endsWith("Sequence") && last !== null) {
      path.unshift(ITEM);
    }
  }
  return path;
}
