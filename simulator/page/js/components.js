/** Buttons and the other components under (or instead of) a message's text. */

import { h, icon } from "./dom.js";
import { renderMarkdown } from "./markup.js";
import { webUrl } from "./markdown.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link-out" };

/** `click(message, customId, values)` is called for buttons that are not links, and for choices. */
export function componentRows(message, names, click) {
  return (message.components ?? []).map((component) => render(component, { message, names, click }));
}

function render(component, context) {
  return (KINDS[component.type] ?? unsupported)(component, context);
}

const all = (components, context) => (components ?? []).map((each) => render(each, context));

const KINDS = {
  1: ({ components }, context) => h("div", { class: "buttons" }, all(components, context)),
  2: button,
  3: stringSelect,
  9: ({ components, accessory }, context) =>
    h("div", { class: "section" }, h("div", {}, all(components, context)), accessory && render(accessory, context)),
  10: ({ content }, { names }) => h("div", { class: "markdown" }, renderMarkdown(content, names)),
  11: ({ media, description }) => picture(media?.url, description),
  12: ({ items }) => h("div", { class: "gallery" }, items.map(({ media, description }) => picture(media.url, description))),
  14: () => h("hr", {}),
  17: ({ components, accent_color: accent }, context) =>
    h("section", { class: "embed", style: accent ? { "--bar": `#${accent.toString(16).padStart(6, "0")}` } : {} },
      h("div", { class: "embed-words" }, all(components, context))),
};

function picture(url, description) {
  const source = url && webUrl(url);
  return source && h("img", { class: "embed-image", src: source, alt: description ?? "", loading: "lazy" });
}

function button({ style, label, url, custom_id: id, disabled, emoji }, { message, click }) {
  const text = [emoji?.name, label].filter(Boolean).join(" ") || "Button";
  const target = style === 5 && webUrl(url ?? "");
  if (target) {
    return h("a", { class: "button link-out", href: target, target: "_blank", rel: "noopener noreferrer" },
      text, icon("external"), h("span", { class: "visually-hidden" }, "(opens in a new tab)"));
  }
  const look = `button ${STYLES[style] ?? "secondary"}`;
  return h("button", { type: "button", class: look, disabled: Boolean(disabled), data: { focus: `button-${id}` }, on: { click: () => click(message, id) } }, text);
}

function stringSelect({ custom_id: id, placeholder, options, min_values: least = 1, max_values: most = 1, disabled }, { message, click }) {
  if (most > 1) return unsupported();
  const choices = options.map(({ label, value, default: chosen }) => h("option", { value, selected: Boolean(chosen) }, label));
  const none = h("option", { value: "", disabled: least > 0, selected: !options.some((option) => option.default) }, placeholder ?? "Choose");
  const select = h("select", { "aria-label": placeholder ?? "Choose", disabled: Boolean(disabled), data: { focus: `select-${id}` } }, none, choices);
  select.addEventListener("change", () => click(message, id, [select.value].filter(Boolean)));
  return select;
}

function unsupported() {
  return h("p", { class: "system" }, "This simulator does not show this kind of component.");
}
