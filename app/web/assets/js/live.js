// Signals: ids of what changed, from one stream per browser. Here they become events of the page:
// live-rows {rows}, live-resync (after a gap), and live-refresh on the open ticket's parts.
import { say } from "./say.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

const LOST_AFTER_MS = 5000;

let lostTimer = 0;
let wasLost = false;
let hasOpened = false;

export function watchSignals() {
  const address = document.querySelector('meta[name="signals"]')?.content;
  if (!address) return;
  const url = new URL(address, location.href).href;
  if (typeof SharedWorker === "function") shareStream(url);
  else ownStream(url);
}

function shareStream(url) {
  const script = document.querySelector('meta[name="live-worker"]').content;
  const { port } = new SharedWorker(script, { type: "module", name: "live" });
  port.onmessage = ({ data }) => receive(data);
  port.postMessage({ open: url });
  addEventListener("pagehide", () => port.postMessage({ leave: true }));
  // A page that comes back from the browser's memory joins again.
  addEventListener("pageshow", ({ persisted }) => persisted && port.postMessage({ open: url }));
}

function ownStream(url) {
  const source = new EventSource(url);
  source.onopen = () => receive({ isOpen: true });
  source.onerror = () => receive({ isOpen: false });
  source.onmessage = ({ data }) => receive({ data });
}

function receive({ data, isOpen }) {
  if (isOpen === true) found();
  if (isOpen === false) lostTimer ||= setTimeout(lose, LOST_AFTER_MS);
  if (data) dispatch(JSON.parse(data));
}

function lose() {
  wasLost = true;
  document.getElementById("live-bar").hidden = false;
}

function found() {
  clearTimeout(lostTimer);
  lostTimer = 0;
  if (wasLost) document.getElementById("live-bar").hidden = true;
  // What changed between the making of this page and the opening of its stream was told to nobody.
  if (wasLost || !hasOpened) resync();
  wasLost = false;
  hasOpened = true;
}

function resync() {
  tell(document, "live-resync");
  for (const part of document.querySelectorAll("[data-live-ticket]")) compare(part);
}

// Whether the open ticket moved on meanwhile, only its page knows.
async function compare(part) {
  const address = part.querySelector("[data-live-notice] a")?.href;
  if (!address) return tell(part, "live-refresh");
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "div#work" } });
    const rev = answer.ok ? /data-rev="(\d+)"/.exec(await answer.text())?.[1] : 0;
    if (Number(rev) > Number(part.dataset.rev)) refresh(part);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network is away again, and so is the stream
  }
}

function dispatch(signal) {
  // Signals were lost on the way: what they named is not known any more.
  if (signal.stale) resync();
  if (signal.rows) tell(document, "live-rows", { rows: signal.rows });
  if (signal.ticket) refreshTicket(signal);
  if (signal.version) toast(word("live.new_version"));
}

function refreshTicket({ ticket, rev }) {
  for (const part of document.querySelectorAll(`[data-live-ticket="${CSS.escape(ticket)}"]`)) {
    if (Number(part.dataset.rev) < rev) refresh(part);
  }
}

// Parts that fetch themselves do; where somebody may be writing, a notice offers it.
function refresh(part) {
  const notice = part.querySelector("[data-live-notice]");
  if (!notice) tell(part, "live-refresh");
  else if (notice.hidden) {
    notice.hidden = false;
    say(notice.textContent.trim());
  }
}

const tell = (target, name, detail = {}) => target.dispatchEvent(new CustomEvent(name, { detail }));
