const OFFENDERS_NAMED_MAX = 10;

/** The names of what is wrong, a few of each kind. */
export class Offenders {
  readonly named: string[] = [];
  private readonly counts = new Map<string, number>();

  name(kind: string, what: string): void {
    const count = this.counts.get(kind) ?? 0;
    this.counts.set(kind, count + 1);
    if (count < OFFENDERS_NAMED_MAX) this.named.push(`${kind}: ${what}`);
  }
}

/** Different values under one name. */
export class Variants {
  private readonly known = new Map<string, Set<string>>();

  /** @returns how many there are, when this one is new; else 0. */
  add(name: string, value: string): number {
    const values = this.known.get(name);
    if (values?.has(value)) return 0;
    if (values) return values.add(value).size;
    this.known.set(name, new Set([value]));
    return 1;
  }
}
