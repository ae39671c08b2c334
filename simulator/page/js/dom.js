/** Builds and updates elements. Text only ever becomes text nodes: nothing here parses HTML. */

/**
 * Makes an element. `on` holds listeners, `data` the dataset, `style` custom properties;
 * `true` is an empty attribute; `false`, `null` and `undefined` leave an attribute out.
 */
export function h(tag, { on = {}, data = {}, style = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const [name, value] of Object.entries(data)) if (value !== undefined) element.dataset[name] = value;
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...present(children));
  return element;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** An icon, by its name in `ICONS`. It says nothing to a screen reader: words beside it must. */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** SVG path data on a grid of 24 by 24. */
const ICONS = {
  forum: "M4 5h12v9H9l-4 3v-3H4zM19 9h1v9h-1v3l-4-3h-4",
  text: "M9 4 7 20M17 4l-2 16M4 9h16M3 15h16",
  announcement: "M4 10v4h3l8 5V5l-8 5zM18 9a4 4 0 0 1 0 6",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
  archive: "M4 5h16v4H4zM6 9v10h12V9M10 13h4",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  back: "M14 6l-6 6 6 6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  external: "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
  details: "M12 11v5M12 8h.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-5 16-3-7z",
  eye: "M3 12c3-5 6-7 9-7s6 2 9 7c-3 5-6 7-9 7s-6-2-9-7zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  down: "M12 5v14M6 13l6 6 6-6",
  plus: "M12 5v14M5 12h14",
};

const rows = new WeakMap();

/**
 * Makes `parent` show one child for each item, keeping the children of unchanged items: they are
 * neither flashed nor read out again. An item is unchanged when its JSON is.
 */
export function reconcile(parent, items, key, build) {
  const before = rows.get(parent) ?? new Map();
  const after = new Map();
  const active = document.activeElement;
  for (const item of items) {
    const stamp = JSON.stringify(item);
    const old = before.get(key(item));
    after.set(key(item), old?.stamp === stamp ? old : { stamp, node: build(item), old: old?.node });
  }
  // First, lest those that stay are moved around those that go: a moved row would be read out again.
  for (const [id, row] of before) if (!after.has(id)) row.node.remove();
  let cursor = parent.firstChild;
  for (const row of after.values()) {
    if (row.old) {
      if (row.old === cursor) cursor = cursor.nextSibling;
      replace(row.old, row.node);
      row.old = undefined;
      if (row.node.nextSibling === cursor) continue;
    }
    if (row.node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(row.node, cursor);
  }
  rows.set(parent, after);
  if (active?.isConnected && active !== document.activeElement && parent.contains(active)) {
    active.focus({ preventScroll: true });
  }
}

/** Puts `next` in the place of `old`; the focus stays on the part with the same `data-focus`. */
function replace(old, next) {
  const part = old.contains(document.activeElement) && document.activeElement.dataset.focus;
  old.replaceWith(next);
  if (part) next.querySelector(`[data-focus="${CSS.escape(part)}"]`)?.focus({ preventScroll: true });
}
