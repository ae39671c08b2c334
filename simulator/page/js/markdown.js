/**
 * Reads Discord Markdown into a tree. Pure: no DOM, no clock, no network.
 *
 * A node is a string (text) or `{type, …}`; containers hold `children`. Whatever is not markup stays
 * text, character for character. Nesting is bounded, so no input can exhaust the stack.
 */

const DEEPEST = 12;

/** Blocks of a whole message or description. */
export function parse(source) {
  return blocks(source.replace(/\r\n?/g, "\n"), 0);
}

/** Inline markup only: titles, field names and footers know no headings or lists. */
export function parseInline(source, depth = 0) {
  const nodes = [];
  let at = 0;
  while (at < source.length) {
    const found = depth < DEEPEST ? inlineAt(source, at, depth) : null;
    if (typeof (found?.node ?? "") === "string") addText(nodes, found?.node ?? source[at]);
    else nodes.push(found.node);
    at = found ? found.end : at + 1;
  }
  return nodes;
}

function addText(nodes, text) {
  if (typeof nodes.at(-1) === "string") nodes[nodes.length - 1] += text;
  else nodes.push(text);
}

// ── Blocks ──────────────────────────────────────────────────────────────────────────────────────

function blocks(source, depth) {
  const nodes = [];
  let rest = source;
  let text = "";
  const flush = () => {
    if (text) nodes.push({ type: "text", children: parseInline(text.replace(/\n$/, ""), depth) });
    text = "";
  };
  while (rest) {
    const found = blockAt(rest, depth);
    if (found) {
      flush();
      nodes.push(found.node);
      rest = rest.slice(found.length);
    } else {
      const end = textEnd(rest);
      text += rest.slice(0, end);
      rest = rest.slice(end);
    }
  }
  flush();
  return nodes;
}

/** Up to the next place where a block may begin: a new line, or a fence within the line. */
function textEnd(rest) {
  const line = rest.indexOf("\n") + 1 || rest.length;
  const fence = rest.indexOf("```", 1);
  return fence > 0 && fence < line && FENCE.test(rest.slice(fence)) ? fence : line;
}

