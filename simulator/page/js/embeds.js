/** Embeds and attachments. */

import { h } from "./dom.js";
import { renderInline, renderMarkdown } from "./markup.js";
import { webUrl } from "./markdown.js";
import { timeElement } from "./time.js";

export function embed(data, names) {
  const colour = data.color ? `#${data.color.toString(16).padStart(6, "0")}` : null;
  return h("section", { class: "embed", "aria-label": data.title ? `Card: ${data.title}` : "Card", style: colour ? { "--bar": colour } : {} },
    image(data.image, "embed-image"),
    h("div", { class: "embed-words" },
      data.author?.name && h("p", { class: "embed-author" }, linked(data.author.url, data.author.name)),
      data.title && h("h3", { class: "embed-title" }, linked(data.url, renderInline(data.title, names))),
      data.description && h("div", { class: "markdown" }, renderMarkdown(data.description, names)),
      data.fields?.length > 0 && h("dl", { class: "embed-fields" }, data.fields.map((field) => fieldOf(field, names))),
      (data.footer?.text || data.timestamp) && h("footer", { class: "embed-footer" },
        data.footer?.text && h("span", {}, data.footer.text),
        data.timestamp && timeElement(data.timestamp, "f")),
    ),
    image(data.thumbnail, "embed-thumbnail"),
  );
}

function fieldOf({ name, value, inline }, names) {
  return h("div", { class: inline ? "inline" : null }, h("dt", {}, renderInline(name, names)), h("dd", {}, renderMarkdown(value, names)));
}

function linked(url, content) {
  const target = url && webUrl(url);
  return target ? h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, content) : content;
}

/** `description` is the alternative text that came with the picture. */
function image(media, kind) {
  const source = media?.url && webUrl(media.url);
  if (!source) return null;
  const element = h("img", { class: kind, src: source, alt: media.description ?? "", loading: "lazy", referrerpolicy: "no-referrer" });
  element.addEventListener("error", () => element.remove());
  return element;
}

export function attachment({ url, filename, description, content_type: type = "" }) {
  const target = url && webUrl(url);
  if (!target) return h("p", { class: "attachment" }, filename);
  if (type.startsWith("image/")) return h("img", { class: "embed-image", src: target, alt: description ?? filename, loading: "lazy" });
  return h("p", { class: "attachment" }, linked(target, filename));
}
