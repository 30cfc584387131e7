// One second hand for all clocks of the page.
const clocks = new Set();
let timer = 0;

export function follow(clock) {
  clocks.add(clock);
  timer ||= setInterval(tick, 1000);
}

export function leave(clock) {
  clocks.delete(clock);
  if (clocks.size) return;
  clearInterval(timer);
  timer = 0;
}

function tick() {
  const now = Date.now();
  for (const clock of clocks) clock.show(now);
}
