import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listProblemKinds } from '#runtime';
import { goldenText, readmeWithSettings } from '#testing';
import { describeProblems, unplaced } from '../test/describe-problems.js';
import { IngestConfig } from './ingest.config.js';

const README = join(import.meta.dirname, '../README.md');

it('The table of settings in the README is that of the code; UPDATE_GOLDEN=1 rewrites it', () => {
  const { found, wanted } = readmeWithSettings(README, IngestConfig);
  expect(found).toBe(wanted);
});

it('The table of problems in the README is that of the code; UPDATE_GOLDEN=1 rewrites it', () => {
  expect(unplaced(listProblemKinds())).toEqual([]);
  const text = readFileSync(README, 'utf8');
  const [begin, end] = ['## Problems\n\n', '\n\n## Settings'].map((head) => text.indexOf(head));
  expect([begin, end]).not.toContain(-1);
  const before = text.slice(0, begin! + '## Problems\n\n'.length);
  const wanted = before + describeProblems() + text.slice(end);
  expect(goldenText(README, wanted)).toBe(wanted);
});
