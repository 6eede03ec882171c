import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubError } from './hub-error.js';
import { readOrMakeKeys } from './keys-file.js';

describe('the keys of a data folder', () => {
  let directory: string;
  let path: string;
  const putData = (): string | undefined =>
    mkdirSync(join(directory, 'postgres/data'), { recursive: true });
  const keys = (fresh = false, given = {}) => readOrMakeKeys(directory, { fresh, given });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'elevnav-keys-'));
    path = join(directory, 'keys.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are made once, and only their owner may read them', () => {
    const made = keys();
    putData();
    expect(keys()).toEqual(made);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('are not made anew beside data that other keys have sealed', () => {
    putData();
    expect(() => keys()).toThrow(HubError);
    expect(() => keys()).toThrow(
      `${path} is missing, and without it the data beside it cannot be opened: bring the file back`,
    );
    expect(existsSync(path)).toBe(false);
  });

  it('start over with the data', () => {
    const made = keys();
    expect(keys(true)).not.toEqual(made);
  });

  it.each(['{"IDENTITY_KEY":"x"', '{"IDENTITY_KEY":"x"}', 'null'])(
    'are asked back when the file holds %s',
    (text) => {
      writeFileSync(path, text);
      expect(() => keys()).toThrow(`${path} cannot be read: put the file back from a copy`);
    },
  );

  it('are those of the environment where it gives them', () => {
    const given = { IDENTITY_KEY: 'an identity key', MASTER_KEYS: 'a:master key' };
    putData();
    expect(keys(false, given)).toEqual(given);
    expect(existsSync(path)).toBe(false);
    const { MASTER_KEYS } = given;
    expect(() => keys(false, { MASTER_KEYS })).toThrow('is missing');
    rmSync(join(directory, 'postgres'), { recursive: true });
    expect(keys(false, { MASTER_KEYS })).toEqual({ ...keys(), MASTER_KEYS });
  });
});
