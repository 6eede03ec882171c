import { join } from 'node:path';
import { readmeWithSettings } from '#testing';
import { IngestConfig } from './ingest.config.js';

it('The table of settings in the README is that of the code; UPDATE_GOLDEN=1 rewrites it', () => {
  const { found, wanted } = readmeWithSettings(
    join(import.meta.dirname, '../README.md'),
    IngestConfig,
  );
  expect(found).toBe(wanted);
});
