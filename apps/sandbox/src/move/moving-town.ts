import type { Day } from '#canonical';
import { inventPupils } from '../invent/invent-people.js';
import { inventTown } from '../invent/invent-town.js';
import type { PublicData } from '../invent/public-data.js';
import { Random } from '../invent/random.js';
import type { Town } from '../invent/town.js';

const LAST_YEAR_OF_GR = 9;

/**
 * A town of two huvudmän, a municipal and an independent one, with a school each, and one pupil of year 9 at the municipal school for
 * every move that is to be told.
 */
export function inventMovingTown(
  { seed, day, pupils }: { readonly seed: number; readonly day: Day; readonly pupils: number },
  data: PublicData,
): Town {
  const town = inventTown({ seed, day, pupils: 0, staff: 0 }, data);
  const units = town.units.filter(
    ({ schoolType, firstYear, lastYear }) =>
      schoolType === 'GR' && firstYear === 1 && lastYear === LAST_YEAR_OF_GR,
  );
  const unitOf = (owner: string) =>
    units.find(({ huvudman }) => town.huvudmen.find(({ id }) => id === huvudman)?.owner === owner)!;
  const [from, to] = [unitOf('municipal'), unitOf('independent')];
  const huvudmen = [from, to].map(({ huvudman }) =>
    town.huvudmen.find(({ id }) => id === huvudman)!,
  );
  const place = { day, units: [{ ...from, firstYear: LAST_YEAR_OF_GR }], huvudmen, pupils };
  return {
    ...town,
    huvudmen,
    units: [from, to],
    pupils: inventPupils(new Random('moving', seed), place, data.pupilNumbers),
  };
}
