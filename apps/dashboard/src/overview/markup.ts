/** Text that is HTML already. Only `markup` makes it, so whatever was a value has been escaped. */
export class Html {
  constructor(readonly text: string) {}
}

type HtmlValue = string | number | Html | undefined | null | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template of HTML whose values are escaped; `undefined`, `null` and `false` leave nothing. Attributes must stand in quotation marks. */
export function markup(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0]!;
  values.forEach((value, index) => (text += textOf(value) + strings[index + 1]!));
  return new Html(text);
}

function textOf(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map((one: HtmlValue) => textOf(one)).join('');
  return String(value as string | number).replaceAll(/[&<>"']/g, (letter) => ESCAPES[letter]!);
}
