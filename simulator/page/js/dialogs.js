/** Dialogs: an application's modal, a new post, a question before something is deleted. */

import { h } from "./dom.js";

/**
 * Shows a dialog with a form and resolves to its `FormData`, or to null when it is left. The browser
 * keeps the focus inside and gives it back.
 */
export function ask({ title, content, submit, danger = false }) {
  const form = h("form", { method: "dialog" },
    h("h2", { id: "dialog-title" }, title), content,
    h("div", { class: "dialog-buttons" },
      h("button", { type: "button", class: "button secondary", on: { click: () => dialog.close() } }, "Cancel"),
      h("button", { type: "submit", class: `button ${danger ? "danger" : "primary"}` }, submit)));
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let answer = null;
    form.addEventListener("submit", () => (answer = new FormData(form)));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
  });
}

const field = (label, control, hint) =>
  h("label", { class: "field" }, h("span", { class: "field-label" }, label, hint && h("span", { class: "quiet" }, hint)), control);

/** Asks for a new forum post; resolves to `{name, content, tags}` or null. */
export async function askForPost(channel) {
  const tags = channel.available_tags ?? [];
  const required = Boolean(channel.flags & 16);
  const answer = await ask({
    title: `New post in ${channel.name}`,
    submit: "Post",
    content: [
      field("Title", h("input", { name: "name", required: true, maxlength: 100, autocomplete: "off" })),
      field("Message", h("textarea", { name: "content", required: true, maxlength: 2000, rows: 5 })),
      tags.length > 0 && h("fieldset", {}, h("legend", {}, required ? "Tags (at least one)" : "Tags"),
        tags.map((tag) => h("label", { class: "check" }, h("input", { type: "checkbox", name: "tags", value: tag.id }), tag.name))),
    ],
  });
  return answer && { name: answer.get("name"), content: answer.get("content"), tags: answer.getAll("tags") };
}

/** Shows an application's modal; resolves to `{custom_id: text}` (for selects `[value, …]`) or null. */
export async function askModal({ title, components }) {
  const answer = await ask({ title, submit: "Submit", content: components.map(modalField) });
  if (!answer) return null;
  const selects = components.map(inputOf).filter((input) => input?.type === STRING_SELECT);
  const chosen = selects.map(({ custom_id: id }) => [id, answer.getAll(id).filter(Boolean)]);
  return { ...Object.fromEntries(answer.entries()), ...Object.fromEntries(chosen) };
}

const STRING_SELECT = 3;
const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const LABEL = 18;
const PARAGRAPH = 2;
const CONTROLS = { [STRING_SELECT]: selectInput, [TEXT_INPUT]: textInput };

const inputOf = (component) => (component.type === LABEL ? component.component : component.components?.[0]);

/** An action row with a text input, the newer label around an input, or plain text. */
function modalField(component) {
  if (component.type === TEXT_DISPLAY) return h("p", {}, component.content);
  const input = inputOf(component);
  const label = component.label ?? input?.label ?? "";
  const control = CONTROLS[input?.type];
  if (!control) return h("p", { class: "system" }, `${label}: this simulator does not show this kind of input.`);
  const hints = [input.required === false && "optional", component.description].filter(Boolean).join("; ");
  return field(label, control(input), hints && ` ${hints}`);
}

function textInput({ custom_id: name, style, required, value, placeholder, min_length: least, max_length: most }) {
  const attributes = { name, placeholder, minlength: least, maxlength: most, required: required !== false, autocomplete: "off" };
  if (style !== PARAGRAPH) return h("input", { ...attributes, value });
  return h("textarea", { ...attributes, rows: 4 }, value ?? "");
}

function selectInput({ custom_id: name, required, options, placeholder, max_values: most = 1 }) {
  const choices = options.map(({ label, value, default: chosen }) => h("option", { value, selected: Boolean(chosen) }, label));
  const attributes = { name, required: required !== false };
  if (most > 1) return h("select", { ...attributes, multiple: true }, choices);
  const none = h("option", { value: "", selected: !options.some((option) => option.default) }, placeholder ?? "Choose");
  return h("select", attributes, none, choices);
}
