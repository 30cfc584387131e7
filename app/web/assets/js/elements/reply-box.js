// <reply-box draft-key="operator:ticket">: keeps what is typed in this browser, apart for reply and note, so that
// a note never turns into a reply by a change of tab; Ctrl+Enter sends.
import { subscribe } from "@github/paste-markdown";

const PREFIX = "draft:";

class ReplyBox extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.kind = this.chosenKind();
    this.paste = subscribe(this.field);
    if (this.field.value) this.keep();
    else this.recall();
    this.field.addEventListener("input", () => this.keep(), { signal });
    this.addEventListener("change", ({ target }) => target.name === "kind" && this.turn(), { signal });
    this.addEventListener("click", ({ target }) => target.name === "kind" && this.field.focus(), { signal });
    this.addEventListener("keydown", (event) => this.sendByKey(event), { signal });
    this.addEventListener("htmx:after:request", (event) => this.forgetWhenSent(event), { signal });
  }

  disconnectedCallback() {
    this.leaving.abort();
    this.paste.unsubscribe();
  }

  chosenKind() {
    return this.querySelector("[name=kind]:checked")?.value ?? "reply";
  }

  get place() {
    return `${PREFIX}${this.getAttribute("draft-key")}:${this.kind}`;
  }

  keep() {
    if (this.field.value) localStorage.setItem(this.place, this.field.value);
    else localStorage.removeItem(this.place);
  }

  recall() {
    this.field.value = localStorage.getItem(this.place) ?? "";
  }

  turn() {
    this.keep();
    this.kind = this.chosenKind();
    this.recall();
    this.field.focus();
  }

  sendByKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const button = this.querySelector(event.shiftKey ? "[data-send-next]" : "[data-send]");
    if (!button || button.disabled) return;
    event.preventDefault();
    this.form.requestSubmit(button);
  }

  // Refused and failed sends keep the draft.
  forgetWhenSent({ detail: { ctx } }) {
    if (ctx.sourceElement !== this.form || ctx.response.status >= 400) return;
    localStorage.removeItem(this.place);
    // Whatever is swapped in now must not find the text again.
    this.field.value = "";
  }
}

customElements.define("reply-box", ReplyBox);
