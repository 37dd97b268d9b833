// `node --import <root>/tools/ts-hooks.mjs src/main.ts` runs TypeScript with legacy decorators and their metadata.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'rolldown/utils';

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/'))
      return nextLoad(url, context);
    const file = fileURLToPath(url);
    const { code, map, errors } = transformSync(file, readFileSync(file, 'utf8'), {
      sourcemap: true,
      tsconfig: false,
      typescript: { onlyRemoveTypeImports: true },
      decorator: { legacy: true, emitDecoratorMetadata: true },
    });
    if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0].message}`);
    const inline = Buffer.from(JSON.stringify(map)).toString('base64');
    return {
      format: 'module',
      shortCircuit: true,
      source: `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}`,
    };
  },
});
