/** Puts the page together: one store, its views, and what a person's actions do. */

import { createAlerts } from "./alerts.js";
import * as api from "./api.js";
import { MESSAGE_MENU, USER_MENU, menuCommands } from "./commands.js";
import { createComposer } from "./composer.js";
import { createConversation } from "./conversation.js";
import { createDetails } from "./details.js";
import { ask, askForPost, askModal } from "./dialogs.js";
import { h } from "./dom.js";
import { openMenu } from "./menu.js";
import { createPosts } from "./posts.js";
import { depth, href, parse } from "./router.js";
import { createPersonPicker, createSidebar } from "./sidebar.js";
import * as known from "./store.js";
import { tick } from "./time.js";

const $ = (id) => document.getElementById(id);
const PERSON = "person";
// A tab is one person: two tabs can be a member and a moderator side by side.
const store = known.createStore({ person: sessionStorage.getItem(PERSON), remember: (id) => sessionStorage.setItem(PERSON, id) });
const { state } = store;
const alerts = createAlerts($("alerts"));
const act = (what, fields) => api.act(state.person, what, fields);
const attempt = (what, fields) => alerts.attempt(() => act(what, fields));
const here = () => known.openChannel(state);

const composerRoot = h("div", { class: "composer" });
const composer = createComposer(composerRoot, {
  async post(content, replyTo) {
    const sent = await attempt("post", { channel: here(), content, reply_to: replyTo });
    if (!sent) await store.stale("threads", "messages");
    return sent;
  },
  run: (command, options) =>
    alerts.attempt(async () => act("slash", { channel: here(), command, options: await uploaded(options) })),
  commands: async () => (await api.commands(state.route.guild, state.person)).commands,
  autocomplete: async (command, options, focused) =>
    (await act("autocomplete", { channel: here(), command, options: withoutFiles(options), focused }).catch(() => ({ choices: [] }))).choices,
  say: alerts.say,
});

const views = [
  createPersonPicker($("person"), store),
  createSidebar($("channels")),
  createPosts($("posts"), { newPost }),
  composer.view,
  createConversation($("conversation"), {
    click: (message, id, values) => attempt("click", { channel: message.channel_id, message: message.id, custom_id: id, values }),
    dismiss: (message) => store.dismiss(message.id),
    menu: messageMenu,
    details: toggleDetails,
  }, composerRoot),
  createDetails($("details"), {
    follow: (on) => attempt(on ? "join" : "leave", { thread: state.route.thread }),
    edit: (change) => attempt("edit_thread", { thread: state.route.thread, ...change }),
    remove: removeThread,
    close: toggleDetails,
  }),
  showAddress,
];
views.forEach(store.subscribe);

/** Options with the ids of files in the place of files. */
async function uploaded(options) {
  const sent = Object.entries(options).map(async ([name, value]) => [name, value instanceof File ? await api.upload(state.person, value) : value]);
  return Object.fromEntries(await Promise.all(sent));
}

const withoutFiles = (options) => Object.fromEntries(Object.entries(options).filter(([, value]) => !(value instanceof File)));

async function messageMenu(message, button) {
  let commands = [];
  await alerts.attempt(async () => ({ commands } = await api.commands(state.route.guild, state.person)));
  const menu = (command, target) => ({ label: command.name, run: () => attempt("menu", { channel: here(), command: command.name, ...target }) });
  const onMessage = menuCommands(commands, MESSAGE_MENU).map((command) => menu(command, { message: message.id }));
  const onAuthor = menuCommands(commands, USER_MENU).map((command) => menu(command, { user: message.author.id }));
  const mine = message.author.id === state.person || known.may(known.personOf(state), known.MANAGE_MESSAGES);
  const groups = [
    state.canReply ? [{ label: "Reply", run: () => composer.reply(message, state) }] : [],
    [...onMessage, ...onAuthor],
    [{ label: "Copy message id", run: () => navigator.clipboard.writeText(message.id) }],
    mine ? [{ label: "Delete message", danger: true, run: () => attempt("delete_message", { channel: here(), message: message.id }) }] : [],
  ].filter((group) => group.length);
  openMenu(button, "Message", groups.flatMap((group, i) => (i ? [null, ...group] : group)));
}

async function newPost() {
  const channel = known.channelOf(state);
  const post = await askForPost(channel);
  if (!post) return;
  await alerts.attempt(async () => {
    const { thread } = await act("thread", { channel: channel.id, ...post });
    location.hash = href({ ...state.route, thread: thread.id });
  });
}

async function removeThread() {
  const { name, id } = known.threadOf(state);
  const sure = await ask({ title: "Delete this thread?", content: h("p", {}, `“${name}” and all its messages are gone for good.`), submit: "Delete", danger: true });
  if (sure && (await attempt("delete_thread", { thread: id }))) location.hash = href({ ...state.route, thread: null });
}

/** On a screen too narrow for it, the aside lies over the thread until it is shut. */
function toggleDetails() {
  const button = document.querySelector(".details-button");
  const open = document.body.dataset.details !== "open";
  document.body.dataset.details = open ? "open" : "";
  button.setAttribute("aria-expanded", String(open));
  (open ? $("details").querySelector("button") : button).focus();
}
$("details").addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && document.body.dataset.details) toggleDetails();
});

/** What the window's title and the narrow layout follow. */
function showAddress({ route }) {
  document.body.dataset.depth = depth(route);
  const place = known.threadOf(state)?.name ?? known.channelOf(state)?.name;
  document.title = [place, known.guildOf(state)?.name, "Nightdesk simulator"].filter(Boolean).join(" · ");
}

async function hear(event) {
  if (event.t === "INTERACTION_FAILURE") return alerts.say(event.d?.message ?? "The application did not respond.");
  if (event.t === "MODAL") return answerModal(event.d);
  return store.hear(event).catch(alerts.report);
}

async function answerModal(modal) {
  const values = await askModal(modal);
  if (values) await attempt("modal", { interaction: modal.interaction ?? modal.id, values });
}

/** An address of no guild, or of one that is not there (any more), leads to the first channel of the first guild. */
function complete(route) {
  const [guild] = state.world.guilds;
  if (!guild || state.world.guilds.some(({ id }) => id === route.guild)) return route;
  const channels = [...guild.channels].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  const first = channels.find(known.isForum) ?? channels[0];
  return { guild: guild.id, channel: first?.id ?? null, thread: null };
}

async function follow({ focus }) {
  const route = complete(parse(location.hash));
  if (location.hash !== href(route)) history.replaceState(null, "", href(route));
  alerts.clear();
  const reading = store.go(route);
  if (focus) $(here() ? "conversation-title" : "posts-title").focus({ preventScroll: true });
  await reading;
}

let hangUp = () => {};
let listening = null;
/** The line belongs to the person; whatever happened while it was down is read again. */
function keepListening({ person }) {
  if (person === listening || !person) return;
  hangUp();
  listening = person;
  hangUp = api.listen(person, hear, (up) => {
    $("offline").hidden = up;
    if (up) store.stale("world", "threads", "messages").catch(alerts.report);
  });
}
store.subscribe(keepListening);

/** The address after `#` is a place in the guild, so the skip link moves the focus itself. */
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  [$("conversation"), $("posts-title")].find((target) => target.offsetParent !== null)?.focus();
});
window.addEventListener("hashchange", () => follow({ focus: true }));
setInterval(() => tick(document), 20_000);
await store.stale("world");
await follow({ focus: false });
