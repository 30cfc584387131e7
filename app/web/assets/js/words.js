// The page's words: data the server wrote in the reader's language. No sentence is written in a script.
const block = document.getElementById("words");
const words = block ? JSON.parse(block.textContent) : {};
const rules = new Intl.PluralRules(document.documentElement.lang || "en");

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const word = (key, values = {}) => fill(words[key] ?? "", values);

// The form of `key` that goes with `count`, filled in.
export function plural(key, count) {
  const forms = words[key] ?? {};
  return fill(forms[rules.select(count)] ?? forms.other ?? "", { count });
}
