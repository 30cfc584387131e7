// <sla-clock due="ISO" target-s="seconds" state="ok" label="first reply due 14:30">: what is left of a promise.
// The server's text stands first; a clock that is paused or met never moves.
import { say, sayAtOnce } from "../say.js";
import { follow, leave } from "../ticker.js";
import { plural, word } from "../words.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STOPPED = new Set(["paused", "closed-hours", "met"]);

class SlaClock extends HTMLElement {
  static observedAttributes = ["due", "state", "target-s"];

  connectedCallback() {
    this.sync();
  }

  disconnectedCallback() {
    leave(this);
  }

  attributeChangedCallback(name, old, now) {
    // Our own change of state needs no second look; a morph that stops or restarts the clock does.
    if (this.isConnected && old !== now && !this.isShowing) this.sync();
  }

  sync() {
    this.dueAt = Date.parse(this.getAttribute("due"));
    this.targetS = Number(this.getAttribute("target-s")) || 0;
    if (STOPPED.has(this.getAttribute("state")) || Number.isNaN(this.dueAt)) {
      leave(this);
      return;
    }
    follow(this);
    this.show(Date.now());
  }

  show(now) {
    const left = Math.trunc((this.dueAt - now) / 1000);
    if (left === this.shown && this.childElementCount === 2) return;
    this.shown = left;
    const [spoken, figures] = this.parts();
    figures.textContent = (left < 0 ? "−" : "") + figuresOf(Math.abs(left));
    const words = sentence(this.getAttribute("label") ?? "", left, this.dueAt <= now);
    if (spoken.textContent !== words) spoken.textContent = words;
    this.become(stateOf(this.dueAt - now, this.targetS * 1000), words);
  }

  // The two texts inside, whether the server or a morph left them there or not.
  parts() {
    if (this.childElementCount !== 2) {
      const spoken = document.createElement("span");
      const figures = document.createElement("span");
      spoken.className = "sr-only";
      figures.ariaHidden = "true";
      this.replaceChildren(spoken, figures);
    }
    return this.children;
  }

  become(state, words) {
    const before = this.getAttribute("state");
    if (before === state) return;
    this.isShowing = true;
    this.setAttribute("state", state);
    this.isShowing = false;
    this.dispatchEvent(new CustomEvent("clock-state", { bubbles: true, detail: { before, state } }));
    // Only the open ticket may interrupt.
    if (state === "late" && this.closest("[data-open-ticket], .ticket-head")) sayAtOnce(words);
    else say(words);
  }
}

// The same table as app/deadlines/display.py; lengths in milliseconds.
function stateOf(left, target) {
  if (left <= 0) return "late";
  if (left < Math.max(15 * MINUTE * 1000, target / 10)) return "due";
  if (left < Math.max(HOUR * 1000, target / 4)) return "soon";
  return "ok";
}

const two = (number) => String(number).padStart(2, "0");

function figuresOf(seconds) {
  if (seconds < HOUR) return `${two(Math.floor(seconds / MINUTE))}:${two(seconds % MINUTE)}`;
  const hours = Math.floor(seconds / HOUR);
  if (seconds < 2 * DAY) {
    return word("clock.hours", { hours, minutes: two(Math.floor((seconds % HOUR) / MINUTE)) });
  }
  return word("clock.days", { days: Math.floor(seconds / DAY), hours: hours % 24 });
}

function sentence(label, left, isLate) {
  const seconds = Math.abs(left);
  const minutes = Math.max(1, Math.floor(seconds / MINUTE));
  const length = seconds < HOUR ? plural("clock.minutes", minutes) : figuresOf(seconds);
  return isLate ? word("clock.over", { label, over: length }) : word("clock.left", { label, left: length });
}

customElements.define("sla-clock", SlaClock);
