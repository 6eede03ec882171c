import Sequencer from '@jest/test-sequencer';

const LEVELS = ['.e2e.spec.ts', '.int.spec.ts', '.spec.ts'];

/**
 * Whole hubs first, then real services, then the rest. Where Jest has not yet seen how long a spec takes it begins with the largest
 * file, and the longest specs are small files: the last of them would keep one worker busy for minutes while the other has nothing left.
 */
export default class SlowestFirst extends Sequencer {
  async sort(tests) {
    const level = ({ path }) => LEVELS.findIndex((suffix) => path.endsWith(suffix));
    return (await super.sort(tests)).toSorted((one, other) => level(one) - level(other));
  }
}
