// Bundles the pages' styles and scripts into the folder given as the first argument (default: ../static/built)
// and gathers the licence texts of every package that went into a bundle.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(here, '..', 'static', 'built'));

const result = await build({
  absWorkingDir: here,
  entryPoints: { pages: 'src/pages.js', diagram: 'src/diagram.js', public: 'src/public.css' },
  outdir: target,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2020'],
  legalComments: 'none', // the whole texts are in LICENSES.txt
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'empty', '.svg': 'file' },
  metafile: true,
  logLevel: 'warning',
});

/** The packages whose files are in a bundle, as folder → name. */
function bundledPackages(inputs) {
  const folders = new Map();
  for (const input of Object.keys(inputs)) {
    const match = input.match(/^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//);
    if (match) folders.set(match[1], match[2]);
  }
  return [...folders].sort(([, a], [, b]) => a.localeCompare(b));
}

/** The licence text a package ships; the licence's name when it ships none. */
function licenceOf(folder) {
  const path = join(here, folder);
  const about = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const files = readdirSync(path).filter((name) => /^(licen[sc]e|copying)/i.test(name)).sort();
  const texts = files.map((name) => readFileSync(join(path, name), 'utf8').trim());
  return { about, text: texts.join('\n\n') || `Licence: ${about.license} (the package ships no text)` };
}

if (!existsSync(target)) mkdirSync(target, { recursive: true });
const sections = bundledPackages(result.metafile.inputs).map(([folder, name]) => {
  const { about, text } = licenceOf(folder);
  return `${name} ${about.version}\n${'='.repeat(72)}\n${text}\n`;
});
writeFileSync(join(target, 'LICENSES.txt'), sections.join('\n'));
