import type { HuvudmanSetting } from '#canonical';
import { ownerSpans, type OwnerSpan, type UnitTimes } from './carry-over.js';
import type { UnitOwner } from './unit-owners.js';

const NOBODY: readonly OwnerSpan[] = [];

/** What became of those units of a batch that have changed owner or closed. All others are not in it. */
export class UnitHistory implements UnitTimes {
  private readonly owners = new Map<string, readonly UnitOwner[]>();
  private readonly spans = new Map<string, readonly OwnerSpan[]>();
  private readonly closed = new Map<string, string>();

  constructor(private readonly huvudmen: () => readonly HuvudmanSetting[]) {}

  note(schoolUnit: string, owners: readonly UnitOwner[], closedOn: string | undefined): void {
    this.owners.set(schoolUnit, owners);
    this.spans.delete(schoolUnit);
    if (closedOn === undefined) this.closed.delete(schoolUnit);
    else this.closed.set(schoolUnit, closedOn);
  }

  closedOn(schoolUnit: string): string | undefined {
    return this.closed.get(schoolUnit);
  }

  /** As `OwnersOf`; bound, so that it can be handed to rules. */
  readonly ownersOf = (schoolUnit: string): readonly OwnerSpan[] => {
    const owners = this.owners.get(schoolUnit);
    if (owners === undefined) return NOBODY;
    let spans = this.spans.get(schoolUnit);
    if (spans === undefined) {
      spans = ownerSpans(owners, (number) => this.huvudmanOf(number));
      this.spans.set(schoolUnit, spans);
    }
    return spans;
  };

  /** Whether the unit has gone from one huvudman of the hub to another; bound, as `ownersOf` is. */
  readonly isCarried = (schoolUnit: string): boolean => this.ownersOf(schoolUnit).length > 1;

  /** Those of the batch's units that have gone from one huvudman of the hub to another. */
  get carriedUnits(): string[] {
    return [...this.owners.keys()].filter(this.isCarried);
  }

  /** Whose unit it is now, of the huvudmän of the hub; undefined where nothing is noted of the unit or nobody of them had it. */
  holderOf(schoolUnit: string): string | undefined {
    return this.ownersOf(schoolUnit).at(-1)?.huvudman;
  }

  private huvudmanOf(organisationNumber: string): string | undefined {
    return this.huvudmen().find((one) => one.organisationNumber === organisationNumber)?.id;
  }
}
