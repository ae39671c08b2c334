/** The one place where the page says that something did not work. */

import { h, icon } from "./dom.js";
import { Refused } from "./api.js";

export function createAlerts(region) {
  const clear = () => region.replaceChildren();

  function say(text) {
    const dismiss = h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", on: { click: clear } }, icon("close"));
    region.replaceChildren(h("p", { class: "alert" }, h("span", {}, text), dismiss));
  }

  function report(error) {
    say(error instanceof Refused ? reason(error) : `The simulator cannot be reached: ${error.message}`);
  }

  /** Runs `action`; a refusal is said and answers false, anything else is a fault and says so too. */
  async function attempt(action) {
    try {
      await action();
      clear();
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  }

  return { say, clear, report, attempt };
}

/** Discord's sentence, and the sentences of its nested errors with the fields they belong to. */
function reason({ message, code, errors }) {
  const nested = [...leaves(errors, [])].map(([path, text]) => `${path}: ${text}`);
  return [`${message}${code ? ` (${code})` : ""}`, ...nested].join(" · ");
}

function* leaves(errors, path) {
  for (const [key, value] of Object.entries(errors ?? {})) {
    if (key === "_errors") for (const { message } of value) yield [path.join(".") || "request", message];
    else if (value && typeof value === "object") yield* leaves(value, [...path, key]);
  }
}
