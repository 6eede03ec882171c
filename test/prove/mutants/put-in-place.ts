import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { StandIn } from './stand-in.js';

const REAL = '?real';

/**
 * From now on, whoever imports the rule in this thread gets the faulty stand-in. Rules have no seam for tests: the module loader
 * hands out a module that exports what the real one does, but for the one rule, which is made from the real one.
 */
export function putInPlace({ name, file, rule }: StandIn): void {
  const faulty = new URL('./faulty-rules.js', import.meta.url).href;
  registerHooks({
    load(url, context, next) {
      if (!url.endsWith(`/${file}.js`)) return next(url, context);
      const source = [
        `import * as real from ${JSON.stringify(url + REAL)};`,
        `import { FAULTY_RULES } from ${JSON.stringify(faulty)};`,
        ...exportsOf(url)
          .filter((one) => one !== rule)
          .map((one) => `export const ${one} = real.${one};`),
        `export const ${rule} = FAULTY_RULES.find(({ name }) => name === ${JSON.stringify(name)}).make(real.${rule});`,
      ];
      return { format: 'module', shortCircuit: true, source: source.join('\n') };
    },
  });
}

/** A comment may stand before it on its line. */
const EXPORT = /\bexport (?:async )?(?:function\*?|const|class) (\w+)/gm;

function exportsOf(url: string): string[] {
  const text = readFileSync(fileURLToPath(url), 'utf8');
  return [...text.matchAll(EXPORT)].map(([, name]) => name!);
}