const FENCE = /^```(?:([\w+#.-]*)\n)?([\s\S]*?[^\s`][\s\S]*?)```\n?/;
const HEADING = /^(#{1,3}) +([^\n]+)(?:\n|$)/;
const SUBTEXT = /^-# +([^\n]+)(?:\n|$)/;
const LONG_QUOTE = /^>>> ([\s\S]*)$/;
const QUOTE = /^(?:> [^\n]*(?:\n|$)|>(?:\n|$))+/;
const LIST = /^ *(?:[-*]|\d{1,10}\.) +[^\n]+(?:\n(?: *(?:[-*]|\d{1,10}\.) +[^\n]+| {2,}\S[^\n]*))*(?:\n|$)/;

function blockAt(rest, depth) {
  if (depth >= DEEPEST) return null;
  let match;
  if ((match = FENCE.exec(rest))) {
    return block(match, { type: "fence", language: match[1] ?? "", code: match[2].replace(/\n$/, "") });
  }
  if ((match = SUBTEXT.exec(rest))) return block(match, inside("subtext", match[1], depth));
  if ((match = HEADING.exec(rest))) {
    return block(match, { ...inside("heading", match[2].trim(), depth), level: match[1].length });
  }
  if ((match = LONG_QUOTE.exec(rest))) return block(match, { type: "quote", children: blocks(match[1], depth + 1) });
  if ((match = QUOTE.exec(rest))) {
    const quoted = match[0].replace(/\n$/, "").replace(/^> ?/gm, "");
    return block(match, { type: "quote", children: blocks(quoted, depth + 1) });
  }
  if ((match = LIST.exec(rest))) return list(sameKind(match[0]), depth);
  return null;
}

const block = (match, node) => ({ node, length: match[0].length });
const inside = (type, text, depth) => ({ type, children: parseInline(text, depth + 1) });

const ITEM = /^( *)([-*]|\d{1,10}\.) +(.*)$/;

/** The lines up to the first one that begins a list of the other kind (bulleted or numbered). */
function sameKind(text) {
  const lines = text.split(/(?<=\n)/);
  const [, indent, first] = ITEM.exec(lines[0].trimEnd());
  const other = lines.findIndex((line) => {
    const [, spaces, marker] = ITEM.exec(line.trimEnd()) ?? [];
    return marker && spaces.length <= indent.length && /\d/.test(marker) !== /\d/.test(first);
  });
  return other < 0 ? lines : lines.slice(0, other);
}

/** Lines of one list; deeper indented lines belong to the item above them. */
function list(lines, depth) {
  const [, indent, marker] = ITEM.exec(lines[0].trimEnd());
  const items = [];
  for (const line of lines.map((each) => each.replace(/\n$/, ""))) {
    const [, spaces, , content] = ITEM.exec(line) ?? [];
    if (spaces !== undefined && spaces.length <= indent.length) items.push({ content, nested: [] });
    else items.at(-1).nested.push(line);
  }
  const start = /\d/.test(marker) ? Number.parseInt(marker, 10) : null;
  const node = { type: "list", start, items: items.map((each) => listItem(each, depth)) };
  return { node, length: lines.join("").length };
}

/** A continuation line is text of its item; a marked line is a list within it. */
function listItem({ content, nested }, depth) {
  const text = nested.findIndex((line) => ITEM.test(line));
  const lines = text < 0 ? nested : nested.slice(0, text);
  const below = text < 0 ? [] : blocks(nested.slice(text).join("\n"), depth + 1);
  return [...parseInline([content, ...lines.map((line) => line.trim())].join("\n"), depth + 1), ...below];
}

// ── Inline ──────────────────────────────────────────────────────────────────────────────────────

const SPANS = [
  ["**", "strong"], ["__", "underline"], ["~~", "strike"], ["||", "spoiler"], ["*", "emphasis"], ["_", "emphasis"],
];
const ESCAPED = /[^\p{L}\p{N}\s]/uy;
const LINK = /\[((?:\\.|[^[\]\\]|\[[^[\]]*\])+)\]\(\s*(<[^>\n]*>|(?:[^\s()\\]|\\.|\([^\s()]*\))+)(?:\s+"[^"\n]*")?\s*\)/y;
const URL_ = /https?:\/\/[^\s<>"`|]+/y;
const ANGLED_URL = /<(https?:\/\/[^\s<>]+)>/y;
const TIMESTAMP = /<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/y;
const MENTION = /<(@!?|@&|#)(\d{1,20})>/y;
const COMMAND = /<\/([^:<>\n]{1,100}):\d{1,20}>/y;
const EMOJI = /<a?:(\w{2,32}):\d{1,20}>/y;
const EVERYONE = /@(?:everyone|here)\b/y;
const STARTS = new Set("\\`[<@*_~|h");

function inlineAt(source, at, depth) {
  if (!STARTS.has(source[at])) return null;
  switch (source[at]) {
    case "\\": return escaped(source, at);
    case "`": return codeSpan(source, at);
    case "[": return matched(LINK, source, at, (m) => maskedLink(m, depth));
    case "<": return angled(source, at);
    case "@": return matched(EVERYONE, source, at, (m) => ({ type: "mention", kind: "everyone", id: m[0] }));
    case "h": return bareUrl(source, at);
    default: return span(source, at, depth);
  }
}

function matched(pattern, source, at, build) {
  pattern.lastIndex = at;
  const match = pattern.exec(source);
  const node = match && build(match);
  return node ? { node, end: at + match[0].length } : null;
}

function escaped(source, at) {
  return at + 1 < source.length ? matched(ESCAPED, source, at + 1, (m) => m[0]) : null;
}

function maskedLink([, label, target], depth) {
  const url = webUrl(target.replace(/^<(.*)>$/, "$1").replace(/\\(.)/g, "$1"));
  return url && { type: "link", url, children: parseInline(label, depth + 1) };
}

/** Only http and https are links; every other scheme stays text. */
export function webUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url && ["http:", "https:"].includes(url.protocol) ? url.href : null;
}

