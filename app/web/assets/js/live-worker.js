// One stream for all tabs of this browser. Tabs say "open" with the address; each gets every signal, and whether the
// stream stands. The browser resumes a broken stream by itself, with the last id; a refused one is asked again.
const RETRY_MS = [2000, 5000, 10000, 30000];

const tabs = new Set();
let source = null;
let refusals = 0;

function tell(message) {
  for (const tab of tabs) tab.postMessage(message);
}

function open(url) {
  source = new EventSource(url);
  source.onopen = () => {
    refusals = 0;
    tell({ isOpen: true });
  };
  source.onmessage = ({ data }) => tell({ data });
  source.onerror = () => {
    tell({ isOpen: false });
    if (source.readyState === EventSource.CLOSED) reopenLater(url);
  };
}

function reopenLater(url) {
  const wait = RETRY_MS[Math.min(refusals, RETRY_MS.length - 1)];
  refusals += 1;
  setTimeout(() => tabs.size && open(url), wait);
}

function close() {
  source?.close();
  source = null;
}

self.onconnect = ({ ports: [tab] }) => {
  tab.onmessage = ({ data }) => {
    if (data.leave) {
      tabs.delete(tab);
      if (!tabs.size) close();
      return;
    }
    tabs.add(tab);
    if (!source) open(data.open);
    else tab.postMessage({ isOpen: source.readyState === EventSource.OPEN });
  };
};
