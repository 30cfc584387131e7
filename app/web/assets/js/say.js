// What screen readers hear without moving: politely, or at once for what is late or rings.
function sayIn(id, text) {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = "";
  // A region that gets the same text twice says it once: it must be empty in between.
  setTimeout(() => (region.textContent = text), 50);
}

export const say = (text) => sayIn("announcements", text);

export const sayAtOnce = (text) => sayIn("alarms", text);
