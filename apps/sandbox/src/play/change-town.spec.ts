import { adapterNamed } from '#adapters';
import { SCHEMAS, type SourceSetting } from '#canonical';
import { inventTown } from '../invent/invent-town.js';
import { publicData } from '../invent/public-data.js';
import type { Town } from '../invent/town.js';
import type { Saying } from '../systems/source-event.js';
import { settingsOf } from '../systems/sources.js';
import { changeTown } from './change-town.js';

const DAY = '2026-11-23';
const CHANGES = 2_000;

const newTown = (): Town => inventTown({ seed: 3, day: DAY, pupils: 300, staff: 30 }, publicData());

function live(town: Town, changes: number): Saying[] {
  const start = Date.parse(`${DAY}T08:00:00Z`);
  return Array.from({ length: changes }, (_, index) =>
    changeTown(town, new Date(start + index * 500)),
  ).flat();
}

describe('a town that lives', () => {
  const town = newTown();
  const sayings = live(town, CHANGES);

  it('lives the same life for the same seed', () => {
    expect(live(newTown(), CHANGES)).toEqual(sayings);
  });

  it('goes on from where it was put aside', () => {
    const first = newTown();
    live(first, 100);
    const woken = JSON.parse(JSON.stringify(first)) as Town;
    expect(live(woken, 50)).toEqual(live(first, 50));
  });

  it('says nothing that the hub does not understand', () => {
    const sources = settingsOf(town).filter((setting) => setting.kind === 'source');
    for (const { source, event } of sayings) {
      const setting = sources.find(({ id }) => id === source) as SourceSetting;
      const adapter = adapterNamed(setting.adapter)!;
      expect(adapter.types).toContain(event.type);
      const admission = adapter.admit({ type: event.type, data: event.data });
      expect(admission).toMatchObject({ ok: true });
      if (!admission.ok) continue;
      const { type, time } = event;
      expect(adapter.translate({ type, data: admission.data, time })).toMatchObject({ ok: true });
    }
  });

  it('has settings of the right shape', () => {
    for (const setting of settingsOf(town)) expect(SCHEMAS.setting.faults(setting)).toEqual([]);
  });

  it('says no two things with one event id', () => {
    const ids = sayings.map(({ event }) => `${event.source} ${event.id}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has pupils who move between huvudmän, their old record kept beside the new', () => {
    const movers = town.pupils.filter(({ records }) => records.length > 1);
    expect(movers.length).toBeGreaterThan(10);
    for (const { records } of movers) {
      expect(new Set(records.map(({ huvudman }) => huvudman)).size).toBe(records.length);
    }
  });

  it('says every kind of thing', () => {
    expect([...new Set(sayings.map(({ event }) => event.type))].sort()).toEqual([
      'canvas.enrollment_created',
      'canvas.user_updated',
      'ss12000.absence.deleted',
      'ss12000.absence.reported',
      'ss12000.attendance.reported',
      'ss12000.duty.changed',
      'ss12000.person.changed',
      'test-platform.test.begun',
      'test-platform.test.submitted',
    ]);
  });
});
