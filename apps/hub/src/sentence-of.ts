import { LocalServiceError } from '#local-services';
import { ConfigError } from '#runtime';
import { HubError } from './hub-error.js';

/** What to tell a person of an error that says what to do by itself; undefined for one that is a fault of ours. */
export function sentenceOf(error: unknown): string | undefined {
  if (error instanceof HubError || error instanceof LocalServiceError) return error.message;
  if (error instanceof ConfigError) return error.message;
  return undefined;
}
