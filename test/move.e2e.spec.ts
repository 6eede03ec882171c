import { Log, Shutdown } from '#runtime';
import { ownServices, testDirectory, type OwnServices } from '#testing';
import { figuresOf, isFaultless } from '../apps/hub/src/demo/demo-move.js';
import { tellMoves, type MovesOutcome } from '../apps/hub/src/demo/tell-moves.js';

const DEMO_LIMIT_MS = 180_000;

describe('a pupil who moves to another huvudman', () => {
  let services: OwnServices;
  let shutdown: Shutdown;
  let outcome: MovesOutcome;
  const story: string[] = [];

  beforeAll(async () => {
    services = await ownServices('move');
    const log = Log.create({ stage: 'hub', level: 'error' });
    shutdown = new Shutdown({ log });
    outcome = await tellMoves({
      environment: services.environment,
      directory: testDirectory(),
      seed: 1,
      log,
      shutdown,
      tell: (line) => story.push(line),
    });
  }, DEMO_LIMIT_MS);
  afterAll(async () => {
    await shutdown?.begin('the spec ends');
    await services?.stop();
  });

  it('is never without access and never at home twice, in six histories', () => {
    const figures = figuresOf(outcome, 0);
    expect(figures).toEqual({
      demo: 'move',
      histories: 6,
      accessGaps: 0,
      doubleHomes: 0,
      published: expect.any(Number) as number,
      parked: 0,
      seconds: 0,
    });
    expect(figures.published).toBeGreaterThan(100);
    expect(isFaultless(outcome, figures)).toBe(true);
  });

  it('keeps the test that they have begun, and ends where the story says', () => {
    expect(outcome.histories.map(({ history, faults }) => [history.name, faults])).toEqual([
      ['leave first', []],
      ['everything doubled', []],
      ['the new EPPN only hours later', []],
      ['a join cancelled again', []],
      ['join first', []],
      ['four weeks between leave and join', []],
    ]);
  });

  it('is told to each huvudman without a word of the other', () => {
    const { feeds, moves } = outcome;
    const places = [moves.from, moves.to];
    const secretsOf = ({ huvudman, unit }: (typeof places)[number]) => [
      huvudman.id,
      `@${huvudman.slug}.example`,
      `register-${huvudman.slug}`,
      huvudman.displayName,
      unit.id,
      unit.code,
      unit.displayName,
      ...moves.town.pupils.flatMap(({ records }) =>
        records.filter((record) => record.huvudman === huvudman.id).map(({ localId }) => localId),
      ),
    ];
    const said = feeds.map((feed) => JSON.stringify(feed));
    places.forEach((place, index) => {
      const others = secretsOf(places[1 - index]!);
      expect(others.filter((secret) => said[index]!.includes(secret))).toEqual([]);
      expect(said[index]).toContain(place.unit.code);
      expect(said[index]).toContain(`@${place.huvudman.slug}.example`);
    });
  });

  it('is not known to the two by one id', () => {
    const [left, right] = outcome.feeds.map((feed) => idsIn(feed));
    const pupils = outcome.moves.town.pupils.length;
    expect(left!.size).toBeGreaterThanOrEqual(pupils);
    const national = new Set(outcome.moves.town.calendar.tests.map(({ activity }) => activity));
    const shared = [...left!].filter((id) => right!.has(id) && !national.has(id));
    expect(shared).toEqual([]);
  });

  it('is a story that a person can read', () => {
    const text = story.join('\n');
    expect(text).toContain('History 6: four weeks between leave and join.');
    expect(text).toMatch(/trail +ingest accepted → normalise passed → test-access passed/);
    expect(text).not.toMatch(/\d{8}238\d|\d{8}239\d/);
  });
});

/** Every UUID that a feed holds, wherever it stands. */
function idsIn(feed: unknown): Set<string> {
  const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  return new Set(JSON.stringify(feed).match(uuid) ?? []);
}
