import type { Register } from '../../../apps/normalise/src/register/register.js';

/** Whom the register means by each record. Of what a new identity has left behind no claim tells any more: it is whom the record meant before. */
export class People {
  private readonly known = new Map<string, string>();

  constructor(private readonly register: Register) {}

  /** @param key `source|local id`, with more behind it for what was left behind. */
  idOf(key: string): string | undefined {
    const [source, localId, left] = key.split('|') as [string, string, string?];
    const name = `${source}|${localId}`;
    if (left !== undefined) {
      const id = this.known.get(key) ?? this.known.get(name);
      if (id !== undefined) this.known.set(key, this.survivorOf(id));
      return this.known.get(key);
    }
    return this.register.holderIdOf(source, localId);
  }

  /** Notes whom the records mean, for the next step. */
  note(keys: Iterable<string>): void {
    for (const key of keys) {
      const id = this.idOf(key);
      if (id !== undefined) this.known.set(key, id);
    }
  }

  private survivorOf(id: string): string {
    const { persons } = this.register;
    if (!persons.get(id)!.isEnded) return id;
    return [...persons.values()].find((one) => !one.isEnded && one.state?.formerIds?.includes(id))!.id; // prettier-ignore
  }
}
