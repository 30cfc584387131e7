// Desk, partner and office pages.
import "htmx.org";
import "@github/markdown-toolbar-element";
import "@github/relative-time-element";
import "./elements/reply-box.js";
import "./elements/row-list.js";
import "./elements/sla-clock.js";
import "./elements/upload-list.js";
import { watchKeys } from "./keys.js";
import { watchSignals } from "./live.js";
import { watchOpeners } from "./opens.js";
import { watchPages } from "./pages.js";
import { watchRequests } from "./requests.js";

watchRequests();
watchPages();
watchOpeners();
watchKeys();
watchSignals();
