/** What a log line can hold: nothing that a payload fits into. Arrays are for ids. */
export type LogValue =
  string | number | bigint | boolean | null | undefined | readonly string[] | readonly number[];

export type LogFields = Readonly<Record<string, LogValue>>;

const STRING_LENGTH_MAX = 300;
const ITEMS_MAX = 20;
const FIELDS_MAX = 60;
/** Names that the line itself uses. */
const RESERVED = new Set(['level', 'time', 'pid', 'message']);
/**
 * Ten or twelve digits standing alone of which the middle reads as a month and a day and the Luhn check holds
 * (samordningsnummer: day + 60, and 00 for what is not known), or the same with the letters of a TF number. Other digits
 * pass by chance about once in 120.
 */
const NUMBER_OF_A_PERSON =
  /(?<![\w-])(?:18|19|20)?(\d{6})[-+]?(\d{4}|[A-Z]{1,2}\d{2,3})(?![\w-])/gi;

/** Makes fields fit for a line whatever was passed past the types: objects are named, not written out. */
export function safeFields(fields: LogFields): Record<string, LogValue> {
  const safe: Record<string, LogValue> = {};
  for (const [name, value] of Object.entries(fields).slice(0, FIELDS_MAX)) {
    if (value !== undefined) safe[RESERVED.has(name) ? `${name}_` : name] = safeValue(value);
  }
  return safe;
}

/** Cuts a text to what a line may hold and takes a person's number out of it. */
export function safeText(text: string): string {
  const cut =
    text.length > STRING_LENGTH_MAX
      ? `${text.slice(0, STRING_LENGTH_MAX)}… (${text.length} characters)`
      : text;
  return cut.replaceAll(NUMBER_OF_A_PERSON, (found, date: string, last: string) =>
    isNumberOfAPerson(date, last) ? '[number withheld]' : found,
  );
}

function safeValue(value: unknown): LogValue {
  switch (typeof value) {
    case 'string':
      return safeText(value);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    default:
      if (value === null) return null;
      return Array.isArray(value) ? safeItems(value) : `[${typeof value} withheld]`;
  }
}

function safeItems(items: readonly unknown[]): string[] {
  const safe = items
    .slice(0, ITEMS_MAX)
    .map((item) => (typeof item === 'object' ? '[object withheld]' : safeText(String(item))));
  return items.length > ITEMS_MAX ? [...safe, `and ${items.length - ITEMS_MAX} more`] : safe;
}

function isNumberOfAPerson(date: string, last: string): boolean {
  const month = Number(date.slice(2, 4));
  const day = Number(date.slice(4, 6)) % 60;
  if (month > 12 || day > 31) return false;
  return /^\d{4}$/.test(last) ? luhnHolds(date + last) : true;
}

function luhnHolds(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const product = Number(digits[index]) * (index % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}
