/**
 * Puts the TDesign components that are used, and what those use, where the platform looks for packages, and says how large all of it is.
 * The developer tool's 构建 npm does the same with the whole library.
 *
 * Exit status 1 where the main package would be over the platform's limit.
 */
const { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync } = require("node:fs");
const { dirname, join, posix } = require("node:path");
const { gzipSync } = require("node:zlib");

const HERE = join(__dirname, "..");
const ROOT = join(HERE, "miniprogram");
const LIBRARY = join(HERE, "node_modules", "tdesign-miniprogram", "miniprogram_dist");
const TARGET = join(ROOT, "miniprogram_npm", "tdesign-miniprogram");
const NAME = "tdesign-miniprogram/";
/** Bytes of a main package (基础能力 · 分包加载). */
const LIMIT = 2 * 1024 * 1024;

const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const files = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? files(join(folder, one.name)) : [join(folder, one.name)]));

/** Components of the library that ours use, by themselves or through others: paths in it, without an ending. */
function used() {
  const found = new Set();
  const add = (path) => {
    if (found.has(path) || !existsSync(join(LIBRARY, `${path}.json`))) return;
    found.add(path);
    for (const other of Object.values(json(join(LIBRARY, `${path}.json`)).usingComponents ?? {})) add(posix.join(posix.dirname(path), other));
  };
  for (const path of files(ROOT).filter((one) => one.endsWith(".json") && !one.includes("miniprogram_npm"))) {
    for (const other of Object.values(json(path).usingComponents ?? {})) if (other.startsWith(NAME)) add(other.slice(NAME.length));
  }
  return [...found].sort();
}

/** Folders that code and templates of these components reach for beside them. */
function reached(components) {
  const folders = new Set(components.map((path) => posix.dirname(path).split("/")[0]));
  const look = [...folders];
  for (let folder = look.pop(); folder; folder = look.pop()) {
    for (const path of files(join(LIBRARY, folder)).filter((one) => /\.(js|wxml|wxs|wxss)$/.test(one))) {
      const inside = posix.dirname(path.slice(LIBRARY.length + 1));
      for (const [, other] of readFileSync(path, "utf8").matchAll(/["'](\.\.?\/[\w./-]+)["']/g)) {
        const next = posix.join(inside, other).split("/")[0];
        if (next && !next.startsWith(".") && !folders.has(next) && existsSync(join(LIBRARY, next)) && statSync(join(LIBRARY, next)).isDirectory()) {
          folders.add(next);
          look.push(next);
        }
      }
    }
  }
  return [...folders].sort();
}

rmSync(dirname(TARGET), { recursive: true, force: true });
const components = used();
const folders = reached(components);
for (const folder of folders) cpSync(join(LIBRARY, folder), join(TARGET, folder), { recursive: true, filter: (path) => !/\.d\.ts$|\.md$/.test(path) });
if (existsSync(join(LIBRARY, "miniprogram_npm"))) cpSync(join(LIBRARY, "miniprogram_npm"), join(ROOT, "miniprogram_npm"), { recursive: true });

const all = files(ROOT);
const size = all.reduce((sum, path) => sum + statSync(path).size, 0);
const packed = all.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
const ours = all.filter((path) => !path.includes("miniprogram_npm")).reduce((sum, path) => sum + statSync(path).size, 0);
console.log(JSON.stringify({ components: components.length, folders: folders.length, bytes: size, gzip: packed, ours, limit: LIMIT }));
process.exitCode = size > LIMIT ? 1 : 0;
