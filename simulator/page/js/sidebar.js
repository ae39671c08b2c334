/** The person at the top, the guilds and channels at the side. */

import { h, icon, reconcile } from "./dom.js";
import { href } from "./router.js";
import { guildOf, isForum, nameOf } from "./store.js";

const KINDS = { owner: "Owner", moderator: "Moderators", member: "Members" };

export function createPersonPicker(select, store) {
  select.addEventListener("change", () => store.become(select.value));
  return (state) => {
    const members = (guildOf(state) ?? state.world.guilds[0])?.members ?? [];
    const groups = Object.entries(KINDS).map(([kind, label]) => ({ kind, label, people: people(members, kind) }));
    reconcile(select, groups.filter((group) => group.people.length), (group) => group.kind, optionGroup);
    select.value = state.person ?? "";
  };
}

const people = (members, kind) =>
  members.filter((member) => member.kind === kind && !member.user.bot).map((member) => [member.user.id, nameOf(member), kind]);

function optionGroup({ label, people: entries }) {
  return h("optgroup", { label }, entries.map(([id, name, kind]) => h("option", { value: id }, `${name} (${kind})`)));
}

const SYMBOLS = { 0: "text", 5: "announcement", 15: "forum" };
const KIND_NAMES = { 0: "text channel", 5: "announcement channel", 15: "forum" };

export function createSidebar(nav) {
  const guilds = h("ul", { class: "guilds", "aria-label": "Guilds" });
  const title = h("h2", {});
  const list = h("ul", { class: "channel-list" });
  nav.append(guilds, title, list);
  return (state) => {
    const guild = guildOf(state);
    guilds.hidden = state.world.guilds.length < 2;
    title.textContent = guild?.name ?? "No guild";
    reconcile(guilds, state.world.guilds.map((each) => guildItem(each, guild)), (item) => item.id, guildLink);
    reconcile(list, channelItems(state, guild), (item) => item.id, channelLink);
  };
}

const guildItem = ({ id, name }, guild) => ({ id, name, current: id === guild?.id });

function guildLink({ id, name, current }) {
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? "").join("");
  return h("li", {}, h("a", { href: href({ guild: id }), title: name, "aria-label": name, "aria-current": current && "true", data: { focus: "guild" } }, initials));
}

function channelItems(state, guild) {
  const open = state.threads.filter((thread) => !thread.thread_metadata?.archived && !thread.thread_metadata?.locked);
  return (guild?.channels ?? [])
    .filter((channel) => channel.type in SYMBOLS)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
    .map(({ id, name, type }) => ({
      id, name, type, guild: guild.id, current: id === state.route.channel,
      threads: open.filter((thread) => thread.parent_id === id).length,
    }));
}

function channelLink({ id, name, type, guild, current, threads }) {
  const what = isForum({ type }) ? "posts" : "threads";
  return h("li", {}, h("a",
    { href: href({ guild, channel: id }), "aria-current": current && "page", data: { focus: "channel" } },
    icon(SYMBOLS[type]),
    h("span", { class: "channel-name" }, name),
    h("span", { class: "visually-hidden" }, `, ${KIND_NAMES[type]}`),
    threads > 0 && h("span", { class: "count" }, String(threads), h("span", { class: "visually-hidden" }, ` open ${what}`)),
  ));
}
