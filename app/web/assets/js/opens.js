// Small behaviour that markup asks for: data-opens (dialog), data-toggles (drawer), menus that close by themselves.
export function watchOpeners() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") closeMenus(null);
  });
  document.addEventListener("focusin", ({ target }) => closeMenus(target));
}

function onClick({ target }) {
  closeMenus(target);
  const opener = target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const toggler = target.closest("[data-toggles]");
  if (toggler) toggle(toggler, document.getElementById(toggler.dataset.toggles));
}

function toggle(button, drawer) {
  if (!drawer) return;
  const isOpen = drawer.toggleAttribute("data-open");
  button.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) drawer.querySelector("a, button, input, [tabindex]")?.focus();
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (target && menu.contains(target)) continue;
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus && !target) menu.querySelector("summary").focus();
  }
}
