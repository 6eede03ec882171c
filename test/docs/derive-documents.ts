import { readFileSync } from 'node:fs';
import { format } from 'prettier';
import { describeAsyncApi } from './describe-asyncapi.js';
import { describeEvents } from './describe-events.js';
import { describeSettings } from './describe-settings.js';
import { PUBLISHED_SCHEMAS } from './published-schemas.js';

/** Every document that is made from the sources: path from the top → text. */
export async function deriveDocuments(): Promise<ReadonlyMap<string, string>> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const schemas = Object.entries(PUBLISHED_SCHEMAS).map(
    ([name, { dataschema, schema }]) =>
      [
        `docs/schemas/${name}.json`,
        { $schema: 'http://json-schema.org/draft-07/schema#', $id: dataschema, ...schema },
      ] as const,
  );
  const documents = new Map<string, string>([
    ['docs/events.md', describeEvents()],
    ['docs/settings.md', describeSettings()],
  ]);
  for (const [path, content] of [
    ['docs/asyncapi.json', describeAsyncApi(version)] as const,
    ...schemas,
  ]) {
    // prettier-ignore
    const text = JSON.stringify(content);
    documents.set(path, await format(text, { parser: 'json', printWidth: 100 }));
  }
  return documents;
}
