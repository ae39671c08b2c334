/** The messages of a channel or thread as a log that grows at its end. */

import { embed, attachment } from "./embeds.js";
import { componentRows } from "./components.js";
import { h, icon, reconcile } from "./dom.js";
import { renderMarkdown } from "./markup.js";
import { plain } from "./posts.js";
import { href } from "./router.js";
import { guildOf, memberOf, nameOf, namesOf } from "./store.js";
import { timeElement } from "./time.js";

const EPHEMERAL = 64;
const HAS_THREAD = 32;
const SUPPRESS_EMBEDS = 4;
const COMMAND = 2;
const TOGETHER = 5 * 60_000;

/** `on.click(message, customId, values)`, `on.menu(message, button)`, `on.dismiss(message)`. */
export function createMessages(list, on) {
  return (state) => {
    const names = namesOf(state);
    const shown = state.messages.filter((message) => !state.dismissed.has(message.id));
    const items = shown.map((message, i) => view(message, shown[i - 1], state));
    reconcile(list, items, (item) => item.message.id, (item) => row(item, names, on));
  };
}

/** Everything a row depends on and nothing else, so that a row changes exactly when it must. */
function view({ thread, member: _, referenced_message: reply, ...message }, previous, state) {
  const member = memberOf(state, message.author.id);
  return {
    message,
    name: nameOf(member ?? { user: message.author }),
    colour: colourOf(member, state),
    joined: joins(message, previous),
    reply: reply && { name: nameOf(memberOf(state, reply.author.id) ?? { user: reply.author }), text: excerpt(reply) },
    command: message.interaction_metadata?.type === COMMAND && commandOf(message, state),
    thread: Boolean(message.flags & HAS_THREAD) && thread && { id: thread.id, name: thread.name },
    address: { guild: guildOf(state)?.id, channel: state.route.channel },
  };
}

/** Does a message go on where the one before it ended, so that the name need not be said again? */
function joins(message, previous) {
  return Boolean(
    previous && previous.author.id === message.author.id && previous.type === 0 && message.type === 0 &&
    !((previous.flags ^ message.flags) & EPHEMERAL) && !message.interaction_metadata &&
    Date.parse(message.timestamp) - Date.parse(previous.timestamp) < TOGETHER,
  );
}

function colourOf(member, state) {
  const roles = (guildOf(state)?.roles ?? []).filter((role) => member?.roles.includes(role.id) && role.color);
  const top = roles.sort((a, b) => b.position - a.position)[0];
  return top ? `#${top.color.toString(16).padStart(6, "0")}` : null;
}

const excerpt = (message) => plain(message.content || message.embeds?.[0]?.title || "").slice(0, 120) || "a message";

function commandOf(message, state) {
  const { user, name } = message.interaction_metadata;
  const member = user && (memberOf(state, user.id) ?? { user });
  return { by: member ? nameOf(member) : null, name: name ?? message.interaction?.name ?? null };
}

function row(item, names, on) {
  const { message, joined } = item;
  const ephemeral = Boolean(message.flags & EPHEMERAL);
  const article = h("article", { "aria-labelledby": `head-${message.id}` },
    (item.reply || item.command) && context(item),
    head(item, ephemeral),
    h("div", { class: "message-body" }, body(item, names, on)),
    ephemeral && h("p", { class: "only-you" }, icon("eye"), "Only you can see this",
      h("button", { type: "button", class: "link", on: { click: () => on.dismiss(message) } }, "Dismiss")),
    !ephemeral && more(message, item.name, on),
  );
  const kinds = ["message", joined && "joined", ephemeral && "ephemeral"].filter(Boolean);
  return h("li", { class: kinds.join(" ") },
    h("div", { class: "avatar", "aria-hidden": "true", style: { "--hue": hue(message.author.id) } }, initial(item.name)),
    article);
}

const initial = (name) => ([...name][0] ?? "?").toUpperCase();
/** Neighbouring ids get distant hues: a multiplicative hash. */
const hue = (id) => String(Math.trunc((Number(BigInt.asUintN(32, BigInt(id) * 2_654_435_761n)) / 2 ** 32) * 360));

function head({ message, name, colour }, ephemeral) {
  return h("header", { class: "message-head", id: `head-${message.id}` },
    h("span", { class: "author", data: { coloured: colour ? "" : undefined }, style: colour ? { "--role": colour } : {} }, name),
    message.author.bot && h("span", { class: "badge" }, "App"),
    ephemeral && h("span", { class: "visually-hidden" }, "only you can see this"),
    timeElement(message.timestamp, "brief"),
    message.pinned && h("span", { class: "mark" }, icon("pin"), "Pinned"),
  );
}

/** What the message answers: another message, or somebody's command. */
function context({ reply, command }) {
  if (reply) return h("p", { class: "context" }, "In reply to ", h("b", {}, reply.name), ": ", reply.text);
  const used = command.name ? ["used ", h("code", {}, `/${command.name}`)] : ["used a command"];
  return h("p", { class: "context" }, command.by && h("b", {}, command.by), command.by && " ", used);
}

const SYSTEM = {
  4: (message) => `changed the name to “${message.content}”`,
  6: () => "pinned a message",
  18: (message) => `started a thread: ${message.content}`,
  21: () => "started this thread from a message",
};

function body(item, names, on) {
  const { message, thread, address } = item;
  if (message.deferred) return h("p", { class: "thinking" }, "Thinking", h("span", { class: "dots", "aria-hidden": "true" }, "…"));
  if (message.type in SYSTEM) return h("p", { class: "system" }, SYSTEM[message.type](message));
  const embeds = message.flags & SUPPRESS_EMBEDS ? [] : message.embeds ?? [];
  return [
    message.content && text(message, names),
    (message.attachments ?? []).map(attachment),
    embeds.map((each) => embed(each, names)),
    componentRows(message, names, on.click),
    thread && h("a", { class: "thread-link", href: href({ ...address, thread: thread.id }) }, icon("forum"), thread.name),
    (message.reactions ?? []).length > 0 && h("p", { class: "reactions" }, message.reactions.map(({ emoji, count }) => h("span", { class: "tag" }, `${emoji.name} ${count}`))),
  ];
}

function text({ content, edited_timestamp: edited }, names) {
  const element = h("div", { class: "markdown" }, renderMarkdown(content, names));
  if (edited) {
    const last = element.lastElementChild?.matches("p") ? element.lastElementChild : element;
    last.append(h("span", { class: "edited", title: edited }, " (edited)"));
  }
  return element;
}

function more(message, name, on) {
  const button = h("button", {
    type: "button", class: "icon-button more", "aria-haspopup": "menu", "aria-expanded": "false",
    "aria-label": `More for the message of ${name}`, data: { focus: "more" },
  }, icon("more"));
  button.addEventListener("click", () => on.menu(message, button));
  return button;
}
