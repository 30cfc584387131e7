// <row-list src="/desk/queue/rows">: the queue. Keys j, k, Enter, o; one row in the tab order; rows that signals name
// are fetched at most once a second. What is inside a row changes at once; which rows there are and their order
// change only while no hand is on the list, else they wait behind a pill.
import htmx from "htmx.org";
import { isTyping } from "../keys.js";
import { plural, word } from "../words.js";

const REST_MS = 3000;
const FETCH_MS = 1000;
const ASKED_AT_ONCE = 100; // what the server answers at most

function rowsIn(html) {
  const answer = document.createElement("template");
  answer.innerHTML = html;
  return new Map([...answer.content.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
}

class RowList extends HTMLElement {
  connectedCallback() {
    this.rows = this.querySelector(".rows");
    this.pill = this.querySelector(".pill");
    this.wanted = new Set();
    this.waiting = new Map();
    this.touchedAt = -Infinity;
    this.leaving = new AbortController();
    this.listen(this.leaving.signal);
    this.rove(this.links()[0] && (this.querySelector("[aria-current]") ?? this.links()[0]));
  }

  disconnectedCallback() {
    this.leaving.abort();
    clearTimeout(this.fetching);
    clearTimeout(this.resting);
  }

  listen(signal) {
    const touch = () => this.touch();
    for (const name of ["pointermove", "pointerdown", "pointerleave", "focusin", "focusout", "wheel", "touchmove"]) {
      this.addEventListener(name, touch, { signal, passive: true });
    }
    this.addEventListener("focusin", ({ target }) => this.rove(target.closest(".row-link")), { signal });
    this.addEventListener("click", ({ target }) => this.choose(target.closest(".row-link")), { signal });
    this.pill.addEventListener("click", () => this.apply(), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("live-rows", ({ detail }) => this.want(detail.rows), { signal });
    document.addEventListener("live-resync", () => this.wantAll(), { signal });
  }

  links() {
    return [...this.rows.querySelectorAll(".row-link")];
  }

  keys() {
    return [...this.rows.querySelectorAll("[data-row]")].map(({ dataset }) => dataset.row);
  }

  // --- keys and selection

  onKey(event) {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const isInside = this.contains(event.target);
    const step = { KeyJ: 1, KeyK: -1, ...(isInside && { ArrowDown: 1, ArrowUp: -1 }) }[event.code];
    if (step) {
      event.preventDefault();
      this.move(step);
    } else if (event.code === "KeyO" && isInside) {
      document.activeElement.click();
    }
  }

  move(step) {
    const links = this.links();
    const at = links.indexOf(document.activeElement);
    const from = at >= 0 ? at : links.findIndex(({ tabIndex }) => tabIndex === 0) - (this.contains(document.activeElement) ? 0 : step);
    const next = links[Math.min(Math.max(from + step, 0), links.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  rove(link) {
    if (!link) return;
    for (const other of this.links()) other.tabIndex = other === link ? 0 : -1;
  }

  choose(link) {
    if (!link) return;
    for (const other of this.links()) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  }

  // --- updates

  want(keys) {
    for (const key of keys) this.wanted.add(Array.isArray(key) ? key.join("-") : key);
    if (this.wanted.size) this.fetching ??= setTimeout(() => this.fetch(), FETCH_MS);
  }

  // After a gap nobody knows what changed: the rows that are here, and those that belong on top now.
  async wantAll() {
    const top = await this.ask();
    if (top) this.want([...this.keys(), ...top.keys()]);
  }

  async fetch() {
    const asked = [...this.wanted].slice(0, ASKED_AT_ONCE);
    for (const key of asked) this.wanted.delete(key);
    const found = await this.ask(asked);
    this.fetching = undefined;
    if (found) this.take(asked, found);
    if (this.wanted.size) this.want([]);
  }

  // The server's rows by key; null when there is no answer. The stream notices a lost network and asks again.
  async ask(keys) {
    const url = new URL(this.getAttribute("src"), location.href);
    if (keys) url.searchParams.set("ids", keys.join(","));
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: this.leaving.signal });
      return answer.ok ? rowsIn(await answer.text()) : null;
    } catch (error) {
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
      return null;
    }
  }

  take(asked, found) {
    for (const key of asked) this.note(key, this.rowOf(key), found.get(key));
    this.touch({ isHand: false });
  }

  rowOf(key) {
    return this.rows.querySelector(`[data-row="${CSS.escape(key)}"]`);
  }

  note(key, old, fresh) {
    if (!old && !fresh) return void this.waiting.delete(key);
    if (!old || !fresh) return void this.waiting.set(key, fresh ?? null);
    const hasMoved = old.dataset.order !== fresh.dataset.order;
    this.refresh(old, fresh);
    if (hasMoved) this.waiting.set(key, fresh);
    else this.waiting.delete(key);
  }

  // Keeps what belongs to this browser: which row is open, and which one the Tab key reaches.
  refresh(old, fresh) {
    const [mine, theirs] = [old.querySelector(".row-link"), fresh.querySelector(".row-link")];
    theirs.tabIndex = mine.tabIndex;
    theirs.toggleAttribute("aria-current", false);
    if (mine.ariaCurrent) theirs.setAttribute("aria-current", mine.ariaCurrent);
    htmx.swap({ text: fresh.outerHTML, target: old, swap: "outerMorph", sourceElement: old });
  }

  get isUnderHand() {
    return this.matches(":hover, :focus-within") || performance.now() - this.touchedAt < REST_MS;
  }

  touch({ isHand = true } = {}) {
    if (isHand) this.touchedAt = performance.now();
    if (!this.waiting.size) return this.showPill();
    if (!this.isUnderHand) return this.apply();
    this.showPill();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.touch({ isHand: false }), REST_MS);
  }

  showPill() {
    this.pill.hidden = !this.waiting.size;
    if (this.waiting.size) this.pill.textContent = `${plural("rows.updates", this.waiting.size)} ( . )`;
  }

  apply() {
    const focused = document.activeElement?.closest?.("[data-row]");
    for (const [key, fresh] of this.waiting) this.applyOne(this.rowOf(key), fresh);
    this.waiting.clear();
    if (focused && !focused.isConnected) this.links()[0]?.focus();
    this.rove(this.querySelector(".row-link[tabindex='0']") ?? this.links()[0]);
    this.showPill();
  }

  applyOne(old, fresh) {
    if (!fresh) return void old?.remove();
    const row = old ?? document.importNode(fresh, true);
    row.dataset.order = fresh.dataset.order;
    const hasFocus = row.contains(document.activeElement) && document.activeElement;
    const others = [...this.rows.querySelectorAll("[data-row]")].filter((other) => other !== row);
    const after = others.find(({ dataset }) => dataset.order > row.dataset.order);
    // Behind the last row that was fetched: it comes with its page.
    if (!old && !after && this.rows.querySelector("[hx-trigger=revealed]")) return;
    this.rows.insertBefore(row, after ?? others.at(-1)?.nextSibling ?? this.rows.firstChild);
    if (hasFocus) hasFocus.focus({ preventScroll: true });
    if (!old) htmx.process(row);
  }
}

customElements.define("row-list", RowList);
