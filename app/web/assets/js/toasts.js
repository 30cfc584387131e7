// Short messages in the corner. A failed request stays until closed and offers to try again.
const STAYS_MS = 8000;

// `retry`: what "Try again" does; without it there is no such button and the message goes by itself.
export function toast(text, { tone = "accent", retry = null } = {}) {
  const place = document.getElementById("toasts");
  const template = document.getElementById("toast");
  if (!place || !template || !text) return;
  const box = template.content.firstElementChild.cloneNode(true);
  box.classList.add(`tone-${tone}`);
  box.querySelector(".toast-text").textContent = text;
  wire(box, retry);
  withdrawSame(place, text);
  place.append(box);
  if (!retry) setTimeout(() => box.remove(), STAYS_MS);
}

function wire(box, retry) {
  const again = box.querySelector("[data-retry]");
  if (retry) {
    again.addEventListener("click", () => {
      box.remove();
      retry();
    });
  } else {
    again.remove();
  }
  box.querySelector("[data-close]").addEventListener("click", () => box.remove());
}

function withdrawSame(place, text) {
  for (const old of [...place.children]) {
    if (old.querySelector(".toast-text").textContent === text) old.remove();
  }
}
