import { join } from 'node:path';
import { readmeWithSettings } from '#testing';
import { TestAccessConfig } from './test-access.config.js';

it('The table of settings in the README is that of the code; UPDATE_GOLDEN=1 rewrites it', () => {
  const { found, wanted } = readmeWithSettings(
    join(import.meta.dirname, '../README.md'),
    TestAccessConfig,
  );
  expect(found).toBe(wanted);
});
