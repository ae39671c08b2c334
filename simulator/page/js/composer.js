/** Where the person writes: a message, a reply, or a slash command. */

import { createCombobox } from "./combobox.js";
import { createCommandForm } from "./command_form.js";
import { flatten, matching } from "./commands.js";
import { h, icon } from "./dom.js";
import { channelOf, nameOf, memberOf, openChannel, threadOf } from "./store.js";

/**
 * `does.post(content, replyTo)`, `does.run(path, options)` answer whether it worked;
 * `does.commands()` and `does.autocomplete(path, options, focused)` answer lists.
 */
export function createComposer(root, does) {
  let channel = null;
  let reply = null;
  let lines = Promise.resolve([]); // The slash commands, asked for anew with each slash.

  const refused = h("p", { class: "refused" });
  const replying = h("p", { class: "replying", hidden: true });
  const label = h("label", { class: "visually-hidden", for: "message" });
  const text = h("textarea", { id: "message", rows: 1, maxlength: 2000, "aria-describedby": "composer-help", placeholder: "Write a message, or / for commands" });
  const help = h("p", { class: "visually-hidden", id: "composer-help" }, "Enter sends, Shift and Enter starts a new line, a slash begins a command.");
  const send = h("button", { type: "submit", class: "icon-button send", "aria-label": "Send" }, icon("send"));
  const writing = h("form", { class: "writing" }, label, text, help, send);
  const command = h("input", { type: "text", "aria-label": "Command", spellcheck: "false" });
  const commanding = h("form", { class: "writing commanding", hidden: true }, command);
  const form = createCommandForm({ ...does, done: toText });
  root.append(replying, writing, commanding, form.element, refused);

  const completion = createCombobox(command, commanding, {
    label: "Commands",
    first: true,
    suggest: async (typed) => matching(await lines, typed.slice(1)).map((line) => ({
      label: `/${line.path}`, detail: line.description, extra: line.options.map(({ name, required }) => (required ? name : `[${name}]`)).join(" "), value: line,
    })),
    pick: ({ value }) => openForm(value),
  });

  function show(part) {
    for (const each of [writing, commanding, form.element]) each.hidden = each !== part;
  }

  /** Back to plain writing, with what was typed. */
  function toText(typed = "") {
    show(writing);
    text.value = typed;
    grow();
    text.focus();
  }

  async function toCommand() {
    command.value = text.value;
    text.value = "";
    show(commanding);
    command.focus();
    lines = does.commands().then(flatten);
    await lines;
    if (!commanding.hidden) await completion.refresh();
  }

  function openForm(line) {
    show(form.element);
    form.open(line);
  }

  function answer(message, name) {
    reply = message;
    const stop = h("button", { type: "button", class: "link", on: { click: () => answer(null) } }, "Cancel");
    replying.replaceChildren(...(message ? ["Replying to ", h("b", {}, name), stop] : []));
    replying.hidden = !message;
    if (message) text.focus();
  }

  function grow() {
    text.style.setProperty("height", "auto");
    text.style.setProperty("height", `${Math.min(text.scrollHeight, 180)}px`);
  }

  async function submit(event) {
    event.preventDefault();
    const content = text.value.trim();
    if (!content || text.readOnly) return;
    text.readOnly = true;
    const sent = await does.post(content, reply?.id);
    text.readOnly = false;
    if (!sent) return;
    text.value = "";
    answer(null);
    grow();
  }

  writing.addEventListener("submit", submit);
  text.addEventListener("input", () => (text.value.startsWith("/") ? toCommand() : grow()));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    if (event.key === "Escape") answer(null);
  });
  command.addEventListener("input", () => command.value.startsWith("/") || toText(command.value));
  command.addEventListener("keydown", (event) => {
    if (!completion.onKey(event) && event.key === "Escape") toText();
  });
  // Enter was faster than the list.
  commanding.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [first] = matching(await lines, command.value.slice(1));
    if (first) openForm(first);
    else does.say(`There is no command ${command.value.trim()} for you here.`);
  });

  return {
    reply: (message, state) => answer(message, nameOf(memberOf(state, message.author.id) ?? { user: message.author })),
    view(state) {
      const key = `${state.person} ${openChannel(state)}`;
      if (key !== channel) {
        channel = key;
        answer(null);
        show(writing);
      }
      form.know(state);
      const place = threadOf(state)?.name ?? `#${channelOf(state)?.name ?? ""}`;
      label.textContent = `Message ${place}`;
      const ready = state.shown !== null;
      root.hidden = !ready;
      root.dataset.refused = state.canReply ? "" : "yes";
      text.disabled = send.disabled = !state.canReply;
      if (!state.canReply) show(null);
      else if (writing.hidden && commanding.hidden && form.element.hidden) show(writing);
      refused.hidden = state.canReply;
      refused.replaceChildren(...(state.canReply ? [] : [icon("lock"), state.whyNot || "You cannot reply here."]));
    },
  };
}
