import fc from 'fast-check';
import { OutboxFloor } from './outbox-floor.js';

const reading = (ids: number[], oldest: number, own: number | null, given: number) => ({
  ids,
  oldest: String(oldest),
  own: own === null ? null : String(own),
  given,
});

describe('the floor of the outbox', () => {
  it('rises to what was given before, once all who may have got it have ended and nothing is left', () => {
    const floor = new OutboxFloor();
    expect(floor.asksForId).toBe(false);
    floor.note(reading([1, 2], 10, null, 3)); // id 3 was given to 11, which has not ended
    expect(floor.asksForId).toBe(true);
    floor.note(reading([1, 2], 11, 12, 3));
    expect(floor.asksForId).toBe(false);
    floor.note(reading([2], 13, null, 4)); // 11 has ended, but 2 is still to be sent
    expect(floor.id).toBe(0);
    floor.note(reading([4], 13, null, 4)); // 3 was rolled back
    expect(floor.id).toBe(3);
  });

  it('does not rise while somebody who may have got an id goes on, be it the only one who writes', () => {
    const floor = new OutboxFloor();
    floor.note(reading([], 11, null, 5)); // 5 was given to 11; 10 is the last that has ended
    floor.note(reading([], 11, 12, 5));
    floor.note(reading([], 11, null, 9));
    expect(floor.id).toBe(0);
  });

  it('begins anew on a new connection', () => {
    const floor = new OutboxFloor();
    for (const own of [null, 11, null]) floor.note(reading([], 12, own, 5));
    expect(floor.id).toBe(5);
    floor.reset();
    expect(floor.id).toBe(0);
  });

  /** A small store: transactions begin, take ids and end in any order; between them the outbox is read and emptied. */
  it('never hides a row, in whatever order transactions take ids and end', () => {
    const step = fc.constantFrom('begin', 'take', 'commit', 'abort', 'read', 'read');
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.nat(5)), { maxLength: 120 }), (steps) => {
        const floor = new OutboxFloor();
        const open: { xid: number; ids: number[] }[] = [];
        const visible = new Set<number>();
        let nextXid = 1;
        let lastEnded = 0;
        let given = 0;
        const end = (xid: number) => (lastEnded = Math.max(lastEnded, xid));
        for (const [what, which] of steps) {
          const one = open[which % Math.max(1, open.length)];
          if (what === 'begin') open.push({ xid: nextXid++, ids: [] });
          else if (what === 'read') {
            expect([...visible].filter((id) => id <= floor.id)).toEqual([]);
            const ids = [...visible].sort((a, b) => a - b).slice(0, 2);
            // As PostgreSQL has it: of those not ended, none beyond the last that has ended is looked at.
            const oldest = Math.min(lastEnded + 1, ...open.map(({ xid }) => xid));
            const own = floor.asksForId ? nextXid++ : null;
            // While the read goes on, somebody may take another id; the read tells of it.
            if (which === 0) open.push({ xid: nextXid++, ids: [++given] });
            floor.note(reading(ids, oldest, own, given));
            if (own !== null) end(own);
            for (const id of ids) visible.delete(id);
          } else if (one) {
            if (what === 'take') one.ids.push(++given);
            else {
              open.splice(open.indexOf(one), 1);
              end(one.xid);
              if (what === 'commit') for (const id of one.ids) visible.add(id);
            }
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
