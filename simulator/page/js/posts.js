/** The posts of a forum, or the threads of a text channel, newest activity first. */

import { h, icon, reconcile } from "./dom.js";
import { href } from "./router.js";
import { channelOf, guildOf, isForum, memberOf, nameOf } from "./store.js";
import { timeElement, momentOf } from "./time.js";
import { parse } from "./markdown.js";

export function createPosts(section, { newPost }) {
  const back = h("a", { class: "back", "aria-label": "Back to channels" }, icon("back"));
  const title = h("h2", { id: "posts-title", tabindex: "-1" });
  const fresh = h("button", { type: "button", class: "button small", on: { click: newPost } }, icon("plus"), "New post");
  const topic = h("p", { class: "topic" });
  const list = h("ul", { class: "post-list" });
  const empty = h("p", { class: "empty" });
  section.append(h("header", { class: "pane-head" }, back, title, fresh), topic, list, empty);
  return (state) => {
    const channel = channelOf(state);
    const items = channel ? postItems(state, channel) : [];
    section.hidden = !channel || (!isForum(channel) && items.length === 0);
    section.classList.toggle("beside", !isForum(channel)); // On a narrow screen the channel itself comes first.
    back.href = href({ guild: state.route.guild });
    title.textContent = isForum(channel) ? channel.name : "Threads";
    fresh.hidden = !isForum(channel);
    topic.textContent = (isForum(channel) && channel.topic) || "";
    empty.textContent = items.length ? "" : "No posts yet. They appear here by themselves.";
    reconcile(list, items, (item) => item.id, post);
  };
}

function postItems(state, channel) {
  const tags = new Map((channel.available_tags ?? []).map((tag) => [tag.id, tag]));
  return state.threads
    .filter((thread) => thread.parent_id === channel.id)
    .sort((a, b) => isPinned(b) - isPinned(a))
    .map((thread) => ({
      id: thread.id, name: thread.name, guild: guildOf(state).id, channel: channel.id,
      current: thread.id === state.route.thread,
      locked: Boolean(thread.thread_metadata?.locked), archived: Boolean(thread.thread_metadata?.archived),
      pinned: isPinned(thread), joined: thread.joined,
      tags: (thread.applied_tags ?? []).map((id) => tags.get(id)).filter(Boolean).map(tagItem),
      active: momentOf(thread.last_message_id ?? thread.id),
      count: thread.message_count ?? 0,
      ...teaser(thread.starter, state),
    }));
}

export const isPinned = (thread) => Boolean(thread.flags & 2);
export const tagItem = ({ name, emoji_name: emoji }) => (emoji ? `${emoji} ${name}` : name);

function teaser(starter, state) {
  const embed = starter?.embeds?.[0];
  const author = starter && (memberOf(state, starter.author.id) ?? { user: starter.author });
  return {
    author: embed?.author?.name ?? embed?.footer?.text ?? (author ? nameOf(author) : null),
    text: plain(embed?.description || starter?.content || "").slice(0, 180),
    image: embed?.thumbnail?.url ?? embed?.image?.url ?? null,
  };
}

/** Markdown without its marks: what a one-line preview shows. */
export function plain(source) {
  const text = (node) => {
    if (typeof node === "string") return node;
    if (node.type === "spoiler") return "▒▒▒";
    return [node.code, ...(node.children ?? []).map(text), ...(node.items ?? []).flat().map(text)].filter(Boolean).join("");
  };
  return parse(source).map(text).join(" ").replace(/\s+/g, " ").trim();
}

function post(item) {
  const { id, guild, channel, name, current, author, text, image } = item;
  return h("li", { class: "post" },
    h("a", { href: href({ guild, channel, thread: id }), "aria-current": current && "page", data: { focus: "post" } },
      h("span", { class: "post-words" },
        h("span", { class: "post-name" }, name),
        text && h("span", { class: "post-text" }, text),
        h("span", { class: "post-meta" }, marks(item), author && h("span", {}, author), timeElement(item.active, "R"),
          item.count > 0 && h("span", {}, `${item.count} ${item.count === 1 ? "reply" : "replies"}`)),
      ),
      image && h("img", { class: "post-image", src: image, alt: "", loading: "lazy", width: 72, height: 72 }),
    ));
}

/** Pinned, closed, archived, followed and the tags: each in words, never by colour alone. */
export function marks({ pinned, locked, archived, joined, tags }) {
  return [
    pinned && h("span", { class: "mark" }, icon("pin"), "Pinned"),
    locked && h("span", { class: "mark closed" }, icon("lock"), "Closed"),
    archived && h("span", { class: "mark" }, icon("archive"), "Archived"),
    joined && h("span", { class: "mark" }, icon("eye"), "Following"),
    tags.map((tag) => h("span", { class: "tag" }, tag)),
  ];
}
