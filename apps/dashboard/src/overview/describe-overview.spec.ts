import { describeOverview, type Figures } from './describe-overview.js';
import { PIPELINE } from './pipeline.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const secondsAgo = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

const STAGES = ['ingest', 'normalise', 'test-access', 'publish', 'dashboard'];

function seen(more: Partial<Figures> = {}): Figures {
  return {
    at: NOW,
    lags: [],
    activity: [],
    signs: STAGES.map((stage) => ({ stage, at: secondsAgo(3), parked: [] })),
    processes: [],
    findings: [],
    findingCounts: [],
    ...more,
  };
}

const stateOf = (figures: Figures, stage: string) =>
  describeOverview(PIPELINE, figures).stages.find((one) => one.stage === stage)!;

describe('how a stage fares', () => {
  it('well, when it gives signs and nothing waits', () => {
    const { stages, kafkaAnswers } = describeOverview(PIPELINE, seen());
    expect(kafkaAnswers).toBe(true);
    expect(stages.map(({ stage, state }) => [stage, state])).toEqual([
      ['ingest', 'ok'],
      ['normalise', 'ok'],
      ['test-access', 'ok'],
      ['publish', 'ok'],
      ['dashboard', 'ok'],
    ]);
  });

  it('silent, when its last sign is a quarter of a minute old or it never gave one', () => {
    const signs = [
      { stage: 'normalise', at: secondsAgo(16), parked: [] },
      { stage: 'publish', at: secondsAgo(14), parked: [] },
    ];
    expect(stateOf(seen({ signs }), 'normalise').state).toBe('silent');
    expect(stateOf(seen({ signs }), 'publish').state).toBe('ok');
    expect(stateOf(seen({ signs }), 'test-access').state).toBe('silent');
  });

  it('behind, when an event has waited more than a minute in any of its groups', () => {
    const lags = [
      { stage: 'normalise', group: 'normalise.elevregister', events: 4_000, seconds: 61 },
      { stage: 'normalise', group: 'normalise.absence', events: 2, seconds: 1 },
    ];
    expect(stateOf(seen({ lags }), 'normalise')).toMatchObject({
      state: 'behind',
      lagEvents: 4_002,
      lagSeconds: 61,
    });
  });

  it('unknown in its lag, when Kafka does not answer', () => {
    expect(describeOverview(PIPELINE, seen({ lags: undefined })).kafkaAnswers).toBe(false);
    expect(stateOf(seen({ lags: undefined }), 'publish')).toMatchObject({
      lagEvents: null,
      lagSeconds: null,
    });
  });

  it('in need of attention, when it has parked something; the largest group comes first', () => {
    const since = secondsAgo(600).toISOString();
    const group = { code: 'bad-data', causeGroup: 'source/register-malmo', events: 3, since };
    const signs = seen().signs.map((sign) =>
      sign.stage === 'normalise'
        ? { ...sign, parked: [group, { ...group, code: 'unknown-source', events: 9 }] }
        : sign,
    );
    expect(stateOf(seen({ signs }), 'normalise')).toMatchObject({
      state: 'attention',
      parkedEvents: 12,
    });
    expect(describeOverview(PIPELINE, seen({ signs })).parked.map(({ events }) => events)).toEqual([
      9, 3,
    ]);
  });
});

describe('moves in progress', () => {
  it('are the open findings about a pupil’s access, not those about sources', () => {
    const finding = {
      id: 'x',
      stage: 'test-access',
      source: null,
      huvudman: 'malmo00001',
      subject: 'p1',
      since: secondsAgo(60),
      mustAct: 'huvudman' as const,
    };
    const { moves, movesTotal } = describeOverview(
      PIPELINE,
      seen({
        findings: [
          { ...finding, cause: 'move-awaiting' },
          { ...finding, cause: 'source-silent' },
        ],
        findingCounts: [
          { cause: 'move-awaiting', findings: 700, since: secondsAgo(60) },
          { cause: 'source-silent', findings: 1, since: secondsAgo(60) },
        ],
      }),
    );
    expect(moves).toEqual([
      {
        cause: 'move-awaiting',
        person: 'p1',
        huvudman: 'malmo00001',
        since: finding.since.toISOString(),
        mustAct: 'huvudman',
      },
    ]);
    expect(movesTotal).toBe(700);
  });
});
