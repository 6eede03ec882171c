import personnummerModule from 'personnummer';

/** What a personnummer, samordningsnummer or TF number turned out to be; `text` is what the hub keeps: 12 characters. */
export interface CivicNumber {
  readonly kind: 'personnummer' | 'samordningsnummer' | 'tf';
  readonly text: string;
  /** The birth date that the number itself states; null for a samordningsnummer whose birth day or month is unknown (00). */
  readonly birthDate: string | null;
}

export type CivicNumberCheck =
  | { readonly ok: true; readonly number: CivicNumber }
  | { readonly ok: false; readonly says: string };

// The package is CommonJS whose `module.exports` is the class; its typings describe an ES module with a default export.
const personnummer = personnummerModule as unknown as {
  valid(text: string): boolean;
};

const DIGITS = /^(?:18|19|20)\d{10}$/;
const TF = /^(\d{4})(\d{2})(\d{2})[A-Z]{2}\d{2}$/;
const COORDINATION_DAY_OFFSET = 60;

/**
 * Checks a civic number as standards §3.4 tells: date and check digit of a personnummer or samordningsnummer (day + 60), date and
 * shape of a TF number, which has no check digit and means something to its own huvudman only. A separator is dropped.
 */
export function checkCivicNumber(given: string): CivicNumberCheck {
  const text = given.length === 13 ? given.replace(/[-+]/, '') : given;
  if (DIGITS.test(text)) return checkDigits(text);
  const tf = TF.exec(text);
  if (!tf) {
    return refused(
      'expected twelve digits (YYYYMMDDNNNN), or a TF number: YYYYMMDD, two letters and two digits',
    );
  }
  const birthDate = `${tf[1]}-${tf[2]}-${tf[3]}`;
  if (!isCalendarDay(birthDate)) return refused('expected a TF number that begins with a real day');
  return { ok: true, number: { kind: 'tf', text, birthDate } };
}

function checkDigits(text: string): CivicNumberCheck {
  const day = Number(text.slice(6, 8));
  const isCoordination = day >= COORDINATION_DAY_OFFSET;
  const isDated = personnummer.valid(text);
  if (!isDated && !(isCoordination && isUndatedCoordinationNumber(text, day))) {
    return refused(
      'expected a personnummer or samordningsnummer whose day exists and whose check digit is right; correct it at the source',
    );
  }
  const birthDay = String(isCoordination ? day - COORDINATION_DAY_OFFSET : day).padStart(2, '0');
  return {
    ok: true,
    number: {
      kind: isCoordination ? 'samordningsnummer' : 'personnummer',
      text,
      birthDate: isDated ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${birthDay}` : null,
    },
  };
}

/**
 * A samordningsnummer may be given to somebody whose birth month or day is not known: they are 00 then (day 60). The package refuses
 * those, although 48 of Skatteverket's 315 test numbers are such, so that here only the check digit and the ranges count.
 */
function isUndatedCoordinationNumber(text: string, day: number): boolean {
  const month = Number(text.slice(4, 6));
  return month <= 12 && day <= COORDINATION_DAY_OFFSET + 31 && checkDigitIsRight(text.slice(2));
}

/** The modulus 10 check over ten digits (standards §3.4). */
function checkDigitIsRight(digits: string): boolean {
  let sum = 0;
  for (const [index, digit] of [...digits].entries()) {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}

function isCalendarDay(day: string): boolean {
  const instant = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day);
}

function refused(says: string): CivicNumberCheck {
  return { ok: false, says };
}
