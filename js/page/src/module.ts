import { initialise } from "threshold-matrix/core";

/** Unpacks the module of WebAssembly that the page has in itself, and begins with it. */
export async function unpack(): Promise<WebAssembly.Module> {
  const packed = Uint8Array.from(atob(document.getElementById("module")?.textContent ?? ""), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const module = await WebAssembly.compile(await new Response(stream).arrayBuffer());
  initialise(module);
  return module;
}
