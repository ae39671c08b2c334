/** One thread or text channel: its heading, its messages, and the place to write. */

import { h, icon } from "./dom.js";
import { createMessages } from "./messages.js";
import { isPinned, marks, tagItem } from "./posts.js";
import { href } from "./router.js";
import { channelOf, isForum, openChannel, threadOf } from "./store.js";

const NEAR = 80;

export function createConversation(section, on, composer) {
  const back = h("a", { class: "back", "aria-label": "Back to the list" }, icon("back"));
  const title = h("h1", { id: "conversation-title", tabindex: "-1" });
  const state = h("p", { class: "marks" });
  const toggle = h("button", { type: "button", class: "icon-button details-button", "aria-controls": "details", "aria-expanded": "false", "aria-label": "About this thread" }, icon("details"));
  const head = h("header", { class: "pane-head" }, back, h("div", { class: "titles" }, title, state), toggle);
  const list = h("ol", { class: "messages" });
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "Messages", tabindex: "0" }, list);
  const down = h("button", { type: "button", class: "button small newer", hidden: true }, icon("down"), "New messages");
  const nothing = h("p", { class: "empty" });
  section.append(head, nothing, log, down, composer);
  toggle.addEventListener("click", on.details);
  down.addEventListener("click", () => toEnd(log));
  let following = true; // Does the reader follow the end, so that whatever grows must not push it away?
  log.addEventListener("scroll", () => {
    following = atEnd(log);
    down.hidden ||= following;
  });
  const follow = new ResizeObserver(() => following && toEnd(log));
  [log, list].forEach((each) => follow.observe(each));

  const showMessages = createMessages(list, on);
  let before = null;
  return (next) => {
    const thread = threadOf(next);
    const channel = channelOf(next);
    showHead(next, thread, channel);
    const fresh = before !== next.shown;
    following ||= fresh;
    const newest = list.lastElementChild;
    log.setAttribute("aria-busy", String(next.shown === null || fresh));
    showMessages(next);
    if (following) toEnd(log);
    else if (list.lastElementChild !== newest) down.hidden = false;
    before = next.shown;
  };

  function showHead(next, thread, channel) {
    const open = openChannel(next);
    head.hidden = log.hidden = !open;
    nothing.hidden = Boolean(open);
    nothing.textContent = channel ? "Choose a post to read it." : "Choose a channel.";
    back.href = href({ ...next.route, thread: null, channel: next.route.thread ? next.route.channel : null });
    title.textContent = thread?.name ?? (channel && !isForum(channel) ? `#${channel.name}` : "Nothing is open");
    if (next.route.thread && !thread && next.shown) title.textContent = "This thread is gone";
    state.replaceChildren(...(thread ? marks(markOf(thread, channel)).flat().filter(Boolean) : [(open && channel?.topic) || ""]));
    toggle.hidden = !thread;
  }
}

function markOf(thread, channel) {
  const tags = (channel?.available_tags ?? []).filter((tag) => thread.applied_tags?.includes(tag.id)).map(tagItem);
  const { locked, archived } = thread.thread_metadata ?? {};
  return { pinned: isPinned(thread), locked, archived, joined: thread.joined, tags };
}

const atEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
const toEnd = (log) => (log.scrollTop = log.scrollHeight);
