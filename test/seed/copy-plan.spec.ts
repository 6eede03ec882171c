import { copyText, isPureInsert, planCopy } from './copy-plan.js';

const plan = (text: string) => planCopy({ name: 'spec', text });

describe('a statement that inserts rows', () => {
  it('goes by COPY, column by column, as its unnest names them', () => {
    const found = plan(`insert into s.t(b, a) select n.b, n.a::json
      from unnest($1::text[], $2::text[]) as n(a, b) on conflict (b) do update set a = excluded.a`);
    expect(found).toEqual({
      table: 's.t',
      columns: [
        { name: 'b', parameter: 1, isHex: false },
        { name: 'a', parameter: 0, isHex: false },
      ],
      isNew: undefined,
      others: [],
    });
    expect(
      copyText(found!, [
        ['{"x":"\\n\t"}', null],
        ['one', 'two'],
      ]),
    ).toBe('one\t{"x":"\\\\n\\t"}\ntwo\t\\N\n');
  });

  it('without names for its rows takes them in the order of the columns', () => {
    const found = plan(`insert into s.t(a, b) select * from unnest($1::text[], $2::boolean[])`)!;
    expect(copyText(found, [['x'], [true]])).toBe('x\ttrue\n');
  });

  it('that also updates goes by COPY only while all rows are new', () => {
    const found = plan(`with rows as materialized (
        select id, decode(content, 'hex') as content, is_new
        from unnest($1::uuid[], $2::text[], $3::boolean[]) as row(id, content, is_new)),
      changed as (update s.t as t set content = rows.content from rows where not rows.is_new and t.id = rows.id)
      insert into s.t (id, content) select id, content from rows where is_new order by id`)!;
    expect(
      isPureInsert(found, [
        ['i', 'j'],
        ['00', '01'],
        [true, false],
      ]),
    ).toBe(false);
    expect(isPureInsert(found, [['i'], ['00ff'], [true]])).toBe(true);
    expect(copyText(found, [['i'], ['00ff'], [true]])).toBe('i\t\\\\x00ff\n');
  });

  it('that also deletes goes by COPY only while there is nothing to delete', () => {
    const found =
      plan(`with gone as (delete from s.t e using unnest($1::bytea[]) as n(a) where e.a = n.a)
      insert into s.t(a, at) select * from unnest($2::bytea[], $3::timestamptz[]) on conflict do nothing`)!;
    const bytes = Buffer.from([1, 255]);
    const at = new Date('2026-11-27T08:00:00Z');
    expect(isPureInsert(found, [[bytes], [bytes], [at]])).toBe(false);
    expect(isPureInsert(found, [[], [bytes], [at]])).toBe(true);
    expect(copyText(found, [[], [bytes], [at]])).toBe('\\\\x01ff\t2026-11-27T08:00:00.000Z\n');
  });

  it.each([
    'select * from s.t where a = any($1::text[])',
    'update s.t set a = n.a from unnest($1::text[]) as n(a)',
    'insert into s.t(a) values ($1)',
    'insert into s.t(a, b) select n.a, now() from unnest($1::text[]) as n(a)',
  ])('of another form is left as it is: %s', (text) => {
    expect(plan(text)).toBeUndefined();
  });
});
