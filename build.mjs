// Bundles app/web/assets into app/web/static/dist: hashed files, manifest.json, one icon sprite,
// the licences of what was bundled; fails when an entry is over its budget.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const SOURCE = "app/web/assets";
const TARGET = "app/web/static/dist";

// Entry → budget in bytes, gzip (null: counted, not limited).
const ENTRIES = {
  "js/app.js": 40_000,
  "js/portal.js": 10_000,
  "js/live-worker.js": 4_000,
  "css/app.css": 16_000,
  "css/portal.css": 10_000,
  "css/document.css": null,
};

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();

async function bundle() {
  const { metafile } = await build({
    entryPoints: Object.keys(ENTRIES).map((entry) => join(SOURCE, entry)),
    outdir: TARGET,
    entryNames: "[name].[hash]",
    chunkNames: "[name].[hash]",
    assetNames: "[name].[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    metafile: true,
    legalComments: "linked",
    loader: { ".woff2": "file" },
    target: ["chrome125", "firefox128", "safari17.5"],
    logLevel: "warning",
  });
  return metafile;
}

function sprite() {
  const names = readFileSync(join(SOURCE, "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const svg = readFileSync(join("node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  const bytes = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  const file = `icons.${hash(bytes)}.svg`;
  writeFileSync(join(TARGET, file), bytes);
  return file;
}

function thirdParty(metafile) {
  const packages = new Set(["lucide-static"]);
  for (const input of Object.keys(metafile.inputs)) {
    const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (match) packages.add(match[1]);
  }
  return [...packages].sort().map(licenceOf).join(`\n${"-".repeat(72)}\n\n`);
}

function licenceOf(name) {
  const folder = join("node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file && !license) throw new Error(`${name} names no licence`);
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}

// The names of entries as pages ask for them → hashed file names.
function manifestOf(metafile, icons) {
  const manifest = { "icons.svg": icons };
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint && !output.endsWith(".txt")) manifest[basename(entryPoint)] = basename(output);
  }
  return manifest;
}

// An entry and the chunks it always loads, as they cross the network.
function gzipSize(metafile, output) {
  const needed = new Set();
  const visit = (file) => {
    if (needed.has(file)) return;
    needed.add(file);
    for (const { path, kind } of metafile.outputs[file].imports) {
      if (kind === "import-statement" && metafile.outputs[path]) visit(path);
    }
  };
  visit(output);
  return [...needed].reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
}

function isWithinBudget(metafile, manifest) {
  let fits = true;
  for (const [entry, budget] of Object.entries(ENTRIES)) {
    const size = gzipSize(metafile, join(TARGET, manifest[basename(entry)]));
    const verdict = budget === null ? "" : size > budget ? `over ${budget}` : `of ${budget}`;
    if (budget !== null && size > budget) fits = false;
    console.log(`${basename(entry).padEnd(16)} ${String(size).padStart(6)} B gzip  ${verdict}`);
  }
  return fits;
}

if (existsSync(TARGET)) rmSync(TARGET, { recursive: true });
mkdirSync(TARGET, { recursive: true });
const metafile = await bundle();
const manifest = manifestOf(metafile, sprite());
writeFileSync(join(TARGET, "THIRD-PARTY.txt"), thirdParty(metafile));
if (!isWithinBudget(metafile, manifest)) process.exit(1);
// Written last: while it is absent there is nothing to serve.
writeFileSync(join(TARGET, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
