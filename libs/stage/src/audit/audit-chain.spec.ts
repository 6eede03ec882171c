import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { chainEntries, findBreak, type AuditHead, type AuditRow } from './audit-chain.js';
import { AUDIT_ACTIONS, AUDIT_OUTCOMES, type AuditEntry } from './audit-entry.js';

const START: AuditHead = { number: 0, hash: Buffer.alloc(0) };
const digest = (text: string) => createHmac('sha256', 'spec').update(text).digest();
const word = fc.string({ unit: 'binary', maxLength: 12 });
const says = {
  actor: fc.record(
    { clientId: word, subject: word, role: word, huvudman: word, acr: word },
    { requiredKeys: ['clientId', 'subject'] },
  ),
  action: fc.constantFrom(...AUDIT_ACTIONS),
  about: word,
  outcome: fc.constantFrom(...AUDIT_OUTCOMES),
};
const entry: fc.Arbitrary<AuditEntry> = fc.record(
  { ...says, detail: word },
  { requiredKeys: ['actor', 'action', 'about', 'outcome'] },
);
const entries = fc.array(entry, { minLength: 2, maxLength: 12 });

function chained(says: readonly AuditEntry[], head = START): AuditRow[] {
  return chainEntries(head, says, { at: new Date('2026-11-27T08:00:00Z'), digest });
}

describe('a chain of entries', () => {
  it('holds, in whatever parts it was written and is looked at', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (says, cut) => {
        const at = cut % says.length;
        const first = chained(says.slice(0, at));
        const rows = [...first, ...chained(says.slice(at), first.at(-1) ?? START)];
        expect(rows.map(({ number }) => number)).toEqual(says.map((_, index) => index + 1));
        expect(findBreak(START, rows, digest)).toBeUndefined();
        expect(findBreak(rows[0]!, rows.slice(1), digest)).toBeUndefined();
      }),
    );
  });

  it('breaks at an entry of which any column was changed', () => {
    const columns = ['atMicros', 'client', 'subject', 'role', 'huvudman', 'acr', 'action', 'about', 'outcome', 'detail', 'hash'] as const; // prettier-ignore
    fc.assert(
      fc.property(entries, fc.nat(), fc.constantFrom(...columns), (says, which, column) => {
        const rows = chained(says);
        const index = which % rows.length;
        const row = rows[index]!;
        rows[index] = { ...row, [column]: changed(row[column]) };
        expect(findBreak(START, rows, digest)).toEqual({ number: index + 1, fault: 'altered' });
      }),
    );
  });

  it('breaks where an entry was taken out, or two changed places', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (says, which) => {
        const rows = chained(says);
        const index = which % (rows.length - 1);
        const without = rows.toSpliced(index, 1);
        expect(findBreak(START, without, digest)).toEqual({ number: index + 1, fault: 'missing' });
        const [one, other] = [rows[index]!, rows[index + 1]!];
        const swapped = rows.toSpliced(
          index,
          2,
          { ...other, number: one.number },
          { ...one, number: other.number },
        );
        expect(findBreak(START, swapped, digest)).toEqual({ number: index + 1, fault: 'altered' });
      }),
    );
  });

  it('holds over entries of the time before there was a detail, which is told from an empty one', () => {
    const actor = { clientId: 'c', subject: 's' };
    const [row] = chained([{ actor, action: 'audit.read', about: 'x', outcome: 'done' }]);
    const before = [1, row!.atMicros, 'c', 's', null, null, null, 'audit.read', 'x', 'done'];
    expect(row!.hash).toEqual(digest(`\n${JSON.stringify(before)}`));
    expect(findBreak(START, [{ ...row!, detail: '' }], digest)).toEqual({ number: 1, fault: 'altered' }); // prettier-ignore
  });

  it('does not hold under another key', () => {
    const other = (text: string) => createHmac('sha256', 'other').update(text).digest();
    const rows = chained([fc.sample(entry, 1)[0]!]);
    expect(findBreak(START, rows, other)).toEqual({ number: 1, fault: 'altered' });
  });

  it('stores no text that PostgreSQL would give back otherwise', () => {
    const actor = { clientId: 'a\u0000b', subject: '\ud800' };
    const [row] = chained([{ actor, action: 'audit.read', about: 'x', outcome: 'done' }]);
    expect(row).toMatchObject({ client: 'ab', subject: '\ufffd' });
  });
});

function changed(value: string | number | Buffer | null): unknown {
  if (value === null) return '';
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  return Buffer.from(value.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
}
