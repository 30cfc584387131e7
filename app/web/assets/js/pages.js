// After a page swap: focus, title, and which navigation item is the current one.
import { say } from "./say.js";

export function watchPages() {
  openConversations(document);
  document.addEventListener("htmx:after:swap", afterSwap);
  document.addEventListener("htmx:after:history:update", markCurrent);
}

function afterSwap({ detail: { ctx } }) {
  const target = typeof ctx.target === "string" ? document.querySelector(ctx.target) : ctx.target;
  const place = target?.isConnected ? target : target?.id && document.getElementById(target.id);
  if (!place) return;
  openConversations(place);
  const summary = place.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  else if (place.id === "main") arrive(place, ctx.title);
  else if (place.id === "work") open(place, ctx.title);
  markCurrent();
}

// A conversation opens at the first unread entry, else at its end.
function openConversations(root) {
  for (const scroller of root.querySelectorAll(".conversation")) {
    const unread = scroller.querySelector(".entry-unread");
    scroller.scrollTop = unread ? unread.offsetTop - scroller.offsetTop : scroller.scrollHeight;
  }
}

// The list keeps the focus, so that the next row is one key away. When the pressed button is gone, the ticket has it.
function open(work, title) {
  if (title) {
    document.getElementById("page-title").textContent = title;
    say(title);
  }
  const head = work.querySelector("[data-open-ticket]");
  if (!head || document.activeElement !== document.body) return;
  head.tabIndex = -1;
  head.focus({ preventScroll: true });
}

function arrive(main, title) {
  if (title) say(title);
  // The page may have chosen its own first place.
  const chosen = document.activeElement;
  if (chosen !== main && main.contains(chosen)) return;
  main.focus({ preventScroll: true });
}

// The navigation stands outside #main, so the server's mark is that of the first page.
function markCurrent() {
  for (const nav of document.querySelectorAll("[data-marks-current]")) {
    const links = [...nav.querySelectorAll("a[href]:not(.menu-item)")];
    const best = links.filter(leadsHere).sort((a, b) => b.pathname.length - a.pathname.length)[0];
    if (!best) continue;
    for (const link of links) link.toggleAttribute("aria-current", false);
    best.setAttribute("aria-current", "page");
  }
}

function leadsHere({ pathname }) {
  const here = location.pathname;
  return here === pathname || here.startsWith(pathname.endsWith("/") ? pathname : `${pathname}/`);
}
