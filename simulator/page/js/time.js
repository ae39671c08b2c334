/** Moments in the reader's own zone and language. */

import { h } from "./dom.js";

const FORMATS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};

const UNITS = [
  ["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1],
];

/** "3 minutes ago", "in 2 days". Below a minute it says "now": a ticking second disturbs. */
export function relative(moment, now = Date.now()) {
  const seconds = Math.round((moment - now) / 1000);
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  if (Math.abs(seconds) < 60) return words.format(0, "second");
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return words.format(Math.trunc(seconds / size), unit);
}

/** One of Discord's timestamp styles; anything unknown reads as `f`. */
export function format(moment, style) {
  if (style === "R") return relative(moment);
  return new Intl.DateTimeFormat(undefined, FORMATS[style] ?? FORMATS.f).format(moment);
}

/** The time of a message: today only the clock, before that the date too. */
function brief(moment) {
  const today = new Date().toDateString() === moment.toDateString();
  return format(moment, today ? "t" : "s");
}

/** A `<time>`; the full date and the zone's name are its tooltip. */
export function timeElement(moment, style) {
  const when = new Date(moment);
  if (Number.isNaN(when.getTime())) return h("span", {}, String(moment));
  const full = new Intl.DateTimeFormat(undefined, {
    weekday: "long", year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  }).format(when);
  const text = style === "brief" ? brief(when) : format(when, style);
  return h("time", { datetime: when.toISOString(), title: full, data: { style } }, text);
}

/** Brings every relative time under `root` up to date. */
export function tick(root) {
  for (const element of root.querySelectorAll('time[data-style="R"]')) {
    const text = relative(new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
}

/** The moment that is written in a Discord id, in milliseconds. */
export function momentOf(snowflake) {
  return Number((BigInt(snowflake) >> 22n) + 1_420_070_400_000n);
}
