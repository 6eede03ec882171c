import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalServiceError } from '#local-services';
import { Credentials } from '../door/credentials.js';
import { checkKeptFiles, townFileIn } from './kept-files.js';

describe('what the sandbox has kept', () => {
  let directory: string;
  const put = (name: string, text: string): void =>
    writeFileSync(join(directory, 'sandbox', name), text);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'elevnav-sandbox-'));
    mkdirSync(join(directory, 'sandbox'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('may be nothing yet, or a town of another seed', async () => {
    expect(() => checkKeptFiles(directory)).not.toThrow();
    put('town.json', '{"town":{"seed":2},"isFilled":true}');
    const client = { clientId: 'vendor-a', clientSecret: 'a secret of some length', scopes: [] };
    put('credentials.json', JSON.stringify([client]));
    expect(() => checkKeptFiles(directory)).not.toThrow();
    expect(townFileIn(directory).read(1)).toBeUndefined();
    expect(townFileIn(directory).read(2)).toBeDefined();
    const files = { path: join(directory, 'sandbox/credentials.json'), issuerDirectory: directory };
    const credentials = await Credentials.issue(files, { 'vendor-a': ['events:write'] });
    expect(credentials.of('vendor-a').clientSecret).toBe(client.clientSecret);
  });

  it.each([
    ['town.json', '{"town":{"seed":1,'],
    ['town.json', '{}'],
    ['town.json', 'null'],
    ['credentials.json', '[{"clientId":"vendor-a"'],
    ['credentials.json', '{}'],
    ['credentials.json', '[{"clientId":"vendor-a"}]'],
  ])('says in one sentence that %s is half written: %s', (name, text) => {
    put(name, text);
    const check = (): void => checkKeptFiles(directory);
    expect(check).toThrow(LocalServiceError);
    expect(check).toThrow(join(directory, 'sandbox', name));
    expect(check).toThrow('`npm start -- --fresh`');
  });
});
