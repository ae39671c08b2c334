/** A text input with a list of suggestions: the ARIA combobox pattern, list autocomplete, manual selection. */

import { h } from "./dom.js";

let made = 0;

/**
 * Makes `input` a combobox with its list in `place`.
 * `suggest(text)` answers (a promise of) `[{label, detail, value}]`; `pick(suggestion)` takes one.
 * `first`: is the first suggestion active at once, so that Enter takes it?
 */
export function createCombobox(input, place, { suggest, pick, label, first = false }) {
  const list = h("ul", { class: "suggestions", role: "listbox", id: `suggestions-${(made += 1)}`, "aria-label": label, hidden: true });
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  place.append(list);
  let suggestions = [];
  let active = -1;
  let asked = 0;

  const close = () => {
    asked += 1;
    show([]);
  };

  function show(found) {
    suggestions = found;
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    activate(first && found.length ? 0 : -1);
  }

  function option({ label: text, detail, extra }, index) {
    const item = h("li", { role: "option", id: `${list.id}-${index}`, "aria-selected": "false" },
      h("span", { class: "suggestion-label" }, text), extra && h("span", { class: "suggestion-extra" }, extra), detail && h("span", { class: "suggestion-detail" }, detail));
    item.addEventListener("pointerdown", (event) => event.preventDefault()); // The focus stays in the input.
    item.addEventListener("click", () => take(index));
    return item;
  }

  function activate(index) {
    active = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === index)));
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  function take(index) {
    const chosen = suggestions[index];
    close();
    pick(chosen);
  }

  /** Only the latest question's answer is shown. */
  async function refresh() {
    const question = (asked += 1);
    const found = await suggest(input.value);
    if (question === asked && document.activeElement === input) show(found);
  }

  /** True when the key was used. */
  function onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) return false;
    if (step && list.hidden) refresh();
    else if (step) activate((active + step + suggestions.length + (active < 0 && step < 0 ? 1 : 0)) % suggestions.length);
    else if (list.hidden) return false;
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && active >= 0) take(active);
    else return false;
    event.preventDefault();
    return true;
  }

  input.addEventListener("input", refresh);
  input.addEventListener("blur", close);
  return { onKey, refresh, close };
}
