import { ENVELOPE_ATTRIBUTES } from '#canonical';

/**
 * An event in structured mode (CloudEvents JSON format §3), as JSON text: attribute for attribute what the huvudman's topic has.
 *
 * @param headers the record's headers, as a JSON object.
 * @param value its payload, which is JSON text already and need not be read to be passed on.
 */
export function structuredEvent(headers: string, value: string): string {
  const binary = JSON.parse(headers) as Record<string, string>;
  const attributes: Record<string, string> = { specversion: '1.0' };
  for (const attribute of ENVELOPE_ATTRIBUTES) {
    const text =
      attribute === 'datacontenttype' ? binary['content-type'] : binary[`ce_${attribute}`];
    if (text !== undefined) attributes[attribute] = text;
  }
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${value}}`;
}
