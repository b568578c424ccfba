// The editor of a matrix, with what is wrong at its place and what can stand there.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { complete } from "./completion.js";

export type { Diagnostic };

const look = EditorView.theme({
  "&": { border: "1px solid var(--quiet)", fontSize: "0.9375rem", color: "var(--ink)", backgroundColor: "var(--paper)", height: "60vh" },
  "&.cm-focused": { outline: "3px solid var(--link)" },
  ".cm-scroller": { fontFamily: "ui-monospace, Consolas, monospace", lineHeight: "1.45", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--band)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--link) 30%, transparent)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--band)", color: "var(--ink)", border: "1px solid var(--quiet)", maxWidth: "min(36rem, 90vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", color: "inherit" },
  ".cm-panel input, .cm-panel button": { color: "var(--ink)", backgroundColor: "var(--paper)" },
});

const colours = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: "var(--link)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--ink)" },
]);

export class Editor {
  readonly #view: EditorView;
  readonly #changed: () => void;

  constructor(host: HTMLElement, changed: () => void) {
    this.#changed = changed;
    // In a root of its own, its style needs no leave in the policy of the page.
    this.#view = new EditorView({ root: host.attachShadow({ mode: "open" }), parent: host.shadowRoot as ShadowRoot, state: this.#state("") });
  }

  #state(text: string): EditorState {
    const changes = EditorView.updateListener.of((update) => {
      if (update.docChanged) this.#changed();
    });
    return EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), highlightSelectionMatches(), lintGutter(),
        yaml(), syntaxHighlighting(colours), autocompletion({ override: [complete], icons: false }), look, changes,
        EditorView.contentAttributes.of({ "aria-label": "The file of the matrix", tabindex: "0" }),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap, indentWithTab]),
      ],
    });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Begins with another file, so that nothing of the one before can come back. */
  set text(text: string) {
    this.#view.setState(this.#state(text));
    this.#changed();
  }

  tell(diagnostics: Diagnostic[]): void {
    const end = this.#view.state.doc.length;
    const within = diagnostics.map((own) => ({ ...own, from: Math.min(own.from, end), to: Math.min(own.to, end) }));
    this.#view.dispatch(setDiagnostics(this.#view.state, within.sort((one, other) => one.from - other.from)));
  }

  /** Goes to a place. */
  show(from: number): void {
    const anchor = Math.min(from, this.#view.state.doc.length);
    this.#view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.#view.focus();
  }

  /** Measures itself, after it was hidden. */
  appear(): void {
    this.#view.requestMeasure();
  }
}
