import { readFileSync } from 'node:fs';
import { settingsOf } from '#runtime';
import { goldenText } from './golden-text.js';

const HEAD = '| variable | what it holds | when not set |\n| --- | --- | --- |\n';

/**
 * A README whose last part is the table of its settings, to be compared with what the code says. With `UPDATE_GOLDEN=1` the table is
 * written anew first.
 *
 * @throws Error when the README has no such table: it is then not rewritten.
 */
export function readmeWithSettings(
  readme: string,
  config: Parameters<typeof settingsOf>[0],
): { readonly found: string; readonly wanted: string } {
  const text = readFileSync(readme, 'utf8');
  const at = text.indexOf(HEAD);
  if (at === -1) throw new Error(`${readme} has no table that begins with:\n${HEAD}`);
  const rows = settingsOf(config).map(
    ({ name, description, default: byDefault }) =>
      `| \`${name}\` | ${description} | \`${String(byDefault)}\` |`,
  );
  const wanted = `${text.slice(0, at + HEAD.length)}${rows.join('\n')}\n`;
  return { found: goldenText(readme, wanted), wanted };
}
