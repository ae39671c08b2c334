/** A menu that drops from a button (the ARIA menu-button pattern). */

import { h } from "./dom.js";

const MOVES = { ArrowDown: 1, ArrowUp: -1 };

/** `entries`: `[{label, run, danger}]`; `null` draws a line. Resolves nothing: an entry runs itself. */
export function openMenu(button, label, entries) {
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label });
  const close = (focus) => {
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (focus) button.focus();
  };
  const outside = (event) => !menu.contains(event.target) && close(false);
  menu.append(...entries.map((entry) => (entry ? item(entry, close) : h("hr", { role: "separator" }))));
  menu.addEventListener("keydown", (event) => onKey(event, menu, close));
  menu.addEventListener("focusout", (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && close(false));
  document.addEventListener("pointerdown", outside, true);
  document.body.append(menu);
  place(menu, button.getBoundingClientRect());
  button.setAttribute("aria-expanded", "true");
  menu.querySelector('[role="menuitem"]').focus();
}

function item({ label, run, danger }, close) {
  const element = h("button", { type: "button", role: "menuitem", tabindex: "-1", class: danger ? "danger" : null }, label);
  element.addEventListener("click", () => {
    close(true);
    run();
  });
  return element;
}

function onKey(event, menu, close) {
  const items = [...menu.querySelectorAll('[role="menuitem"]')];
  const at = items.indexOf(document.activeElement);
  const jump = { Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape") close(true);
  else if (event.key in MOVES) items[(at + MOVES[event.key] + items.length) % items.length].focus();
  else if (jump !== undefined) items[jump].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Below the button where there is room, else above; never outside the window. */
function place(menu, anchor) {
  const { width, height } = menu.getBoundingClientRect();
  const below = anchor.bottom + height + 8 < window.innerHeight;
  menu.style.setProperty("left", `${Math.max(8, Math.min(anchor.right - width, window.innerWidth - width - 8))}px`);
  menu.style.setProperty("top", `${Math.max(8, below ? anchor.bottom + 4 : anchor.top - height - 4)}px`);
}
