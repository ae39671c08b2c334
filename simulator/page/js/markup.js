/** Turns the tree of `markdown.js` into elements. Text becomes text nodes and nothing else. */

import { h } from "./dom.js";
import { parse, parseInline } from "./markdown.js";
import { timeElement } from "./time.js";

/**
 * A fragment for a message or a description. `names` answers `user(id)`, `role(id)`, `channel(id)`
 * with a name or null, and `channelHref(id)` with an address or null.
 */
export function renderMarkdown(source, names) {
  return fragment(parse(source), names);
}

export function renderInline(source, names) {
  return fragment(parseInline(source), names);
}

function fragment(nodes, names) {
  const result = document.createDocumentFragment();
  result.append(...nodes.flatMap((node) => element(node, names)));
  return result;
}

function element(node, names) {
  if (typeof node === "string") return lines(node);
  return ELEMENTS[node.type](node, names);
}

/** A newline is a line break: Discord keeps the line ends of the writer. */
function lines(text) {
  return text.split("\n").flatMap((line, i) => (i === 0 ? [line] : [h("br"), line])).filter((part) => part !== "");
}

const within = (tag, attributes = {}) => (node, names) => h(tag, attributes, fragment(node.children, names));

const ELEMENTS = {
  text: (node, names) => h("p", {}, fragment(node.children, names)),
  // The page's own headings are levels 1 and 2.
  heading: (node, names) => h(`h${node.level + 2}`, {}, fragment(node.children, names)),
  subtext: within("p", { class: "subtext" }),
  quote: within("blockquote"),
  fence: ({ code, language }) => h("pre", { tabindex: "0" }, h("code", { data: { language: language || undefined } }, code)),
  list: ({ start, items }, names) =>
    h(start === null ? "ul" : "ol", { start: start === null || start === 1 ? null : start }, items.map((item) => h("li", {}, fragment(item, names)))),
  strong: within("strong"),
  emphasis: within("em"),
  underline: within("u"),
  strike: within("s"),
  spoiler,
  code: ({ code }) => h("code", {}, code),
  link: (node, names) => h("a", { href: node.url, target: "_blank", rel: "noopener noreferrer" }, fragment(node.children, names)),
  timestamp: ({ seconds, style }) => timeElement(seconds * 1000, style),
  mention,
};

/** Hidden until it is asked for. A button, so that the keyboard can ask too. */
function spoiler(node, names) {
  const hidden = h("span", { class: "spoiler", hidden: true }, fragment(node.children, names));
  const button = h("button", { type: "button", class: "spoiler-button", "aria-label": "Show spoiler" }, "spoiler");
  button.addEventListener("click", () => {
    hidden.hidden = false;
    hidden.tabIndex = -1;
    hidden.focus();
    button.remove();
  });
  return [button, hidden];
}

function mention({ kind, id }, names) {
  if (kind === "everyone") return h("span", { class: "mention" }, id);
  if (kind === "command") return h("span", { class: "mention" }, `/${id}`);
  if (kind === "channel") return channelMention(id, names);
  const name = kind === "user" ? names.user(id) : names.role(id);
  return h("span", { class: "mention" }, `@${name ?? `unknown ${kind}`}`);
}

function channelMention(id, names) {
  const text = `#${names.channel(id) ?? "unknown channel"}`;
  const href = names.channelHref(id);
  return href ? h("a", { class: "mention", href }, text) : h("span", { class: "mention" }, text);
}
