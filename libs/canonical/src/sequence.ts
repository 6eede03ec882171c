/**
 * A sequence grows per (source, subject): an epoch of 10 digits, a hyphen and a number of 16 digits, both zero-padded so that the
 * order of the text is the order of the events (CloudEvents extension `sequence`). Restoring a backup raises the epoch, so what is
 * said after a restore is newer than all that was said before it, although the numbers start again from the backup's.
 */
export type Sequence = string;

const EPOCH_DIGITS = 10;
const NUMBER_DIGITS = 16;

export function formatSequence(epoch: number, number: number): Sequence {
  return `${String(epoch).padStart(EPOCH_DIGITS, '0')}-${String(number).padStart(NUMBER_DIGITS, '0')}`;
}

/** True when `sequence` says something newer than `seen`; everything is newer than nothing. */
export function isNewer(sequence: Sequence, seen: Sequence | null | undefined): boolean {
  return seen === null || seen === undefined || sequence > seen;
}

/** Another number of the same epoch. */
export function withNumber(sequence: Sequence, number: number): Sequence {
  return formatSequence(Number(sequence.slice(0, EPOCH_DIGITS)), number);
}
