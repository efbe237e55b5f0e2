/** Text in HTML. */

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A text as it stands in HTML, between tags or as an attribute's value. */
export const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ENTITIES[sign]);

/** HTML as the text that it shows. */
export const plain = (html) =>
  html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
