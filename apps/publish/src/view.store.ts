import { isNewer } from '#canonical';
import type { Statement, UnitOfWork } from '#stage';
import type { Told } from './audience.js';

/** What one huvudman was last told of one subject. Its lock is held by whoever decides about the subject. */
export interface ViewRow {
  readonly huvudman: string;
  /** The subject as this huvudman knows it: the same for good, also when the hub's person turns out to be another. */
  readonly subject: string;
  hubSubject: string;
  lastCanonical: string;
  lastAccess: string;
  /** Grows by one with each event to this huvudman about this subject: the number in its `sequence`. */
  emitted: number;
  view: string | null;
}

/** Notes the sequence of an event that nobody was told of, where no huvudman has a row to note it on. */
const NOBODY = '';

/** Newer than every sequence: the subject has ended for good. */
const ENDED = '~';

const LOAD: Statement = {
  name: 'publish.load-views',
  text: `select huvudman, subject, hub_subject as "hubSubject", last_canonical as "lastCanonical",
                last_access as "lastAccess", emitted, nullif(view::text, 'null') as view
           from publish.view where hub_subject = any($1::uuid[])
          order by huvudman, subject for update`,
};

/** A plain insert: when another lane made the row meanwhile, the race is lost and the unit is done again. */
const INSERT: Statement = {
  name: 'publish.insert-views',
  text: `insert into publish.view(huvudman, subject, hub_subject, last_canonical, last_access, emitted, view)
         select n.huvudman, n.subject, n.hub_subject, n.last_canonical, n.last_access, n.emitted, n.view::json
           from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::text[])
             as n(huvudman, subject, hub_subject, last_canonical, last_access, emitted, view)
          order by 1, 2`,
};

/** A view that is null here stays as it is stored: most events leave it alone. */
const UPDATE: Statement = {
  name: 'publish.update-views',
  text: `update publish.view v
            set last_canonical = n.last_canonical, last_access = n.last_access, emitted = n.emitted,
                view = coalesce(n.view::json, v.view), hub_subject = n.hub_subject
           from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::uuid[])
             as n(huvudman, subject, last_canonical, last_access, emitted, view, hub_subject)
          where v.huvudman = n.huvudman and v.subject = n.subject`,
};

/** Two persons who were one, by the hub's ids, and the huvudmän whose person is the part. */
export interface Separated {
  readonly whole: string;
  readonly part: string;
  readonly huvudmen: readonly string[];
}

export type HubTopic = 'canonical.events' | 'access.events';

/** The views of all subjects of one batch: loaded and locked by one statement, changed in memory, written by at most two. */
export class ViewStore {
  private readonly bySubject = new Map<string, ViewRow[]>();
  private readonly made = new Set<ViewRow>();
  private readonly touched = new Set<ViewRow>();
  private readonly changedViews = new Set<ViewRow>();

  private constructor(private readonly unit: UnitOfWork) {}

  static async load(unit: UnitOfWork, hubSubjects: readonly string[]): Promise<ViewStore> {
    const store = new ViewStore(unit);
    if (hubSubjects.length === 0) return store;
    for (const row of await unit.query<ViewRow>(LOAD, [hubSubjects]))
      store.rowsOf(row.hubSubject).push(row);
    return store;
  }

  /** False when this, or something later from the same stage about the same subject, was seen before. */
  isNewer(topic: HubTopic, hubSubject: string, sequence: string): boolean {
    const last = lastOf(topic);
    return this.rowsOf(hubSubject).every((row) => isNewer(sequence, row[last]));
  }

  /** Notes on every row of the subject that this event was seen, whoever was told. */
  markSeen(topic: HubTopic, hubSubject: string, sequence: string): void {
    const rows = this.rowsOf(hubSubject);
    if (rows.length === 0) this.make(NOBODY, { subject: hubSubject, hubSubject });
    for (const row of rows) {
      row[lastOf(topic)] = sequence;
      this.touched.add(row);
    }
  }

  /** Everyone who was ever told of the subject. */
  toldOf(hubSubject: string): readonly Told[] {
    return this.rowsOf(hubSubject).filter(({ huvudman, emitted }) => huvudman !== NOBODY && emitted > 0); // prettier-ignore
  }

  /** The id by which the huvudman knows the subject; undefined when it was never told of it. */
  subjectFor(huvudman: string, hubSubject: string): string | undefined {
    return this.rowsOf(hubSubject).find((row) => row.huvudman === huvudman)?.subject;
  }

