import { createHash } from 'node:crypto';
import { uuidFromHex } from '#canonical';

/** Chance that can be repeated: the same words in the constructor give the same numbers for ever (sfc32, seeded by SHA-256). */
export class Random {
  private readonly state: Int32Array;

  constructor(...words: readonly (string | number)[]) {
    const digest = createHash('sha256').update(words.join('|')).digest();
    this.state = new Int32Array([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    const s = this.state;
    const sum = (s[0]! + s[1]! + s[3]!) | 0;
    s[3] = s[3]! + 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** @throws RangeError when there is nothing to choose from. */
  pick<T>(things: readonly T[]): T {
    if (things.length === 0) throw new RangeError('There is nothing to choose from.');
    return things[this.below(things.length)]!;
  }

  /** A new list in another order. */
  shuffle<T>(things: readonly T[]): T[] {
    const shuffled = [...things];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }

  uuid(): string {
    const bytes = Buffer.from(Array.from({ length: 16 }, () => this.below(256)));
    return uuidFromHex(bytes.toString('hex'), 8);
  }

  /** Lower-case letters and digits without those that are easily mistaken for another. */
  word(length: number): string {
    const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
    return Array.from({ length }, () => letters[this.below(letters.length)]).join('');
  }
}
