/** What is known of a thread, and what a moderator can do to it by hand, without any bot. */

import { h, icon } from "./dom.js";
import { MANAGE_THREADS, may, memberOf, nameOf, personOf, threadOf } from "./store.js";
import { timeElement, momentOf } from "./time.js";

/** `does.follow(bool)`, `does.edit({…})`, `does.remove()`, `does.close()`. */
export function createDetails(aside, does) {
  const shut = h("button", { type: "button", class: "icon-button", "aria-label": "Close details", on: { click: does.close } }, icon("close"));
  const facts = h("dl", { class: "facts" });
  const follow = button("", () => does.follow(follow.dataset.joined !== "yes"));
  const lock = button("", () => does.edit({ locked: lock.dataset.on !== "yes" }));
  const archive = button("", () => does.edit({ archived: archive.dataset.on !== "yes" }));
  const remove = button("Delete thread…", does.remove, "danger");
  const byHand = h("section", { "aria-labelledby": "by-hand" },
    h("h3", { id: "by-hand" }, "By hand"), h("p", { class: "quiet" }, "Changes that no bot was asked for."), lock, archive, remove);
  aside.append(h("header", { class: "pane-head" }, h("h2", {}, "About this thread"), shut), facts, follow, byHand);

  return (state) => {
    const thread = threadOf(state);
    aside.hidden = !thread;
    if (!thread) return;
    const { locked, archived } = thread.thread_metadata ?? {};
    facts.replaceChildren(...factsOf(thread, state).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    set(follow, thread.joined, "Unfollow", "Follow", "joined");
    set(lock, locked, "Unlock", "Lock", "on");
    set(archive, archived, "Unarchive", "Archive", "on");
    byHand.hidden = !may(personOf(state), MANAGE_THREADS);
  };
}

const button = (label, click, look = "secondary") => h("button", { type: "button", class: `button ${look}`, on: { click } }, label);

function set(element, on, whenOn, whenOff, key) {
  element.textContent = on ? whenOn : whenOff;
  element.dataset[key] = on ? "yes" : "no";
}

function factsOf(thread, state) {
  const { locked, archived } = thread.thread_metadata ?? {};
  const owner = memberOf(state, thread.owner_id);
  return [
    ["State", [locked ? "Closed to replies" : "Open", archived && "archived"].filter(Boolean).join(", ")],
    ["Opened", timeElement(momentOf(thread.id), "f")],
    ["By", owner ? nameOf(owner) : "somebody who left"],
    ["Messages", String(thread.message_count ?? 0)],
    ["Followers", String(thread.member_count ?? 0)],
  ];
}
