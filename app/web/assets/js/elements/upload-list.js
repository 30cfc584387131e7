// <upload-list max-bytes="…" paste-from="id of a textarea">: shows what a plain file input holds, takes files by
// drop and pasted pictures, and lets one be taken back. The input stays what is sent.
import { say } from "../say.js";
import { word } from "../words.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

// The same steps of 1024 as the server's filter, so that a limit reads the same on both sides.
function sizes(bytes) {
  const step = Math.min(Math.floor(Math.log2(bytes || 1) / 10), UNITS.length - 1);
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: UNITS[step],
    maximumFractionDigits: 1,
  }).format(bytes / 1024 ** step);
}

class UploadList extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.list = this.querySelector(".upload-files");
    this.limit = Number(this.getAttribute("max-bytes")) || Infinity;
    this.files = [...this.input.files];
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.input.addEventListener("change", () => this.add([...this.input.files]), { signal });
    this.addEventListener("dragover", (event) => this.over(event), { signal });
    this.addEventListener("dragleave", () => this.removeAttribute("data-over"), { signal });
    this.addEventListener("drop", (event) => this.drop(event), { signal });
    const field = document.getElementById(this.getAttribute("paste-from"));
    field?.addEventListener("paste", (event) => this.paste(event), { signal });
  }

  disconnectedCallback() {
    this.leaving.abort();
  }

  over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.setAttribute("data-over", "");
  }

  drop(event) {
    this.removeAttribute("data-over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    this.add([...event.dataTransfer.files]);
  }

  paste(event) {
    const images = [...event.clipboardData.files].filter(({ type }) => type.startsWith("image/"));
    if (!images.length) return;
    event.preventDefault();
    this.add(images);
  }

  add(files) {
    this.refused = files.filter(({ size }) => size > this.limit);
    const known = new Set(this.files.map(identity));
    this.files.push(...files.filter((file) => file.size <= this.limit && !known.has(identity(file))));
    this.show();
  }

  remove(file) {
    this.files = this.files.filter((other) => other !== file);
    this.refused = [];
    this.show();
    this.input.focus();
  }

  // A file input's list can only be replaced whole.
  show() {
    const transfer = new DataTransfer();
    for (const file of this.files) transfer.items.add(file);
    this.input.files = transfer.files;
    const refusals = this.refused.map(({ name }) =>
      word("upload.too_large", { name, size: sizes(this.limit) }),
    );
    this.list.replaceChildren(...this.files.map((file) => this.line(file)), ...refusals.map(refusal));
    this.list.hidden = !this.list.childElementCount;
    for (const text of refusals) say(text);
  }

  line(file) {
    const item = document.createElement("li");
    item.className = "upload-file";
    const name = text("span", file.name, "clip");
    const size = text("span", sizes(file.size), "muted");
    const button = text("button", "×", "button button-quiet button-icon");
    button.type = "button";
    button.ariaLabel = word("upload.remove", { name: file.name });
    button.addEventListener("click", () => this.remove(file));
    item.append(name, size, button);
    return item;
  }
}

const identity = ({ name, size, lastModified }) => `${name}/${size}/${lastModified}`;

function text(tag, content, className) {
  const element = document.createElement(tag);
  element.textContent = content;
  element.className = className;
  return element;
}

function refusal(words) {
  const item = text("li", words, "upload-file");
  item.dataset.refused = "";
  return item;
}

customElements.define("upload-list", UploadList);
