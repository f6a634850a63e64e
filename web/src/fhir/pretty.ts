//! Prints JSON text with indentation and touches nothing else: no digit and no order of keys changes.

export function prettyJson(text: string): string {
  let out = "";
  let depth = 0;
  let inString = false;
  const newline = () => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? "";
    if (inString) {
      out += letter;
      if (letter === "\\") {
        at += 1;
        out += text[at] ?? "";
      } else if (letter === '"') inString = false;
      continue;
    }
    if (/\s/.test(letter)) continue;
    if (letter === '"') inString = true;
    if (letter === "{" || letter === "[") {
      const empty = /^\s*[}\]]/.exec(text.slice(at + 1, at + 200));
      if (empty) {
        out += letter + (letter === "{" ? "}" : "]");
        at += empty[0].length;
        continue;
      }
      depth += 1;
      out += letter + newline();
    } else if (letter === "}" || letter === "]") {
      depth = Math.max(0, depth - 1);
      out += newline() + letter;
    } else if (letter === ",") out += letter + newline();
    else if (letter === ":") out += ": ";
    else out += letter;
  }
  return out;
}
