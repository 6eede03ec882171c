import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldenText } from '#testing';
import { HttpConfig, IssuerConfig, LogConfig, settingsOf } from './index.js';

const README = join(import.meta.dirname, '../README.md');

function rows(): string[] {
  return [LogConfig, HttpConfig, IssuerConfig].flatMap(settingsOf).map((setting) => {
    const { name, description, default: byDefault, isOptional } = setting;
    const absent = isOptional ? '' : 'refuses to start';
    return `| \`${name}\` | ${description} | ${byDefault === undefined ? absent : `\`${String(byDefault)}\``} |`;
  });
}

describe('the table of settings in the README', () => {
  it('is that of the code; UPDATE_GOLDEN=1 rewrites it', () => {
    const text = readFileSync(README, 'utf8');
    const head = text.slice(
      0,
      text.indexOf('| --- | --- | --- |') + '| --- | --- | --- |\n'.length,
    );
    const wanted = `${head}${rows().join('\n')}\n`;
    expect(goldenText(README, wanted)).toBe(wanted);
  });
});
