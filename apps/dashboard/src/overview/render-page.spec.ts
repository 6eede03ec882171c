import { createHash } from 'node:crypto';
import { OUTCOMES } from '#canonical';
import { MOVE_CAUSES, describeOverview, type Figures, type Overview } from './describe-overview.js';
import { PIPELINE } from './pipeline.js';
import { PAGE_POLICY, renderPage } from './render-page.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const EVIL = `"><script>alert('x')</script>`;
const nameOf = () => undefined;

function overview(more: Partial<Figures> = {}): Overview {
  const signs = PIPELINE.map(({ stage }) => ({ stage, at: NOW, parked: [] }));
  return describeOverview(PIPELINE, {
    at: NOW,
    lags: [],
    activity: [],
    signs,
    processes: [],
    findings: [],
    findingCounts: [],
    ...more,
  });
}

describe('the page', () => {
  it('says that all is well when it is', () => {
    const page = renderPage(overview(), { nameOf });
    expect(page).toContain('<html lang="sv">');
    expect(page).toContain('Allt fungerar.');
    expect(page).toContain('2026-11-20 11:00:00'); // the time in Stockholm
  });

  it('counts as people do: one is no plural, and thousands stand apart', () => {
    const lag = { stage: 'publish', group: 'publish', seconds: 4 };
    const waiting = (events: number) =>
      renderPage(overview({ lags: [{ ...lag, events }] }), { nameOf }).replaceAll('\u00a0', ' ');
    expect(waiting(1)).toContain('1 händelse, 4 s');
    expect(waiting(12_345)).toContain('12 345 händelser, 4 s');
  });

  it('says first of all how many pupils cannot reach the tests', () => {
    const page = renderPage(
      overview({ findingCounts: [{ cause: 'access-gap', findings: 3, since: NOW }] }),
      { nameOf },
    );
    expect(page).toContain('3 elever når inte provtjänsten');
  });

  it('says that a stage was killed and began anew, when all is well again', () => {
    const process = { id: 'a', stage: 'publish', ended: false, startedAt: new Date(0) };
    const killed = { ...process, at: new Date('2026-11-20T09:50:00Z') };
    const back = { ...process, id: 'b', startedAt: new Date('2026-11-20T09:50:04Z'), at: NOW };
    const once = renderPage(overview({ processes: [killed, back] }), { nameOf });
    expect(once).toContain('Allt fungerar.');
    expect(once).toContain('Utskick avbröts och startade om 2026-11-20 10:50:04');
    const ended = { ...killed, ended: true };
    const stopped = { ...ended, id: 'c', at: new Date('2026-11-20T09:40:00Z') };
    const begun = { ...killed, startedAt: new Date('2026-11-20T09:40:04Z') };
    const both = renderPage(overview({ processes: [stopped, begun, back] }), { nameOf });
    expect(both).toContain('Utskick avbröts och startade om 2026-11-20 10:50:04');
    const ordered = renderPage(overview({ processes: [ended, back] }), { nameOf });
    expect(ordered).toContain('Utskick startades om i ordning 2026-11-20 10:50:04');
    expect(renderPage(overview({ processes: [back] }), { nameOf })).not.toContain('startade om');
  });

  it('says which source is silent, whose it is and what to do; all is not well then', () => {
    const silent = { id: 'source-silent/register-are', stage: 'normalise', cause: 'source-silent', source: 'register-are', huvudman: 'are0000001', subject: null, since: NOW, mustAct: 'huvudman' } as const; // prettier-ignore
    const page = renderPage(overview({ findings: [silent] }), { nameOf: () => 'Åre kommun' });
    expect(page).toContain('Tysta källor');
    expect(page).toContain('register-are');
    expect(page).toContain('Åre kommun');
    expect(page).not.toContain('Allt fungerar.');
    expect(renderPage(overview(), { nameOf })).not.toContain('Tysta källor');
  });

  it('says what to do about what is parked, and escapes what the cause is called', () => {
    const parked = [{ code: 'bad-data', causeGroup: EVIL, events: 4, since: NOW.toISOString() }];
    const page = renderPage(overview({ signs: [{ stage: 'normalise', at: NOW, parked }] }), {
      nameOf,
    });
    expect(page).toContain('Leverantören rättar de fält som pekas ut');
    expect(page).not.toContain(EVIL);
    expect(page).toContain('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;');
  });

  it('escapes what was searched for and what was found', () => {
    const step = {
      stage: EVIL,
      at: NOW,
      cause: EVIL,
      type: EVIL,
      subject: EVIL,
      outcome: 'parked' as const,
      detail: EVIL,
    };
    const page = renderPage(overview(), {
      nameOf: () => EVIL,
      search: { id: EVIL, steps: [step] },
    });
    expect(page).not.toContain(EVIL);
    expect(page).toContain('parkerades, eftersom något saknades eller var fel');
  });

  it('has words for every outcome and every state of a move', () => {
    const steps = OUTCOMES.map((outcome) => ({
      stage: 'publish',
      at: NOW,
      cause: 'c',
      type: 't',
      outcome,
    }));
    const findings = MOVE_CAUSES.map((cause) => ({
      id: cause,
      stage: 'test-access',
      cause,
      source: null,
      huvudman: 'malmo00001',
      subject: 'p1',
      since: NOW,
      mustAct: 'nobody' as const,
    }));
    const page = renderPage(overview({ findings }), {
      nameOf: () => 'Malmö stad',
      search: { id: 'c', steps },
    });
    expect(page).not.toContain('undefined');
    expect(page).toContain('Malmö stad');
    for (const outcome of OUTCOMES) expect(page).not.toContain(`>${outcome}<`);
  });

  it('refreshes by itself, also without a script, but not while an answer is read', () => {
    const plain = renderPage(overview(), { nameOf });
    expect(plain).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
    const answer = renderPage(overview(), { nameOf, search: { id: 'x', steps: [] } });
    expect(answer).not.toContain('http-equiv="refresh"');
    expect(answer).not.toContain('<script>');
  });

  it('runs exactly the script and style that its policy allows', () => {
    const page = renderPage(overview(), { nameOf });
    for (const element of ['script', 'style']) {
      const [, text] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page)!;
      const hash = createHash('sha256').update(text!).digest('base64');
      expect(PAGE_POLICY).toContain(`${element}-src 'sha256-${hash}'`);
    }
    expect(PAGE_POLICY).toContain("default-src 'none'");
  });
});
