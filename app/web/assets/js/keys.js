// Every key of the page in one place. Markup names its key (data-key="a", "g q", "?"); pressing it clicks or
// focuses the element. Keys are matched by place on the keyboard, so that Cyrillic layouts work too.
import { tinykeys } from "tinykeys";

const GO_MS = 1000;
const SIGNS = {
  ".": ["Period"],
  "/": ["Slash", "/"],
  "?": ["Shift+Slash", "Shift+?"],
  "[": ["BracketLeft", "["],
};
const FIELDS = "input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]";

let goUntil = 0;

export function watchKeys() {
  tinykeys(window, bindings());
  document.addEventListener("click", ({ target }) => {
    if (target.closest('[data-opens="key-help"]')) listPageKeys();
  });
}

// Whether a single key belongs to what is being typed, or to an open dialog.
export function isTyping(target) {
  return Boolean(target.closest?.(FIELDS) || document.querySelector("dialog[open]"));
}

function bindings() {
  const map = { Escape: leaveField };
  for (const letter of "abcdefghijklmnopqrstuvwxyz") {
    const code = `Key${letter.toUpperCase()}`;
    map[code] = (event) => press(letter, event);
    map[`KeyG ${code}`] = (event) => go(letter, event);
  }
  for (const digit of "123456789") map[`Digit${digit}`] = (event) => press(digit, event);
  for (const [sign, keys] of Object.entries(SIGNS)) {
    for (const key of keys) map[key] = (event) => press(sign, event);
  }
  return map;
}

function press(key, event) {
  if (isTyping(event.target) || event.defaultPrevented) return;
  if (key === "g") {
    goUntil = event.timeStamp + GO_MS;
    return;
  }
  // The second key of "g q" is not also a key of its own.
  if (event.timeStamp < goUntil) return;
  use(key, event);
}

function go(letter, event) {
  goUntil = 0;
  if (!isTyping(event.target)) use(`g ${letter}`, event);
}

function use(key, event) {
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isUsable);
  if (!element) return;
  event.preventDefault();
  if (element.matches("textarea, input:not([type=radio], [type=checkbox])")) element.focus();
  else element.click();
}

const isUsable = (element) => !element.disabled && (element.checkVisibility() || element.matches("[type=radio]"));

function leaveField({ target }) {
  if (target.closest?.(FIELDS) && !document.querySelector("dialog[open]")) target.blur();
}

function listPageKeys() {
  const list = document.querySelector("[data-page-keys]");
  list.replaceChildren();
  const seen = new Set(["?"]);
  for (const element of document.querySelectorAll("[data-key]")) {
    const { key } = element.dataset;
    if (seen.has(key) || !isUsable(element)) continue;
    seen.add(key);
    const term = document.createElement("dt");
    const cap = term.appendChild(document.createElement("kbd"));
    cap.className = "key";
    cap.textContent = key;
    const meaning = document.createElement("dd");
    meaning.textContent = nameOf(element);
    list.append(term, meaning);
  }
}

function nameOf(element) {
  if (element.ariaLabel) return element.ariaLabel;
  const copy = (element.closest("label") ?? element).cloneNode(true);
  for (const cap of copy.querySelectorAll("kbd")) cap.remove();
  return copy.textContent.trim();
}
