// What every htmx request carries, and what becomes of answers that are no pages.
import { toast } from "./toasts.js";
import { word } from "./words.js";

const SIGN_IN = 401;
// Answers that hold the form again: refused fields, or a ticket that changed meanwhile.
const SHOWN_IN_PLACE = new Set([409, 422]);
const MESSAGES = { 403: "request.forbidden", 404: "request.missing", 410: "request.missing", 429: "request.busy" };

export function watchRequests() {
  document.addEventListener("htmx:config:request", addToken);
  document.addEventListener("htmx:before:response", stopFailures);
  document.addEventListener("htmx:error", reportNetwork);
  document.addEventListener("htmx:before:swap", leaveForOtherShell);
}

function addToken({ detail: { ctx } }) {
  if (ctx.request.method === "GET") return;
  ctx.request.headers["X-CSRF-Token"] = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

function stopFailures(event) {
  const { ctx } = event.detail;
  const { status } = ctx.response;
  if (status < 400 || SHOWN_IN_PLACE.has(status)) return;
  // A page that is missing is a page to read, when a whole page was asked for.
  if (status === 404 && ctx.select === "#main") return;
  event.preventDefault();
  if (status === SIGN_IN) {
    location.reload();
    return;
  }
  toast(word(MESSAGES[status] ?? "request.failed"), { tone: "late", retry: status === 403 ? null : retryOf(ctx) });
}

function reportNetwork({ detail: { ctx, error } }) {
  if (!ctx?.request || ctx.response || error?.name === "AbortError") return;
  toast(word("request.offline"), { tone: "late", retry: retryOf(ctx) });
}

// Presses again what was pressed, as long as it is still there.
function retryOf({ sourceElement, request }) {
  if (!sourceElement?.isConnected) return null;
  return () => {
    if (sourceElement.matches("form")) {
      const { submitter } = request;
      sourceElement.requestSubmit(submitter?.isConnected ? submitter : undefined);
    } else {
      sourceElement.click();
    }
  };
}

// The desk, the settings and sign-in have different frames: between them the whole page is loaded. So it is when an
// answer does not hold the part that was to be replaced, as after a redirect elsewhere.
function leaveForOtherShell(event) {
  const { ctx, tasks } = event.detail;
  const task = tasks.find(({ type }) => type === "main");
  if (!task || !ctx.select || task.swapSpec.style === "none") return;
  // What replaces only itself (the list's "more") may well have nothing to put there.
  if (task.target === ctx.sourceElement) return;
  const main = document.getElementById("main");
  const part = task.fragment.firstElementChild;
  if (part && (task.target !== main || part.dataset.shell === main.dataset.shell)) return;
  event.preventDefault();
  location.assign(ctx.response.raw.url);
}
