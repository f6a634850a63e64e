//! The words inside an attachment. Nothing of it is ever run or rendered as markup: HTML and XML give their text.

import { getText } from "../../fhir/http";
import { relative } from "../../fhir/reader";
import type { Attachment } from "../../fhir/types";

export type Body = { kind: "text"; text: string } | { kind: "image"; url: string } | { kind: "other" };

const BLOCKS = new Set(["P", "DIV", "LI", "TR", "H1", "H2", "H3", "H4", "SECTION", "TITLE", "PARAGRAPH", "ITEM"]);

export function decodeBase64(data: string): Uint8Array {
  return Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
}

/** The character set that a content type names; UTF-8 when it names none or an unknown one. */
export function decoderFor(contentType: string): TextDecoder {
  const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder("utf-8");
  }
}

function textOfMarkup(markup: string): string {
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  for (const element of parsed.querySelectorAll("script,style,head")) element.remove();
  let out = "";
  const walk = (node: Node) => {
    if (node.nodeType === Node.TEXT_NODE) out += (node.textContent ?? "").replace(/\s+/g, " ");
    for (const child of node.childNodes) walk(child);
    if (BLOCKS.has(node.nodeName.toUpperCase()) || node.nodeName === "BR") out += "\n";
  };
  walk(parsed.body);
  return out.replace(/\n\s*\n+/g, "\n\n").trim();
}

interface Binary {
  contentType?: string;
  data?: string;
}

/** Fetches and reads an attachment; a URL outside of this server is not followed. */
export async function bodyOf(attachment: Attachment): Promise<Body> {
  let data = attachment.data;
  let type = attachment.contentType ?? "";
  if (!data && attachment.url) {
    const path = relative(attachment.url);
    const binary = JSON.parse(await getText(`/fhir/${path}`)) as Binary;
    data = binary.data;
    type = type || (binary.contentType ?? "");
  }
  if (!data) return { kind: "other" };
  if (/^image\/(png|jpeg|gif|webp)/.test(type)) return { kind: "image", url: `data:${type.split(";")[0] ?? ""};base64,${data}` };
  if (/html|xml/.test(type)) return { kind: "text", text: textOfMarkup(decoderFor(type).decode(decodeBase64(data))) };
  if (/^text\/|json|^$/.test(type)) return { kind: "text", text: decoderFor(type).decode(decodeBase64(data)) };
  return { kind: "other" };
}
