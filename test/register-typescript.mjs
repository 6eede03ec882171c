// Lets Node itself load the TypeScript sources, for what runs outside Jest's own transform (its global set-up, child
// processes of specs), so that none of it needs `npm run build` first.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

import { transformSync } from '@swc/core';

const configFile = fileURLToPath(new URL('../.swcrc', import.meta.url));

registerHooks({
  resolve(specifier, context, next) {
    const isOurs = context.parentURL?.endsWith('.ts') && specifier.startsWith('.');
    const source = isOurs ? specifier.replace(/\.js$/, '.ts') : specifier;
    return next(source, { ...context, conditions: [...context.conditions, 'elevnav-source'] });
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const options = { filename, configFile, sourceMaps: 'inline' };
    const { code } = transformSync(readFileSync(filename, 'utf8'), options);
    return { format: 'module', shortCircuit: true, source: code };
  },
});
