// `node --import <root>/tools/ts-hooks.mjs src/main.ts` runs TypeScript with legacy decorators and their metadata.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const cacheFolder = resolve(import.meta.dirname, '..', 'node_modules', '.cache', 'evenkeel');
const transformedFolder = join(cacheFolder, 'transformed');

const options = {
  sourcemap: true,
  tsconfig: false,
  typescript: { onlyRemoveTypeImports: true },
  decorator: { legacy: true, emitDecoratorMetadata: true },
};

/** What, besides its own text, decides what becomes of a file. */
const require = createRequire(import.meta.url);
const transformer = `rolldown ${require('rolldown/package.json').version} ${JSON.stringify(options)}`;

// Compiling some 2,000 modules anew would be a third of a warm start.
enableCompileCache(join(cacheFolder, 'compiled'));

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/'))
      return nextLoad(url, context);
    return { format: 'module', shortCircuit: true, source: javaScriptOf(fileURLToPath(url)) };
  },
});

/** From the cache, where the same transformer has seen the same text. */
const javaScriptOf = (file) => {
  const text = readFileSync(file, 'utf8');
  const mark = `\n// ${sha256(`${transformer}\n${text}`)}`;
  const cached = join(transformedFolder, `${sha256(file)}.js`);
  const found = readIfThere(cached);
  if (found?.endsWith(mark)) return found;
  const made = transform(file, text) + mark;
  keep(cached, made);
  return made;
};

const transform = (file, text) => {
  const { transformSync } = require('rolldown/utils'); // only now: with all in the cache it is never needed
  const { code, map, errors } = transformSync(file, text, options);
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0].message}`);
  const inline = Buffer.from(JSON.stringify(map)).toString('base64');
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}`;
};

const readIfThere = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/** Whole or not at all, for two processes that start together. A checkout that is closed to us only makes us slower. */
const keep = (file, content) => {
  try {
    mkdirSync(transformedFolder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, content);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Transformed again next time.
  }
};

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
