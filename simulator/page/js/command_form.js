/** One slash command with a field for each of its options. */

import { createCombobox } from "./combobox.js";
import { choicesOf, filterChoices, sourceOf, worldChoices } from "./commands.js";
import { h, icon } from "./dom.js";
import { guildOf } from "./store.js";

const INTEGER = 4;
const NUMBER = 10;
const ATTACHMENT = 11;
const UNDESCRIBED = "…"; // What discord.py writes where nothing was written.

/** `run(path, options)`, `autocomplete(path, options, focused)`; `done(text)` leaves the form. */
export function createCommandForm({ run, autocomplete, done }) {
  const element = h("form", { class: "command-form", hidden: true, novalidate: true });
  let known = null;
  let fields = [];

  function open(line) {
    fields = line.options.map((option) => createField(option, { line, values, known: () => known, autocomplete }));
    element.replaceChildren(
      h("p", { class: "command-name", id: "command-name" }, h("b", {}, `/${line.path}`), h("span", { class: "quiet" }, line.description)),
      h("div", { class: "command-fields" }, fields.map((field) => field.element)),
      h("div", { class: "command-buttons" },
        h("button", { type: "button", class: "button secondary small", on: { click: () => done() } }, "Cancel"),
        h("button", { type: "submit", class: "button primary small" }, "Run", icon("send"))));
    element.setAttribute("aria-labelledby", "command-name");
    element.onsubmit = (event) => submit(event, line);
    element.onkeydown = (event) => {
      if (event.key === "Escape") done();
    };
    (fields[0]?.input ?? element.querySelector("[type=submit]")).focus();
  }

  /** What is filled in, as `{option: value}`. */
  function values() {
    return Object.fromEntries(fields.filter((field) => field.input.value !== "").map((field) => [field.name, field.value()]));
  }

  async function submit(event, line) {
    event.preventDefault();
    fields.forEach((field) => field.check());
    if (!element.reportValidity()) return;
    if (await run(line.path, values())) done();
  }

  return { element, open, know: (state) => (known = state) };
}

/** A file to choose; its value is the `File`. */
function createFileField({ name, required, description }) {
  const id = `option-${name}`;
  const input = h("input", { id, type: "file", required: Boolean(required), "aria-describedby": `${id}-help` });
  return { name, input, element: labelled(input, { name, required, description }), value: () => input.files[0], check() {} };
}

function labelled(input, { name, required, description }) {
  return h("div", { class: "command-field" },
    h("label", { for: input.id }, name, h("span", { class: "quiet" }, required ? " required" : " optional")), input,
    h("span", { class: "visually-hidden", id: `${input.id}-help` }, description));
}

function createField(option, { line, values, known, autocomplete }) {
  if (option.type === ATTACHMENT) return createFileField(option);
  const id = `option-${option.name}`;
  const input = h("input", { id, type: "text", required: Boolean(option.required), "aria-describedby": `${id}-help`, placeholder: option.description === UNDESCRIBED ? null : option.description, autocomplete: "off" });
  if ([INTEGER, NUMBER].includes(option.type) && !option.autocomplete) input.inputMode = "decimal";
  const element = labelled(input, option);
  const source = sourceOf(option);
  let picked = null;

  async function find(typed) {
    if (source === "bot") return autocomplete(line.path, { ...values(), [option.name]: typed }, option.name);
    const state = known();
    const choices = source === "choices" ? choicesOf(option) : worldChoices(option, guildOf(state), state.threads);
    return filterChoices(choices, typed);
  }

  function chosen() {
    if (picked) return picked;
    const state = known();
    const choices = { choices: () => choicesOf(option), world: () => worldChoices(option, guildOf(state), state.threads) }[source]?.() ?? [];
    return choices.find(({ name }) => name.toLowerCase() === input.value.trim().toLowerCase()) ?? null;
  }

  if (source) {
    const completion = createCombobox(input, element, {
      label: `Choices for ${option.name}`,
      suggest: async (typed) => (await find(typed)).map((choice) => ({ label: choice.name, value: choice })),
      pick({ value }) {
        picked = value;
        input.value = value.name;
        input.setCustomValidity("");
      },
    });
    input.addEventListener("focus", completion.refresh);
    input.addEventListener("keydown", (event) => completion.onKey(event) && event.stopPropagation());
  }
  input.addEventListener("input", () => {
    picked = null;
    input.setCustomValidity("");
  });

  return {
    name: option.name, input, element,
    value() {
      if (source) return chosen()?.value ?? input.value;
      return [INTEGER, NUMBER].includes(option.type) ? Number(input.value) : input.value;
    },
    check() {
      const wrong = input.value !== "" && ((["choices", "world"].includes(source) && !chosen()) || Number.isNaN(this.value()));
      input.setCustomValidity(wrong ? (source ? "Choose one from the list." : "Type a number.") : "");
    },
  };
}