function bareUrl(source, at) {
  if (at > 0 && /\w/.test(source[at - 1])) return null;
  return matched(URL_, source, at, (m) => {
    m[0] = m[0].replace(/[.,:;!?'*_~\])]+$/, (tail) => (tail.startsWith(")") && m[0].includes("(") ? ")" : ""));
    const url = webUrl(m[0]);
    return url && { type: "link", url, children: [m[0]] };
  });
}

function angled(source, at) {
  return (
    matched(TIMESTAMP, source, at, (m) => ({ type: "timestamp", seconds: Number(m[1]), style: m[2] ?? "f" })) ??
    matched(MENTION, source, at, (m) => ({ type: "mention", kind: MENTIONS[m[1]], id: m[2] })) ??
    matched(COMMAND, source, at, (m) => ({ type: "mention", kind: "command", id: m[1] })) ??
    matched(EMOJI, source, at, (m) => `:${m[1]}:`) ??
    matched(ANGLED_URL, source, at, (m) => webUrl(m[1]) && { type: "link", url: webUrl(m[1]), children: [m[1]] })
  );
}

const MENTIONS = { "@": "user", "@!": "user", "@&": "role", "#": "channel" };

function span(source, at, depth) {
  for (const [marker, type] of SPANS) {
    if (!source.startsWith(marker, at)) continue;
    const end = closing(source, at, marker);
    if (end < 0) continue;
    const children = parseInline(source.slice(at + marker.length, end), depth + 1);
    return { node: { type, children }, end: end + marker.length };
  }
  return null;
}

/** Where the span that `marker` opens at `at` is closed, or -1. Escapes and code hide a marker. */
function closing(source, at, marker) {
  const start = at + marker.length;
  if (marker === "*" && /\s/.test(source[start] ?? " ")) return -1;
  if (marker === "_" && /\w/.test(source[at - 1] ?? " ")) return -1;
  for (let i = start; i < source.length; i += 1) {
    if (source[i] === "\\") i += 1;
    else if (source[i] === "`") i = skipCode(source, i);
    else if (source.startsWith(marker, i) && closes(source, start, i, marker)) return runEnd(source, i, marker);
    else if (marker.length === 1 && source.startsWith(marker + marker, i)) i += 1;
  }
  return -1;
}

function closes(source, start, i, marker) {
  if (i === start) return false;
  if (marker.length === 2) return true;
  const doubled = source[i + 1] === marker && source[i + 2] !== marker;
  if (doubled) return false;
  if (marker === "*") return !/\s/.test(source[i - 1]);
  return !/\w/.test(source[i + 1] ?? " ");
}

/** `***both***`: the outer span takes the last of a longer run of its own mark. */
function runEnd(source, i, marker) {
  let end = i;
  while (marker.length === 2 && source[end + 2] === marker[0] && marker[0] !== "|") end += 1;
  return end;
}

function skipCode(source, i) {
  return codeSpan(source, i).end - 1;
}

/** A run of backticks up to the next run of the same length; a run that nothing closes is text. */
function codeSpan(source, at) {
  const length = runLength(source, at);
  let close = at + length;
  while ((close = source.indexOf("`", close)) >= 0) {
    const run = runLength(source, close);
    if (run === length) {
      const code = source.slice(at + length, close).replace(/^ (.*`.*|`.*|.*`) $/s, "$1");
      return { node: { type: "code", code }, end: close + length };
    }
    close += run;
  }
  return { node: source.slice(at, at + length), end: at + length };
}

function runLength(source, at) {
  let end = at;
  while (source[end] === "`") end += 1;
  return end - at;
}
