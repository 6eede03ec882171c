import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsOf } from '#runtime';
import { goldenText } from '#testing';
import { TestAccessConfig } from './test-access.config.js';

const README = join(import.meta.dirname, '../README.md');
const HEAD = '| variable | what it holds | when not set |\n| --- | --- | --- |\n';

it('The table of settings in the README is that of the code; UPDATE_GOLDEN=1 rewrites it', () => {
  const rows = settingsOf(TestAccessConfig).map(
    ({ name, description, default: byDefault }) =>
      `| \`${name}\` | ${description} | \`${String(byDefault)}\` |`,
  );
  const text = readFileSync(README, 'utf8');
  const wanted = `${text.slice(0, text.indexOf(HEAD) + HEAD.length)}${rows.join('\n')}\n`;
  expect(goldenText(README, wanted)).toBe(wanted);
});
