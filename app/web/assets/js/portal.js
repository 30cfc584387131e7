// Requester and engineer pages: everything works without this; it adds the running clock and the list of files.
import "./elements/sla-clock.js";
import "./elements/upload-list.js";
