import type { Fact } from '#adapters';
import type { SecurityMarking, TestState } from '#canonical';
import type { Deed, Telling } from './history.js';
import { dayText } from './history.js';
import { PERSONS, TRAVELLING, unitFact } from './world.js';

/** One enrolment as a register has it; days are numbers. */
export interface BookedEnrolment {
  unit: string;
  schoolType: 'GR' | 'VUXGY';
  schoolYear?: number;
  start: number;
  end?: number;
  cancelled: boolean;
}

/** What one student register has written about one person. Happenings change it, and it is then told whole. */
export interface Book {
  readonly source: string;
  readonly huvudman: string;
  readonly localId: string;
  readonly person: number;
  number: string;
  marking: SecurityMarking;
  eppn: string | undefined;
  enrolments: BookedEnrolment[];
  isRemoved: boolean;
}

/** An account in a learning platform, told whole. */
export interface Account {
  readonly source: string;
  readonly huvudman: string;
  readonly localId: string;
  readonly person: string;
  eppn: string | null;
  isDeleted: boolean;
}

/** A telling in the order in which the sources spoke, with the day on which it was said. */
export interface Said {
  readonly telling: Telling;
  readonly day: number;
}

/** What a human did, after the sources had said so much. */
export interface Done {
  readonly deed: Deed;
  readonly day: number;
  readonly after: number;
}

/** Everything that the sources have written so far, and said. */
export class Books {
  readonly books: Book[] = [];
  readonly accounts: Account[] = [];
  readonly said: Said[] = [];
  readonly deeds: Done[] = [];
  /** Persons who may come to have skyddad folkbokföring, with the one huvudman where they write their tests. */
  readonly hideable = new Map<number, string>();
  /** Whose the travelling unit is, and how often that changed. */
  travelling = { owner: TRAVELLING.huvudman, times: 0 };
  day: number;

  constructor(firstDay: number) {
    this.day = firstDay;
  }

  bookOf(source: string, person: number): Book | undefined {
    return this.books.find((book) => book.source === source && book.person === person);
  }

  open(source: string, huvudman: string, person: number): Book {
    const book: Book = {
      source,
      huvudman,
      localId: `${source}-${person + 1}`,
      person,
      number: PERSONS[person]!.number,
      marking: 'Ingen',
      eppn: undefined,
      enrolments: [],
      isRemoved: false,
    };
    this.books.push(book);
    return book;
  }

  /** The register tells all it has of the person. */
  tell(book: Book): void {
    const { source, localId } = book;
    if (book.isRemoved) {
      this.say(source, { kind: 'person-removed', localId, modified: this.instant() });
      return;
    }
    const { name, familyName, birthDate } = PERSONS[book.person]!;
    this.say(source, {
      kind: 'person-asserted',
      localId,
      modified: this.instant(),
      names: { givenName: name, familyName },
      civicNo: book.number,
      birthDate,
      securityMarking: book.marking,
      eppns: book.eppn === undefined ? [] : [book.eppn],
      enrolments: book.enrolments.map(({ start, end, ...enrolment }) => ({
        ...enrolment,
        startDate: dayText(start),
        ...(end === undefined ? undefined : { endDate: dayText(end) }),
      })),
    });
  }

  tellAccount({ source, localId, person, eppn, isDeleted }: Account): void {
    this.say(source, {
      kind: 'account-asserted',
      localId,
      modified: this.instant(),
      person,
      eppn,
      state: isDeleted ? 'deleted' : 'active',
    });
  }

  tellDuty(
    source: string,
    duty: { localId: string; person: string; unit: string; start: number; end: number | undefined },
  ): void {
    const { start, end, ...rest } = duty;
    this.say(source, {
      kind: 'duty-asserted',
      ...rest,
      modified: this.instant(),
      dutyRole: 'Lärare',
      startDate: dayText(start),
      ...(end === undefined ? undefined : { endDate: dayText(end) }),
    });
  }

  /** The national register says whose the travelling unit is now. */
  tellOwner(): void {
    const { owner: huvudman } = this.travelling;
    this.say('school-units', unitFact({ ...TRAVELLING, huvudman }, this.instant()));
  }

  tellTest(assignment: string, eppn: string, about: { activity: string; state: TestState }): void {
    const at = this.instant();
    this.say('test-platform', {
      kind: 'test-reported',
      localId: assignment,
      modified: at,
      assignment,
      eppn,
      at,
      ...about,
    });
  }

  /** An administrator does something about the record, after what was said so far. */
  act(does: Deed['does'], { source, localId }: Book): void {
    this.deeds.push({ deed: { does, source, localId }, day: this.day, after: this.said.length });
  }

  private say(source: string, fact: Fact): void {
    this.said.push({
      telling: { id: `said-${this.said.length + 1}`, source, fact },
      day: this.day,
    });
  }

  /** No two facts bear one time: the seconds count them. */
  private instant(): string {
    const count = this.said.length;
    const clock = [8, Math.floor(count / 60), count % 60];
    const text = clock.map((part) => String(part).padStart(2, '0')).join(':');
    return `${dayText(this.day)}T${text}.000000Z`;
  }
}