  /**
   * A person turned out to be this one too: each huvudman that knew only the other goes on with the id that it knows, and hears
   * nothing of it. What still comes about the other is old news.
   */
  adoptFormer(former: string, hubSubject: string): void {
    const rows = this.rowsOf(former);
    if (rows.some(isEnd)) return;
    for (const row of [...rows]) {
      if (row.huvudman === NOBODY || this.subjectFor(row.huvudman, hubSubject) !== undefined) {
        row.lastCanonical = row.lastAccess = ENDED;
        this.touched.add(row);
      } else {
        this.move(row, hubSubject);
      }
    }
    if (this.rowsOf(former).some(({ huvudman }) => huvudman === NOBODY)) return;
    const end = this.make(NOBODY, { subject: former, hubSubject: former });
    end.lastCanonical = end.lastAccess = ENDED;
  }

  /**
   * A person turned out to be two: the huvudmän named know the new one by the id that they had for both. Should one of them come to
   * know the other after all, it will be by an id that was never used: that of a row that nobody has been told under.
   */
  adoptPart(
    { whole, part, huvudmen }: Separated,
    publicId: (huvudman: string, id: string) => string,
  ): void {
    for (const row of [...this.rowsOf(whole)]) {
      const { huvudman, subject } = row;
      if (!huvudmen.includes(huvudman) || this.subjectFor(huvudman, part) !== undefined) continue;
      this.move(row, part);
      this.make(huvudman, { subject: publicId(huvudman, subject), hubSubject: whole });
    }
  }

  /** Those who know both of two persons that are one, and have not been told of it. */
  endedRowsOf(former: string): readonly ViewRow[] {
    return this.rowsOf(former).filter((row) => row.huvudman !== NOBODY && row.view !== null);
  }

  private move(row: ViewRow, hubSubject: string): void {
    const [seen] = this.rowsOf(hubSubject);
    const before = this.rowsOf(row.hubSubject);
    before.splice(before.indexOf(row), 1);
    row.hubSubject = hubSubject;
    row.lastCanonical = seen?.lastCanonical ?? '';
    row.lastAccess = seen?.lastAccess ?? '';
    this.rowsOf(hubSubject).push(row);
    this.touched.add(row);
  }

  /** Counts one more event to this huvudman about this subject. `view` undefined leaves the view as it was. */
  tell(
    huvudman: string,
    ids: { subject: string; hubSubject: string },
    view: string | null | undefined,
  ): number {
    const row =
      this.rowsOf(ids.hubSubject).find((one) => one.huvudman === huvudman) ??
      this.make(huvudman, ids);
    if (view !== undefined && view !== row.view) {
      row.view = view;
      this.changedViews.add(row);
    }
    this.touched.add(row);
    row.emitted += 1;
    return row.emitted;
  }

  save(): void {
    const inserted = [...this.made];
    const updated = [...this.touched].filter((row) => !this.made.has(row));
    if (inserted.length > 0) {
      this.unit.write(INSERT, [
        inserted.map(({ huvudman }) => huvudman),
        inserted.map(({ subject }) => subject),
        inserted.map(({ hubSubject }) => hubSubject),
        inserted.map(({ lastCanonical }) => lastCanonical),
        inserted.map(({ lastAccess }) => lastAccess),
        inserted.map(({ emitted }) => emitted),
        inserted.map(({ view }) => view ?? 'null'),
      ]);
    }
    if (updated.length > 0) {
      this.unit.write(UPDATE, [
        updated.map(({ huvudman }) => huvudman),
        updated.map(({ subject }) => subject),
        updated.map(({ lastCanonical }) => lastCanonical),
        updated.map(({ lastAccess }) => lastAccess),
        updated.map(({ emitted }) => emitted),
        updated.map((row) => (this.changedViews.has(row) ? (row.view ?? 'null') : null)),
        updated.map(({ hubSubject }) => hubSubject),
      ]);
    }
  }

  private rowsOf(hubSubject: string): ViewRow[] {
    let rows = this.bySubject.get(hubSubject);
    if (!rows) this.bySubject.set(hubSubject, (rows = []));
    return rows;
  }

  /** A new row has seen what the subject's other rows have seen. */
  private make(huvudman: string, ids: { subject: string; hubSubject: string }): ViewRow {
    const rows = this.rowsOf(ids.hubSubject);
    const row: ViewRow = {
      ...ids,
      huvudman,
      lastCanonical: rows[0]?.lastCanonical ?? '',
      lastAccess: rows[0]?.lastAccess ?? '',
      emitted: 0,
      view: null,
    };
    rows.push(row);
    this.made.add(row);
    return row;
  }
}

function isEnd({ huvudman, lastCanonical }: ViewRow): boolean {
  return huvudman === NOBODY && lastCanonical === ENDED;
}

function lastOf(topic: HubTopic): 'lastCanonical' | 'lastAccess' {
  return topic === 'canonical.events' ? 'lastCanonical' : 'lastAccess';
}
