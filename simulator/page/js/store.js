/**
 * What the page knows: the world, the person, the address, and what is shown there.
 *
 * An event never changes what is known; it says what is stale, and that part is read again. So the page
 * cannot drift from the simulator, whatever it missed.
 */

import * as api from "./api.js";
import { parse } from "./router.js";

const FORUM = 15;
export const isForum = (channel) => channel?.type === FORUM;

export function createStore({ person, remember }) {
  const state = {
    world: { guilds: [] }, person, route: parse(""), threads: [], messages: [], shown: null,
    canReply: false, whyNot: "", dismissed: new Set(),
  };
  const views = new Set();
  const show = () => views.forEach((view) => view(state));
  const readers = { world: readWorld, threads: readThreads, messages: readMessages };
  const refreshers = Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, oneAtATime(read, show)]));
  const stale = (...parts) => Promise.all(parts.map((part) => refreshers[part]()));

  async function readWorld() {
    state.world = await api.world();
    const people = membersOf(state);
    if (!people.some((member) => member.user.id === state.person)) state.person = defaultPerson(people);
  }

  async function readThreads() {
    const { person: asked, route: { guild } } = state;
    const answer = guild && asked ? await api.threads(guild, asked) : { threads: [] };
    if (asked === state.person && guild === state.route.guild) state.threads = answer.threads;
  }

  async function readMessages() {
    const asked = state.person;
    const channel = openChannel(state);
    if (!channel || !asked) return Object.assign(state, { messages: [], shown: null, canReply: false, whyNot: "" });
    const answer = await api.messages(channel, asked).catch((error) => gone(error));
    if (asked !== state.person || channel !== openChannel(state)) return undefined;
    const { messages, can_reply: canReply, why_not: whyNot } = answer;
    return Object.assign(state, { messages, shown: channel, canReply, whyNot: whyNot ?? "" });
  }

  return {
    state,
    stale,
    subscribe: (view) => views.add(view),
    async go(route) {
      const guildChanged = route.guild !== state.route.guild;
      state.route = route;
      if (!membersOf(state).some((member) => member.user.id === state.person)) {
        state.person = defaultPerson(membersOf(state));
      }
      if (guildChanged) state.threads = [];
      show();
      await stale("threads", "messages");
    },
    async become(id) {
      Object.assign(state, { person: id, messages: [], shown: null });
      remember(id);
      await stale("threads", "messages");
    },
    dismiss(id) {
      state.dismissed.add(id);
      show();
    },
    hear: (event) => stale(...staleAfter(event, state)),
  };
}

/** Nothing of a channel that is gone, or hidden from this person, can be shown; the reason can. */
function gone(error) {
  if (!(error instanceof api.Refused)) throw error;
  return { messages: [], can_reply: false, why_not: error.message };
}

/** Which parts an event makes stale. */
export function staleAfter({ t, d }, state) {
  if (t.startsWith("GUILD") || t.startsWith("CHANNEL")) return ["world", "threads", "messages"];
  if (t.startsWith("THREAD")) return ["threads", "messages"];
  if (t.startsWith("MESSAGE") || t.startsWith("EPHEMERAL")) {
    const here = !d?.channel_id || d.channel_id === openChannel(state);
    return here ? ["threads", "messages"] : ["threads"];
  }
  return [];
}

/** Runs `read` once at a time; calls that arrive meanwhile share one further run. */
function oneAtATime(read, done) {
  let running = null;
  let again = null;
  const run = async () => {
    await read();
    done();
  };
  return () => {
    if (!running) return (running = run().finally(() => (running = null)));
    again ??= running.catch(() => {}).then(() => {
      again = null;
      return (running = run().finally(() => (running = null)));
    });
    return again;
  };
}

// ── Reading the state ───────────────────────────────────────────────────────────────────────────

export const guildOf = (state) => state.world.guilds.find((guild) => guild.id === state.route.guild) ?? null;
export const channelOf = (state) =>
  guildOf(state)?.channels.find((channel) => channel.id === state.route.channel) ?? null;
export const threadOf = (state) => state.threads.find((thread) => thread.id === state.route.thread) ?? null;
const membersOf = (state) => (guildOf(state) ?? state.world.guilds[0])?.members ?? [];

/** The channel whose messages are shown: the thread, or a text channel itself; a forum has none. */
export function openChannel(state) {
  if (state.route.thread) return state.route.thread;
  const channel = channelOf(state);
  return channel && !isForum(channel) ? channel.id : null;
}

export const personOf = (state) => memberOf(state, state.person);
export const memberOf = (state, id) => membersOf(state).find((member) => member.user.id === id) ?? null;
export const nameOf = ({ nick, user }) => nick || user.global_name || user.username;

/** Does this member hold a permission (its bit number) in the guild? An administrator holds all. */
export function may(member, bit) {
  const held = BigInt(member?.permissions ?? 0);
  return [bit, ADMINISTRATOR].some((each) => (held >> BigInt(each)) & 1n);
}
const ADMINISTRATOR = 3;
export const MANAGE_MESSAGES = 13;
export const MANAGE_THREADS = 34;

function defaultPerson(members) {
  const people = members.filter((member) => !member.user.bot);
  return (people.find((member) => member.kind === "member") ?? people[0])?.user.id ?? null;
}

/** The names that mentions need. */
export function namesOf(state) {
  const guild = guildOf(state);
  const thread = (id) => state.threads.find((each) => each.id === id);
  const channel = (id) => guild?.channels.find((each) => each.id === id);
  return {
    user: (id) => (memberOf(state, id) ? nameOf(memberOf(state, id)) : null),
    role: (id) => guild?.roles.find((role) => role.id === id)?.name ?? null,
    channel: (id) => (channel(id) ?? thread(id))?.name ?? null,
    channelHref(id) {
      if (channel(id)) return `#/${guild.id}/${id}`;
      return thread(id) ? `#/${guild.id}/${thread(id).parent_id}/${id}` : null;
    },
  };
}
