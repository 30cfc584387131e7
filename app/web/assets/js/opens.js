// Small behaviour that markup asks for: data-opens (dialog), data-toggles (drawer), data-submits (a choice
// that sends its form), menus that close by themselves.
// Escape closes menus and drawers; the browser itself closes dialogs.
export function watchOpeners() {
  document.addEventListener("click", onClick);
  document.addEventListener("change", ({ target }) => target.matches("[data-submits]") && target.form.requestSubmit());
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    closeMenus(null);
    closeDrawers();
  });
  document.addEventListener("focusin", ({ target }) => closeMenus(target));
}

function onClick({ target }) {
  closeMenus(target);
  const opener = target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const toggler = target.closest("[data-toggles]");
  if (toggler) toggle(document.getElementById(toggler.dataset.toggles));
}

function toggle(drawer) {
  if (!drawer) return;
  const isOpen = drawer.toggleAttribute("data-open");
  const openers = document.querySelectorAll(`[aria-controls="${CSS.escape(drawer.id)}"]`);
  for (const opener of openers) opener.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) drawer.querySelector("a, button, input, [tabindex]")?.focus();
  else openers[0]?.focus();
}

function closeDrawers() {
  for (const drawer of document.querySelectorAll("[data-open]")) toggle(drawer);
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (target && menu.contains(target)) continue;
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus && !target) menu.querySelector("summary").focus();
  }
}
