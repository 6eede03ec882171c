import { readFileSync } from 'node:fs';

const TEST_NUMBERS = [
  'apps/sandbox/data/skatteverket-testpersonnummer-1977-1986.txt',
  'apps/sandbox/data/skatteverket-testpersonnummer-2006-2019.txt',
  'test/data/skatteverket-testsamordningsnummer-2000-2020.txt',
];
/** Nobody born then lives: volume data is numbered so. */
const NOBODYS_YEARS = /^189\d/;
const COORDINATION_DAYS = 60;

let known: ReadonlySet<string> | undefined;

/** The civic numbers in a text that somebody may bear: right in date and check digit, and neither a test number nor of the 1890s. */
export function civicNumbersOfSomebody(text: string): string[] {
  known ??= new Set(TEST_NUMBERS.flatMap((path) => readFileSync(path, 'utf8').split(/\s+/)));
  return [...text.matchAll(/(?<!\d)((?:18|19|20)\d{6})[-+]?(\d{4})(?!\d)/g)]
    .map(([, day = '', last = '']) => day + last)
    .filter((number) => hasDate(number) && hasCheckDigit(number))
    .filter((number) => !NOBODYS_YEARS.test(number) && !known!.has(number));
}

function hasDate(number: string): boolean {
  const [year, month, day] = [number.slice(0, 4), number.slice(4, 6), Number(number.slice(6, 8))];
  const dayOfMonth = day > COORDINATION_DAYS ? day - COORDINATION_DAYS : day;
  // A coordination number may say 00 for a month that nobody knows.
  if (month === '00') return day > COORDINATION_DAYS;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, dayOfMonth));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === dayOfMonth;
}

/** ISO/IEC 7812-1, over the last ten digits. */
function hasCheckDigit(number: string): boolean {
  const sum = [...number.slice(2)].reduce((total, digit, index) => {
    const weighted = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return sum % 10 === 0;
}
