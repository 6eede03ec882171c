import { basename } from 'node:path';

import Sequencer from '@jest/test-sequencer';

const LEVELS = ['.int.spec.ts', '.spec.ts'];

/** The specs of whole hubs, slowest first as measured: a first run cannot know it, and those that last longest are the smallest files. */
const WHOLE_HUBS = ['faults', 'restore', 'start', 'histories', 'move', 'replay'];
/** Of so many specs of real services one whole hub is begun. A hub needs both cores, and those specs mostly wait for services. */
const HUB_EVERY = 5;

/**
 * Whole hubs from the beginning, but not all at once; between them real services; the rest last. Where Jest has not yet seen how long a
 * spec takes it begins with the largest file, and the longest specs are small files: the last of them would keep one worker busy for
 * minutes while the others have nothing left.
 */
export default class SlowestFirst extends Sequencer {
  async sort(tests) {
    const level = ({ path }) => LEVELS.findIndex((suffix) => path.endsWith(suffix));
    const sorted = await super.sort(tests);
    const hubs = sorted.filter(isWholeHub).toSorted((one, other) => rankOf(one) - rankOf(other));
    const others = sorted.filter((test) => !isWholeHub(test));
    const queue = others.toSorted((one, other) => level(one) - level(other));
    hubs.forEach((hub, index) => queue.splice(index * HUB_EVERY, 0, hub));
    return queue;
  }
}

function isWholeHub({ path }) {
  return path.endsWith('.e2e.spec.ts');
}

/** One that is not listed yet counts as the slowest. */
function rankOf({ path }) {
  return WHOLE_HUBS.indexOf(basename(path, '.e2e.spec.ts'));
}
