import { FreshRows } from './fresh-rows.js';

const row = (id: number, value = '{}') => ({
  id,
  topic: 'canonical.events',
  key: 'a',
  headers: {},
  value,
  cause: '',
});

describe('rows that were just committed', () => {
  it('are there until they are sent, and what came too late goes with them', () => {
    const fresh = new FreshRows();
    fresh.add([row(5), row(6)]);
    fresh.add([row(3)]);
    expect(fresh.get(5)).toEqual(row(5));
    fresh.forgetUpTo(5);
    expect([3, 5, 6].map((id) => fresh.get(id)?.id)).toEqual([undefined, undefined, 6]);
  });

  it('are not kept beyond the room, and there is room again once they are sent', () => {
    const fresh = new FreshRows(2_500);
    fresh.add([row(1), row(2), row(3), row(4)]);
    expect(fresh.size).toBe(3);
    fresh.forgetUpTo(3);
    fresh.add([row(5)]);
    expect(fresh.get(5)).toEqual(row(5));
  });
});
